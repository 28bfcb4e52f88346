package main

// export run
func run() {}

func main() { run() }
