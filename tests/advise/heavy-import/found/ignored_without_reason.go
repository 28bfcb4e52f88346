package main

//wasip1:ignore heavy-import
import "fmt" // want fmt

func main() { fmt.Println("hello") }
