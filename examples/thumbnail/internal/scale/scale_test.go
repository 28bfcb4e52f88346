package scale_test

import (
	"image"
	"image/color"
	"testing"

	"example.com/thumbnail/internal/scale"
)

func TestFitKeepsProportionsAndNeverEnlarges(t *testing.T) {
	tests := []struct {
		size  image.Point
		width int
		want  image.Point
	}{
		{image.Pt(640, 480), 320, image.Pt(320, 240)},
		{image.Pt(640, 480), 640, image.Pt(640, 480)},
		{image.Pt(640, 480), 1000, image.Pt(640, 480)},
		{image.Pt(100, 33), 10, image.Pt(10, 3)},
		{image.Pt(100, 35), 10, image.Pt(10, 4)},
		{image.Pt(1000, 2), 10, image.Pt(10, 1)},
	}
	for _, test := range tests {
		if got := scale.Fit(test.size, test.width); got != test.want {
			t.Errorf("%v to width %d: got %v, want %v", test.size, test.width, got, test.want)
		}
	}
}

// grey makes a picture of one row, away from the origin as subimages are.
func grey(values ...uint8) image.Image {
	picture := image.NewGray(image.Rect(5, 7, 5+len(values), 8))
	copy(picture.Pix, values)
	return picture
}

func TestAPixelIsTheMeanOfTheAreaThatItCovers(t *testing.T) {
	tests := []struct {
		name   string
		source image.Image
		want   []uint8
	}{
		{"whole pixels", grey(0, 100, 50, 150), []uint8{50, 100}},
		{"same size", grey(1, 2, 3), []uint8{1, 2, 3}},
		// 3 to 2: the middle pixel counts half on each side, (90 + 30/2) / 1.5.
		{"parts of pixels", grey(90, 30, 60), []uint8{70, 50}},
		{"all into one", grey(10, 20, 60), []uint8{30}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := scale.Down(test.source, image.Pt(len(test.want), 1))
			for x, want := range test.want {
				if got.NRGBAAt(x, 0) != (color.NRGBA{want, want, want, 255}) {
					t.Errorf("pixel %d: got %v, want %d", x, got.NRGBAAt(x, 0), want)
				}
			}
		})
	}
}

func TestTransparentPixelsLendNoColour(t *testing.T) {
	source := image.NewNRGBA(image.Rect(0, 0, 2, 2))
	source.SetNRGBA(0, 0, color.NRGBA{200, 0, 0, 255})
	source.SetNRGBA(1, 1, color.NRGBA{0, 255, 0, 0}) // invisible green
	got := scale.Down(source, image.Pt(1, 1)).NRGBAAt(0, 0)
	if want := (color.NRGBA{200, 0, 0, 64}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// plain hides the fast methods of a picture.
type plain struct{ image.Image }

func TestPicturesOfOtherTypesGiveTheSameResult(t *testing.T) {
	source := image.NewYCbCr(image.Rect(0, 0, 9, 7), image.YCbCrSubsampleRatio420)
	for i := range source.Y {
		source.Y[i] = uint8(i * 4)
	}
	fast := scale.Down(source, image.Pt(4, 3))
	slow := scale.Down(plain{source}, image.Pt(4, 3))
	if string(fast.Pix) != string(slow.Pix) {
		t.Error("the pixels differ")
	}
}

func TestAnEvenPictureStaysEven(t *testing.T) {
	source := image.NewUniform(color.NRGBA{12, 34, 56, 255})
	for _, size := range []image.Point{{1, 1}, {3, 2}, {7, 5}, {10, 10}} {
		got := scale.Down(cropped{source, image.Rect(0, 0, 10, 10)}, size)
		for i := 0; i < len(got.Pix); i += 4 {
			if string(got.Pix[i:i+4]) != "\x0c\x22\x38\xff" {
				t.Fatalf("%v: pixel %d is %v", size, i/4, got.Pix[i:i+4])
			}
		}
	}
}

type cropped struct {
	image.Image
	bounds image.Rectangle
}

func (c cropped) Bounds() image.Rectangle { return c.bounds }

func BenchmarkDown(b *testing.B) {
	source := image.NewYCbCr(image.Rect(0, 0, 1600, 1200), image.YCbCrSubsampleRatio420)
	b.SetBytes(1600 * 1200)
	b.ReportAllocs()
	for b.Loop() {
		scale.Down(source, image.Pt(320, 240))
	}
}
