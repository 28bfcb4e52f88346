// No compiler takes it to be about the function.
package main

//export run

func run() {}

func main() { run() }
