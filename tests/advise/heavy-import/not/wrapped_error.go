package main

import (
	"errors"
	"fmt"
)

func main() { println(fmt.Errorf("reading: %w", errors.ErrUnsupported).Error()) }
