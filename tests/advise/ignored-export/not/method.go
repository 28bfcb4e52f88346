// A method of this name, and a variable: the directive is above neither.
package main

type plugin struct{}

func (plugin) run() {}

func main() {
	run := plugin{}.run
	run()
}
