//go:build !wasip1

package host

import (
	"fmt"
	"os"
)

// EmitBatch writes one batch to standard output, as a line.
func EmitBatch(document []byte) error {
	_, err := fmt.Fprintf(os.Stdout, "%s\n", document)
	return err
}
