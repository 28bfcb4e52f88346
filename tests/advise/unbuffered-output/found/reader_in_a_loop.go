// A reader that is made again for each line forgets what it has read ahead.
package main

import (
	"bufio"
	"os"
)

func main() {
	for {
		in := bufio.NewReader(os.Stdin) // want bufio.NewReader
		if line, err := in.ReadString('\n'); err != nil || line == "" {
			break
		}
	}
	for range 100 {
		next()
	}
}

func next() string {
	in := bufio.NewScanner(os.Stdin) // want bufio.NewScanner
	in.Scan()
	return in.Text()
}
