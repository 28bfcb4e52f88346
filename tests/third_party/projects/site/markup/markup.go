// Package markup is Markdown as this site writes it: with tables, footnotes and a head in YAML.
package markup

import (
	"bytes"
	"fmt"
	"io"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"gopkg.in/yaml.v3"
)

// HTML writes a document as HTML, its title first.
func HTML(to io.Writer, source []byte) error {
	var head struct{ Title string }
	if rest, ok := bytes.CutPrefix(source, []byte("---\n")); ok {
		text, body, ok := bytes.Cut(rest, []byte("---\n"))
		if !ok {
			return fmt.Errorf("the head has no end")
		}
		if err := yaml.Unmarshal(text, &head); err != nil {
			return err
		}
		source = body
	}
	if head.Title != "" {
		fmt.Fprintf(to, "<h1>%s</h1>\n", head.Title)
	}
	return goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote)).Convert(source, to)
}
