"""What in the Go sources of an artifact is slow, wrong or hanging on wasip1."""
