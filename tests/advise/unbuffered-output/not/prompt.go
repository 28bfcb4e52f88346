// Someone is asked, and waited for.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	for {
		fmt.Print("> ")
		if !in.Scan() {
			break
		}
		fmt.Println("you said", in.Text())
		for _, letter := range in.Text() {
			fmt.Println(letter)
		}
	}
	for range 100 {
		ask(in, "name")
	}
	fmt.Print("> ")
	for in.Scan() {
		fmt.Println("again", in.Text())
		fmt.Print("> ")
	}
}

func ask(in *bufio.Scanner, what string) string {
	fmt.Println(what)
	in.Scan()
	return in.Text()
}
