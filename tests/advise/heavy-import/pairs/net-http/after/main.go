package main

import "fmt"

func statusText(code int) string {
	switch code {
	case 200:
		return "OK"
	case 404:
		return "Not Found"
	}
	return ""
}

func main() {
	fmt.Println("GET", 404, statusText(404))
}
