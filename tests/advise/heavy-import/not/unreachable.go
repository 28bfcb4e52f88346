package main

import "net/http"

func name() string { return http.StatusText(200) }

func main() {}
