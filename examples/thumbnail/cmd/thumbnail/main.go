// Command thumbnail makes small PNG pictures of the PNG, JPEG and GIF pictures in
// one directory and writes them to another.
//
//	thumbnail --width 160                  # every picture in /in, to /out
//	thumbnail --width 160 cat.jpg dog.png  # these two
//
// It prints one line for each picture and exits with 0, with 1 when a picture
// failed, and with 2 when it was called wrongly.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"example.com/thumbnail/internal/batch"
)

// maxPixels holds a decoded picture to about 64 MiB: 16-bit colours take 8 bytes
// a pixel.
const maxPixels = 8 << 20

const (
	exitOK = iota
	exitPicture
	exitUsage
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with its surroundings as parameters, so that tests can call it.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("thumbnail", flag.ContinueOnError)
	flags.SetOutput(stderr)
	width := flags.Int("width", 160, "width of the thumbnails in `PIXELS`; narrower pictures keep their size")
	in := flags.String("in", "/in", "`DIRECTORY` with the pictures")
	out := flags.String("out", "/out", "`DIRECTORY` for the thumbnails")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return exitOK
	} else if err != nil {
		return exitUsage
	}
	if *width < 1 {
		fmt.Fprintf(stderr, "thumbnail: --width %d: must be 1 or more\n", *width)
		return exitUsage
	}

	pictures := batch.Batch{
		Source:  os.DirFS(*in),
		Target:  *out,
		Options: batch.Options{Width: *width, MaxPixels: maxPixels},
	}
	names := flags.Args()
	if len(names) == 0 {
		var err error
		if names, err = pictures.Names(); err != nil {
			fmt.Fprintf(stderr, "thumbnail: %v\n", err)
			return exitPicture
		}
	}
	err := pictures.Run(names, func(made batch.Thumbnail) {
		//wasip1:ignore unbuffered-output each line says that a picture is done, which takes longer than to say it
		fmt.Fprintf(stdout, "%s -> %s %dx%d\n", made.From, made.To, made.Size.X, made.Size.Y)
	})
	if err != nil {
		fmt.Fprintln(stderr, err)
		return exitPicture
	}
	return exitOK
}
