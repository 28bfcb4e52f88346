package main

import (
	"fmt"
	"os"
)

type person struct {
	Name string
	Age  int
}

func main() {
	p := person{"Ada", 36}
	fmt.Fprintf(os.Stdout, "%s is %d\n", p.Name, p.Age)
}
