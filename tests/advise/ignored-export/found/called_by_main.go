// That the program calls it is no export.
package main

//export run
func run() {} // want run

func main() { run() }
