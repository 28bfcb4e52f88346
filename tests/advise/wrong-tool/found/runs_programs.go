// One for each line, as xargs does.
package main

import (
	"bufio"
	"log"
	"os"
	. "os/exec"
)

func run(line string) {
	if out, err := Command("echo", line).CombinedOutput(); err != nil { // want (*os/exec.Cmd).CombinedOutput
		log.Fatal(err, out)
	}
}

func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		run(lines.Text())
	}
}
