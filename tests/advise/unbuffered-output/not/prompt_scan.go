// Someone types the numbers.
package main

import "fmt"

func main() {
	guess := 0
	for guess != 42 {
		fmt.Print("Your guess: ")
		fmt.Scanln(&guess)
	}
}
