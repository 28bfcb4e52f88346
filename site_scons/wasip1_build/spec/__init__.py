"""wasip1.toml to frozen dataclasses, with positions and hints."""
