package main

//go:export run
func run() {} // want run

func main() {}
