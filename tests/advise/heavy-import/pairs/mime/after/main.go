package main

import "fmt"

func typeByExtension(extension string) string {
	switch extension {
	case ".png":
		return "image/png"
	case ".json":
		return "application/json"
	}
	return ""
}

func main() {
	fmt.Println(typeByExtension(".png"))
}
