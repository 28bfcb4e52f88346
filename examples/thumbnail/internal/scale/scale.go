// Package scale makes pictures smaller by averaging areas: every pixel of the
// result is the mean of the part of the source that it covers.
//
// For reductions this is what the eye expects and needs no filter window. All
// arithmetic is on integers, so the result is the same on every machine, wasm
// or not.
package scale

import (
	"image"
	"image/color"
)

// Fit returns the size that a picture of this size has when it is made width
// pixels wide and keeps its proportions. Pictures are never enlarged, and no
// side becomes 0.
func Fit(size image.Point, width int) image.Point {
	if width >= size.X {
		return size
	}
	height := (size.Y*width + size.X/2) / size.X
	return image.Pt(width, max(1, height))
}

// Down returns the source in the given size, which must be neither larger than
// the source's nor empty. Colours are averaged as they are encoded, premultiplied
// by their alpha, so transparent pixels lend no colour to their neighbours.
func Down(source image.Image, size image.Point) *image.NRGBA {
	bounds := source.Bounds()
	rows := newRows(source, size.X)
	result := image.NewNRGBA(image.Rectangle{Max: size})
	sums := make([]sum, size.X)
	area := uint64(bounds.Dx()) * uint64(bounds.Dy())
	for y := range size.Y {
		clear(sums)
		for _, part := range spread(y, bounds.Dy(), size.Y) {
			for x, pixel := range rows.row(part.index) {
				sums[x].add(pixel, part.weight)
			}
		}
		for x, pixel := range sums {
			result.SetRGBA64(x, y, pixel.mean(area))
		}
	}
	return result
}

// A part is one source pixel of a result pixel, with how much of it counts.
type part struct {
	index  int
	weight uint64
}

// spread returns the source pixels that result pixel i of n covers, along one
// side of length size. Measured in units of 1/n of a source pixel, source pixel s
// spans [s*n, (s+1)*n) and result pixel i spans [i*size, (i+1)*size), so weights
// are whole numbers and add up to size.
func spread(i, size, n int) []part {
	from, to := i*size, (i+1)*size
	parts := make([]part, 0, size/n+2)
	for s := from / n; s*n < to; s++ {
		overlap := min(to, (s+1)*n) - max(from, s*n)
		parts = append(parts, part{s, uint64(overlap)})
	}
	return parts
}

// A sum is a weighted sum of premultiplied 16-bit colours. With sides of at most
// 2^23 pixels it cannot overflow.
type sum struct{ r, g, b, a uint64 }

func (s *sum) add(other sum, weight uint64) {
	s.r += other.r * weight
	s.g += other.g * weight
	s.b += other.b * weight
	s.a += other.a * weight
}

// mean divides by the sum of all weights, to the nearest value.
func (s sum) mean(weights uint64) color.RGBA64 {
	divide := func(value uint64) uint16 { return uint16((value + weights/2) / weights) }
	return color.RGBA64{R: divide(s.r), G: divide(s.g), B: divide(s.b), A: divide(s.a)}
}

// rows reduces the rows of a picture in width. The last one is kept, because two
// rows of the result share the source row on their border.
type rows struct {
	source  image.RGBA64Image
	columns [][]part
	index   int
	sums    []sum
}

func newRows(source image.Image, width int) *rows {
	r := &rows{source: fast(source), index: -1, sums: make([]sum, width)}
	for x := range width {
		r.columns = append(r.columns, spread(x, source.Bounds().Dx(), width))
	}
	return r
}

// row returns source row number index (from the top, from 0), reduced in width.
func (r *rows) row(index int) []sum {
	if index == r.index {
		return r.sums
	}
	origin := r.source.Bounds().Min
	for x, column := range r.columns {
		var total sum
		for _, part := range column {
			c := r.source.RGBA64At(origin.X+part.index, origin.Y+index)
			total.add(sum{uint64(c.R), uint64(c.G), uint64(c.B), uint64(c.A)}, part.weight)
		}
		r.sums[x] = total
	}
	r.index = index
	return r.sums
}

// fast returns the picture with RGBA64At, which the standard library's types all
// have and which, unlike At, allocates nothing for a pixel.
func fast(source image.Image) image.RGBA64Image {
	if source, ok := source.(image.RGBA64Image); ok {
		return source
	}
	return slow{source}
}

type slow struct{ image.Image }

func (s slow) RGBA64At(x, y int) color.RGBA64 {
	return color.RGBA64Model.Convert(s.At(x, y)).(color.RGBA64)
}
