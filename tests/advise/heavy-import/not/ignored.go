package main

//wasip1:ignore heavy-import it is to print floats soon
import "fmt"

func main() { fmt.Println("hello") }
