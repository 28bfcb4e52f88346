package main

import "runtime/debug"

const never = -1

var before = debug.SetGCPercent(never) // want runtime/debug.SetGCPercent(-1)

func main() { println(before) }
