// Command panics ends in a panic, three functions deep.
package main

func main() { outer(0) }

//go:noinline
func outer(index int) { middle(index + 1) }

//go:noinline
func middle(index int) { inner(index + 1) }

//go:noinline
func inner(index int) { println([]int{}[index]) }
