package main

//go:wasmimport env emit
func emit(n int32)

type node struct {
	size     int32
	children []*node
}

func (n *node) tell() {
	emit(n.size)
	for _, child := range n.children {
		child.tell() // want main.emit
	}
}

func main() { (&node{children: make([]*node, 100)}).tell() }
