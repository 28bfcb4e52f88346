package main

import (
	"log"
	"log/slog"
	"os"
)

func main() {
	log.SetFlags(0)
	slog.Info("read", "files", len(os.Args))
}
