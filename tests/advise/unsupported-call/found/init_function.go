// It runs before main.
package main

import "plugin"

func init() {
	plugin.Open("/x.so") // want plugin.Open
}

func main() {}
