package main

//export limit
var limit = 3

//export item
type item int

func main() { println(limit, item(1)) }
