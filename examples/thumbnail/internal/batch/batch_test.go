package batch_test

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"example.com/thumbnail/internal/batch"
)

// encoded returns a picture of this size in the format of the extension.
func encoded(t *testing.T, extension string, width, height int) *fstest.MapFile {
	t.Helper()
	picture := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Black, color.White})
	var buffer bytes.Buffer
	var err error
	switch extension {
	case "png":
		err = png.Encode(&buffer, picture)
	case "jpg":
		err = jpeg.Encode(&buffer, picture, nil)
	case "gif":
		err = gif.Encode(&buffer, picture, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: buffer.Bytes()}
}

func TestOnlyPicturesAreNamed(t *testing.T) {
	files := fstest.MapFS{
		"b.PNG": {}, "a.jpeg": {}, "c.gif": {}, ".hidden.png": {}, "notes.txt": {}, "more.png/d.png": {},
	}
	names, err := batch.Batch{Source: files}.Names()
	if want := []string{"a.jpeg", "b.PNG", "c.gif"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("got %q, %v; want %q", names, err, want)
	}
}

func TestEveryFormatBecomesASmallerPNG(t *testing.T) {
	target := t.TempDir()
	b := batch.Batch{
		Source: fstest.MapFS{
			"a.png": encoded(t, "png", 40, 20),
			"b.jpg": encoded(t, "jpg", 40, 20),
			"c.gif": encoded(t, "gif", 40, 20),
			"d.png": encoded(t, "png", 4, 2),
		},
		Target:  target,
		Options: batch.Options{Width: 10, MaxPixels: 1000},
	}
	var sizes []image.Point
	err := b.Run([]string{"a.png", "b.jpg", "c.gif", "d.png"}, func(thumbnail batch.Thumbnail) {
		sizes = append(sizes, thumbnail.Size)
	})
	want := []image.Point{{10, 5}, {10, 5}, {10, 5}, {4, 2}}
	if err != nil || !slices.Equal(sizes, want) {
		t.Fatalf("got %v, %v; want %v", sizes, err, want)
	}
	for _, name := range []string{"a.png", "b.png", "c.png", "d.png"} {
		content, err := os.ReadFile(filepath.Join(target, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(bytes.NewReader(content)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPictureThatCannotBeReadDoesNotStopTheOthers(t *testing.T) {
	good := encoded(t, "png", 4, 4)
	b := batch.Batch{
		Source: fstest.MapFS{
			"cut.png":  {Data: good.Data[:len(good.Data)/2]},
			"good.png": good,
			"huge.png": encoded(t, "png", 200, 200),
			"text.png": {Data: []byte("no picture")},
		},
		Target:  t.TempDir(),
		Options: batch.Options{Width: 2, MaxPixels: 1000},
	}
	var done []string
	err := b.Run([]string{"cut.png", "gone.png", "good.png", "huge.png", "text.png"},
		func(thumbnail batch.Thumbnail) { done = append(done, thumbnail.From) })
	if err == nil || !slices.Equal(done, []string{"good.png"}) {
		t.Fatalf("done: %q, error: %v", done, err)
	}
	for i, want := range []string{
		"cut.png: unexpected EOF",
		"gone.png: file does not exist",
		"huge.png: 200 x 200 pixels: over the limit of 1000",
		"text.png: image: unknown format",
	} {
		if got := strings.Split(err.Error(), "\n")[i]; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTwoPicturesNeverShareAThumbnail(t *testing.T) {
	b := batch.Batch{Target: t.TempDir()}
	err := b.Run([]string{"a.jpg", "a.png"}, nil)
	if want := "a.jpg and a.png would both become a.png: rename one of them"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
