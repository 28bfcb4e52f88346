package main

import "crypto/tls" // want crypto/tls

func main() { println(tls.VersionName(tls.VersionTLS13)) }
