package main

func run() {
	//export run
	println(`
//export run
`)
}

func main() { run() }
