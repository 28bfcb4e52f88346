"""Build Go programs as WASI preview-1 modules with SCons: declared, verified, measured."""

__version__ = "0.1.0"
