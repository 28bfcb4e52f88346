// Render prints as HTML the pages of a site that a jq query selects from its pages.json.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"

	"example.com/site/markup"
	"github.com/itchyny/gojq"
)

func main() {
	if err := render(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func render(site, query string) error {
	pages, err := selected(path.Join(site, "pages.json"), query)
	if err != nil {
		return err
	}
	for _, page := range pages {
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

func selected(file, query string) ([]string, error) {
	parsed, err := gojq.Parse(query)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var pages any
	if err := json.Unmarshal(data, &pages); err != nil {
		return nil, err
	}
	var names []string
	for found := parsed.Run(pages); ; {
		switch value, more := found.Next(); name := value.(type) {
		case string:
			names = append(names, name)
		case error:
			return nil, name
		default:
			if !more {
				return names, nil
			}
			return nil, fmt.Errorf("%v is no name of a page", value)
		}
	}
}
