package main

import (
	"fmt"
	"runtime"
)

func main() {
	fmt.Println(runtime.Version(), runtime.NumCPU(), runtime.GOMAXPROCS(1))
	for i := 0; i < runtime.NumCPU(); i++ {
		fmt.Println("CPU", i)
	}
}
