package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Printf("%s: %d items\n", "total", len(os.Args))
	fmt.Println("done", len(os.Args) > 0)
}
