package main

import (
	"database/sql"
	"fmt"
)

func main() {
	name := sql.NullString{String: "Ada", Valid: true}
	fmt.Println(name.String, name.Valid)
}
