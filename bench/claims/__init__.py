"""The usual claims about what makes a wasip1 module of Go smaller and faster, measured."""
