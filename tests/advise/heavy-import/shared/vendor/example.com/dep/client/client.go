// Package client is another module's that needs net/http.
package client

import "net/http"

// Name is of a status.
var Name = http.StatusText(404)
