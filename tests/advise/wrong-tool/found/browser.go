package main

import "syscall/js" // want syscall/js

func main() { js.Global().Call("alert", "hello") }
