package main

import (
	"fmt"
	"go/token"
)

func main() { fmt.Println(token.ADD.String()) }
