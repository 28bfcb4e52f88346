package main

import "math/big" // want math/big

func main() { println(big.NewInt(97).ProbablyPrime(0)) }
