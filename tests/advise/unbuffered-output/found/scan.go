// What is scanned is read byte by byte.
package main

import "fmt"

func main() {
	sum, next := 0, 0
	for {
		if _, err := fmt.Scan(&next); err != nil { // want fmt.Scan
			break
		}
		sum += next
	}
	println(sum)
}
