package main

//export run
//wasip1:ignore ignored-export TinyGo builds it for the host
func run() {}

func main() {}
