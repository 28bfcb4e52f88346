// Read through a buffer, in large pieces, or to the end each time.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	in := bufio.NewReader(os.Stdin)
	next := 0
	for {
		if _, err := fmt.Fscan(in, &next); err != nil {
			break
		}
		if _, err := in.ReadByte(); err != nil {
			break
		}
	}
	for _, name := range os.Args {
		if name == "-" {
			lines := bufio.NewScanner(os.Stdin)
			for lines.Scan() {
				next++
			}
			continue
		}
		file, _ := os.Open(name)
		lines := bufio.NewReader(file)
		lines.ReadString('\n')
	}
	fmt.Scanln(&next)
}
