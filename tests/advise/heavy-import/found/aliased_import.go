package main

import web "net/http" // want net/http

func main() { println(web.MethodGet, web.StatusText(web.StatusOK)) }
