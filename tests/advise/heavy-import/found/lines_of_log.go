package main

import "log/slog" // want log/slog

func main() { slog.Info("read", "files", 3) }
