// An ignore without a reason silences nothing.
package main

import "fmt"

func main() {
	for i := range 100 {
		//wasip1:ignore unbuffered-output
		fmt.Println(i) // want fmt.Println
	}
}
