package main

import (
	"fmt"
	"math/big"
)

func main() {
	fmt.Println(big.NewInt(1000003).ProbablyPrime(0))
}
