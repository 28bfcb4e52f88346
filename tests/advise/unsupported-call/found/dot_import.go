// The package's names stand alone.
package main

import . "net/http"

func main() {
	ListenAndServe(":8080", nil) // want net/http.ListenAndServe
}
