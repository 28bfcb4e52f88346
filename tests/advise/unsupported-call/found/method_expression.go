// A method is taken from its type.
package main

import "os/exec"

func main() {
	run := (*exec.Cmd).Run // want (*os/exec.Cmd).Run
	run(exec.Command("ls"))
}
