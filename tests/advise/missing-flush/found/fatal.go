// Nor does log.Fatal, nor a function that always ends so.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"log"
	"os"
)

func main() {
	if len(os.Args) > 3 {
		other()
	}
	out := bufio.NewWriter(os.Stdout)
	defer func() { out.Flush() }()
	for _, each := range os.Args {
		fmt.Fprintln(out, each)
		if err := check(each); err != nil {
			log.Fatal(err) // want log.Fatal
		}
	}
}

func other() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	out.WriteString("x")
	die("no") // want main.die
}

func die(why string) {
	println(why)
	os.Exit(1)
}

func check(text string) error { return errors.New(text) }
