"""Running modules: under exactly their grants, in a child process, within limits."""
