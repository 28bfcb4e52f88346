module example.com/site/render

go 1.25

require github.com/pelletier/go-toml/v2 v2.2.4 // indirect
