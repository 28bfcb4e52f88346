package main

import "regexp" // want regexp

var version = regexp.MustCompile(`^v[0-9]+$`)

func main() { println(version.MatchString("v1")) }
