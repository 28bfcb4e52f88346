// Package batch turns the pictures of one directory into thumbnails in another.
package batch

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // the formats that image.Decode knows
	_ "image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/thumbnail/internal/scale"
)

// extensions are the names that are taken for pictures. What is inside a file is
// found by its content.
var extensions = []string{".gif", ".jpeg", ".jpg", ".png"}

// Options say what becomes of each picture.
type Options struct {
	Width     int // in pixels; narrower pictures keep their size
	MaxPixels int // larger pictures are refused before they are decoded
}

// A Thumbnail is a picture that was written.
type Thumbnail struct {
	From, To string // file names
	Size     image.Point
}

// A Batch is what Run works on.
type Batch struct {
	Source  fs.FS  // where the pictures are
	Target  string // the directory that receives the thumbnails
	Options Options
}

// Names returns the pictures of the source directory, sorted. Directories, hidden
// files and files with other extensions are none.
func (b Batch) Names() ([]string, error) {
	entries, err := fs.ReadDir(b.Source, ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		known := slices.Contains(extensions, strings.ToLower(filepath.Ext(name)))
		if known && !entry.IsDir() && !strings.HasPrefix(name, ".") {
			names = append(names, name)
		}
	}
	return names, nil
}

// Run makes a thumbnail of each named picture and passes it to done. A picture
// that cannot be read does not stop the others; the errors are returned together.
func (b Batch) Run(names []string, done func(Thumbnail)) error {
	if err := distinct(names); err != nil {
		return err
	}
	var failed []error
	for _, name := range names {
		thumbnail, err := b.one(name)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", name, err))
			continue
		}
		done(thumbnail)
	}
	return errors.Join(failed...)
}

// distinct refuses pictures that differ in their extension only: one thumbnail
// would silently replace the other.
func distinct(names []string) error {
	from := map[string]string{}
	for _, name := range names {
		to := target(name)
		if other, taken := from[to]; taken && other != name {
			return fmt.Errorf("%s and %s would both become %s: rename one of them", other, name, to)
		}
		from[to] = name
	}
	return nil
}

// target is the name of a picture's thumbnail, which is always a PNG.
func target(name string) string {
	return strings.TrimSuffix(name, filepath.Ext(name)) + ".png"
}

func (b Batch) one(name string) (Thumbnail, error) {
	source, err := b.decode(name)
	if err != nil {
		return Thumbnail{}, err
	}
	size := scale.Fit(source.Bounds().Size(), b.Options.Width)
	var encoded bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&encoded, scale.Down(source, size)); err != nil {
		return Thumbnail{}, err
	}
	to := target(name)
	if err := os.WriteFile(filepath.Join(b.Target, to), encoded.Bytes(), 0o644); err != nil {
		return Thumbnail{}, err
	}
	return Thumbnail{From: name, To: to, Size: size}, nil
}

// decode reads a picture, of a GIF its first frame. The size is looked at first:
// a few bytes can claim a picture that does not fit into memory, and running out
// of it ends the whole module.
func (b Batch) decode(name string) (image.Image, error) {
	content, err := fs.ReadFile(b.Source, name)
	if err != nil {
		return nil, reason(err)
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	if config.Width < 1 || config.Height < 1 {
		return nil, errors.New("an empty picture")
	}
	if config.Width > b.Options.MaxPixels/config.Height {
		return nil, fmt.Errorf("%d x %d pixels: over the limit of %d", config.Width, config.Height, b.Options.MaxPixels)
	}
	picture, _, err := image.Decode(bytes.NewReader(content))
	return picture, err
}

// reason leaves out the path of an error about a file, which the caller names.
func reason(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
