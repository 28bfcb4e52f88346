package main

import "database/sql" // want database/sql

type person struct {
	name sql.NullString
	age  sql.Null[int]
}

func main() {
	p := person{sql.NullString{String: "x", Valid: true}, sql.Null[int]{V: 3}}
	println(p.name.Valid, p.name.String, p.age.V)
}
