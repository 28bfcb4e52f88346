// An encoder that writes each value by itself.
package main

import (
	"encoding/json"
	"os"
)

func main() {
	encoder := json.NewEncoder(os.Stdout)
	for i := range 100 {
		encoder.Encode(i) // want encoder.Encode
	}
}
