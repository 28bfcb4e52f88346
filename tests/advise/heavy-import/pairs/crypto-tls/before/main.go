package main

import (
	"crypto/tls"
	"fmt"
)

func main() {
	fmt.Println(tls.VersionName(tls.VersionTLS13))
}
