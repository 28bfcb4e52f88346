package main

import . "net/http" // want net/http

func main() { println(MethodPut, StatusNotFound) }
