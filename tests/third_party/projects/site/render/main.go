// Render prints the pages that a site.toml names as HTML.
package main

import (
	"fmt"
	"os"
	"path"

	"example.com/site/markup"
	"github.com/pelletier/go-toml/v2"
)

func main() {
	if err := render(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func render(site string) error {
	data, err := os.ReadFile(path.Join(site, "site.toml"))
	if err != nil {
		return err
	}
	var config struct{ Pages []string }
	if err := toml.Unmarshal(data, &config); err != nil {
		return err
	}
	for _, page := range config.Pages {
		source, err := os.ReadFile(path.Join(site, page))
		if err != nil {
			return err
		}
		if err := markup.HTML(os.Stdout, source); err != nil {
			return fmt.Errorf("%s: %w", page, err)
		}
	}
	return nil
}
