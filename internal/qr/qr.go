// Package qr draws QR codes (二维码).
package qr

import (
	"fmt"
	"image"

	"github.com/piglig/go-qr"
)

// border is the quiet zone in modules, which ISO/IEC 18004 asks for.
const border = 4

// PNG returns a picture of a QR code that says text, each module as many pixels
// wide and high as scale.
func PNG(text string, scale int) ([]byte, error) {
	c, err := go_qr.EncodeText(text, go_qr.Medium)
	if err != nil {
		return nil, fmt.Errorf("qr: encode: %w", err)
	}
	data, err := c.ToPNGBytes(go_qr.NewQrCodeImgConfig(scale, border))
	if err != nil {
		return nil, fmt.Errorf("qr: draw: %w", err)
	}
	return data, nil
}

// Image returns the same as [PNG], to be put into a larger picture.
func Image(text string, scale int) (image.Image, error) {
	c, err := go_qr.EncodeText(text, go_qr.Medium)
	if err != nil {
		return nil, fmt.Errorf("qr: encode: %w", err)
	}
	m, err := c.ToImage(go_qr.NewQrCodeImgConfig(scale, border))
	if err != nil {
		return nil, fmt.Errorf("qr: draw: %w", err)
	}
	return m, nil
}
