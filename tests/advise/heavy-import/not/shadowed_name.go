package main

type printer struct{}

func (printer) Println(...any) {}

func main() {
	fmt := printer{}
	fmt.Println("hello")
}
