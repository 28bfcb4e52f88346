package main

import (
	"fmt"
	"net/http"
)

func main() {
	fmt.Println(http.MethodGet, http.StatusNotFound, http.StatusText(http.StatusNotFound))
}
