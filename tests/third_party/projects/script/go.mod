module example.com/script

go 1.25

tool github.com/d5/tengo/v2/cmd/tengo

require github.com/d5/tengo/v2 v2.17.0 // indirect
