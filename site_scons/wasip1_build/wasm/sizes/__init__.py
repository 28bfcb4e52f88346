"""Who owns the bytes of a module: its packages, the kinds of its data, the format itself."""
