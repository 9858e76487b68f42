package certificate

import (
	"embed"
	"fmt"
	"image"
	"image/color"
	"io"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// The font is Noto Sans SC Regular (of @expo-google-fonts/noto-sans-sc 0.4.3,
// SIL Open Font License 1.1, see OFL.txt), cut down by subset-font 2.9.0 (of
// npm; harfbuzz) to 9,010 characters: the 8,105 of the 通用规范汉字表 (2013), all
// of GB2312, and printable ASCII, with {targetFormat: "sfnt", noLayoutClosure:
// true}.
//
//go:embed NotoSansSC.ttf OFL.txt
var files embed.FS

// typeface is the font, read when the first certificate is drawn. Its outlines
// stay in the program's file and are read from there one by one.
var typeface = sync.OnceValues(func() (*sfnt.Font, error) {
	f, err := files.Open("NotoSansSC.ttf")
	if err != nil {
		return nil, fmt.Errorf("certificate: font: %w", err)
	}
	at, ok := f.(io.ReaderAt)
	if !ok {
		return nil, fmt.Errorf("certificate: the font cannot be read in parts: %T", f)
	}
	t, err := opentype.ParseReaderAt(at)
	if err != nil {
		return nil, fmt.Errorf("certificate: font: %w", err)
	}
	return t, nil
})

// ink is where the shades of a colour begin in the palette.
type ink uint8

// Each ink has as many shades, from white to full.
const (
	shades = 16
	full   = shades - 1

	black ink = 0
	red   ink = shades
)

// missing stands for what the font does not have.
const missing = '□'

// closers do not begin a line.
const closers = "，。、；：）》”"

// canvas is a page that is written on. The first thing that goes wrong stays
// in err.
type canvas struct {
	img   *image.Paletted
	font  *sfnt.Font
	buf   sfnt.Buffer
	faces map[int]font.Face
	err   error
}

func newCanvas() (*canvas, error) {
	t, err := typeface()
	if err != nil {
		return nil, err
	}
	p := make(color.Palette, 2*shades)
	for i := range shades {
		fade := func(to int) uint8 { return uint8(255 - (255-to)*i/full) } // #nosec G115 -- 0 to 255
		p[int(black)+i] = color.RGBA{fade(20), fade(20), fade(20), 255}
		p[int(red)+i] = color.RGBA{fade(190), fade(20), fade(30), 255}
	}
	return &canvas{img: image.NewPaletted(image.Rect(0, 0, width, height), p), font: t, faces: map[int]font.Face{}}, nil
}

// face returns the font in a size of so many pixels; nil if that fails.
func (c *canvas) face(size int) font.Face {
	if f := c.faces[size]; f != nil {
		return f
	}
	f, err := opentype.NewFace(c.font, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		c.err = fmt.Errorf("certificate: font in %d: %w", size, err)
		return nil
	}
	c.faces[size] = f
	return f
}

// known returns text with what the font does not have replaced.
func (c *canvas) known(text string) string {
	return strings.Map(func(r rune) rune {
		if i, err := c.font.GlyphIndex(&c.buf, r); err != nil || i == 0 {
			return missing
		}
		return r
	}, text)
}

// long returns how long text is, in pixels.
func (c *canvas) long(size int, text string) int {
	f := c.face(size)
	if f == nil {
		return 0
	}
	return font.MeasureString(f, c.known(text)).Ceil()
}

// write puts text on the page, whose base line begins at (x, y).
func (c *canvas) write(in ink, size, x, y int, text string) {
	f := c.face(size)
	if f == nil {
		return
	}
	dot := fixed.P(x, y)
	for _, r := range c.known(text) {
		to, mask, at, advance, ok := f.Glyph(dot, r)
		if a, is := mask.(*image.Alpha); ok && is {
			c.blot(in, to, a, at)
		}
		dot.X += advance
	}
}

// blot puts one character on the page.
func (c *canvas) blot(in ink, to image.Rectangle, mask *image.Alpha, at image.Point) {
	for y := range to.Dy() {
		for x := range to.Dx() {
			if a := mask.AlphaAt(at.X+x, at.Y+y).A >> 4; a > 0 && to.Min.Add(image.Pt(x, y)).In(c.img.Rect) {
				c.img.SetColorIndex(to.Min.X+x, to.Min.Y+y, uint8(in)+a)
			}
		}
	}
}

func (c *canvas) centre(in ink, size, y int, text string) {
	c.write(in, size, (width-c.long(size, text))/2, y, text)
}

func (c *canvas) right(in ink, size, y int, text string) {
	c.write(in, size, width-margin-c.long(size, text), y, text)
}

// paragraph writes text between the margins, the first line indented.
func (c *canvas) paragraph(in ink, size, y, leading int, text string) {
	x := margin + 2*size
	for _, w := range words(text) {
		if n := c.long(size, strings.TrimRight(w, closers+" ")); x+n > width-margin && x > margin {
			x, y = margin, y+leading
			w = strings.TrimLeft(w, " ")
		}
		c.write(in, size, x, y, w)
		x += c.long(size, w)
	}
}

// words returns the parts of text that are not broken: a character with what
// must not begin a line after it, a number or a day as a whole.
func words(text string) []string {
	var all []string
	last := ' '
	for _, r := range text {
		if n := len(all) - 1; n >= 0 && joined(last, r) {
			all[n] += string(r)
		} else {
			all = append(all, string(r))
		}
		last = r
	}
	return all
}

// joined reports whether no line ends between two characters.
func joined(last, r rune) bool {
	narrow := func(r rune) bool { return r > ' ' && r < 0x7f }
	return strings.ContainsRune(closers, r) || narrow(r) && (narrow(last) || strings.ContainsRune("年月", last)) ||
		narrow(last) && strings.ContainsRune("年月日", r)
}
