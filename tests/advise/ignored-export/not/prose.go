package main

//export the result as CSV
func run() {}

func main() { run() }
