module example.com/site/markup

go 1.25

require (
	github.com/yuin/goldmark v1.8.7
	gopkg.in/yaml.v3 v3.0.0
)
