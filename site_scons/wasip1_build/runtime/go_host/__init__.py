"""Go packages that run a finished module in a Go program, by wazero."""
