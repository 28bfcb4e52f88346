// A library that other members import. It has no wasip1.toml, so it is no
// member of the workspace itself and makes no artifact.
module example.com/shared

go 1.25
