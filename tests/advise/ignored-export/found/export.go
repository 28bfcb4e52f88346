// Go takes TinyGo's directive for a comment.
package main

//export run
func run() {} // want run

func main() {}
