// Through a buffer.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	var to io.Writer = out
	encoder := json.NewEncoder(out)
	for i := range 100 {
		fmt.Fprintln(out, i)
		fmt.Fprintln(to, i)
		encoder.Encode(i)
	}
}
