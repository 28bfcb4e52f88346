// Package eager begins before it is asked.
package eager

import "net"

var listener, _ = net.Listen("tcp", ":80")
