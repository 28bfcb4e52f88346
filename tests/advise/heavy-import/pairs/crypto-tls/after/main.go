package main

import "fmt"

func versionName(version uint16) string {
	switch version {
	case 0x0303:
		return "TLS 1.2"
	case 0x0304:
		return "TLS 1.3"
	}
	return fmt.Sprintf("0x%04X", version)
}

func main() {
	fmt.Println(versionName(0x0304))
}
