package main

import "testing" // want testing

func fixture(t testing.TB) string {
	t.Helper()
	return t.TempDir()
}

func main() { println("hello") }
