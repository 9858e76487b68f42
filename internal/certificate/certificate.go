// Package certificate draws certificates of service hours (志愿服务证明): a page
// as high and wide as A4 is, as a PNG, with a QR code by which anybody can check
// it.
package certificate

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"
	"time"

	"dandelion/internal/qr"
)

// Paper is what a certificate says. Days are written as "2026-07-01".
type Paper struct {
	Name     string // of the volunteer, in full
	From, To string // the first and the last day of the period
	Minutes  int64
	Services int64  // how many times he served
	Issuer   string // who certifies it
	IssuedOn string
	Code     string // by which it is checked, as people read it
	Link     string // what the QR code says
}

// The page is A4 at 150 dots per inch, with a red frame.
const (
	width, height = 1240, 1754
	margin        = 170
	frame         = 60
	module        = 6 // pixels of a module of the QR code
)

// Draw returns a picture of p. A character that the font does not have is drawn
// as □, as in print: the font has all of the 通用规范汉字表, so that only names
// with a character from outside of it are met with one.
func Draw(p Paper) ([]byte, error) {
	c, err := newCanvas()
	if err != nil {
		return nil, err
	}
	code, err := qr.Image(p.Link, module)
	if err != nil {
		return nil, fmt.Errorf("certificate: code: %w", err)
	}
	c.border(frame, 6)
	c.border(frame+14, 2)
	c.centre(red, 84, 310, "志愿服务证明")
	c.centre(black, 34, 400, "编号  "+p.Code)
	c.paragraph(black, 44, 560, 88, body(p))
	top := height - margin - code.Bounds().Dy()
	c.stamp(code, margin, top)
	left := margin + code.Bounds().Dx() + 30
	for i, line := range []string{"扫描二维码可核验本证明", "本证明按志愿服务记录自动生成", "记录更正或作废后以核验结果为准"} {
		c.write(black, 26, left, top+60+i*46, line)
	}
	c.right(black, 40, height-520, "出具单位："+p.Issuer)
	c.right(black, 40, height-450, "出具日期："+said(p.IssuedOn))
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&b, c.img); err != nil {
		return nil, fmt.Errorf("certificate: encode: %w", err)
	}
	return b.Bytes(), c.err
}

// body is the sentence that certifies.
func body(p Paper) string {
	return fmt.Sprintf("兹证明 %s 于 %s至%s 期间参加志愿服务 %d 次，经签到与确认，累计服务时长 %s。特此证明。",
		p.Name, said(p.From), said(p.To), p.Services, long(p.Minutes))
}

// long returns a time as people say it: "12 小时 30 分钟".
func long(minutes int64) string {
	var parts []string
	if h := minutes / 60; h > 0 {
		parts = append(parts, fmt.Sprintf("%d 小时", h))
	}
	if m := minutes % 60; m > 0 || minutes == 0 {
		parts = append(parts, fmt.Sprintf("%d 分钟", m))
	}
	return strings.Join(parts, " ")
}

// said returns a day as people say it: "2026年7月1日"; what is no day stays.
func said(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2006年1月2日")
}

// stamp puts the QR code m with its corner at (x, y).
func (c *canvas) stamp(m image.Image, x, y int) {
	b := m.Bounds()
	for dy := range b.Dy() {
		for dx := range b.Dx() {
			if r, _, _, _ := m.At(b.Min.X+dx, b.Min.Y+dy).RGBA(); r < 0x8000 {
				c.img.SetColorIndex(x+dx, y+dy, uint8(black)+full)
			}
		}
	}
}

// border draws a red frame, so far from the edge and so thick.
func (c *canvas) border(at, thick int) {
	for i := range thick {
		for x := at; x < width-at; x++ {
			c.img.SetColorIndex(x, at+i, uint8(red)+full)
			c.img.SetColorIndex(x, height-1-at-i, uint8(red)+full)
		}
		for y := at; y < height-at; y++ {
			c.img.SetColorIndex(at+i, y, uint8(red)+full)
			c.img.SetColorIndex(width-1-at-i, y, uint8(red)+full)
		}
	}
}
