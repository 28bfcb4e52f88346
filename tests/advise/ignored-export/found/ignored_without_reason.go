package main

//export run
//wasip1:ignore ignored-export
func run() {} // want run

func main() {}
