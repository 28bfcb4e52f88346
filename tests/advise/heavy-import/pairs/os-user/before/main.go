package main

import (
	"fmt"
	"os/user"
)

func main() {
	name := "nobody"
	if found, err := user.Current(); err == nil {
		name = found.Username
	}
	fmt.Println(name)
}
