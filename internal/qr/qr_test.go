package qr

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/piglig/go-qr"
)

func TestWhatIsDrawnCanBeRead(t *testing.T) {
	for _, text := range []string{"1", "https://example.cn/verify/7QK2-9XWM", "志愿服务 红色蒲公英", strings.Repeat("A", 200)} {
		data, err := PNG(text, 4)
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := go_qr.Decode(m); err != nil || got != text {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
		same, err := Image(text, 4)
		if err != nil || same.Bounds() != m.Bounds() {
			t.Errorf("%q as an image: %v, %v", text, same.Bounds(), err)
		}
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	if _, err := PNG(strings.Repeat("字", 4000), 4); err == nil {
		t.Error("12,000 bytes fit")
	}
	if _, err := Image(strings.Repeat("字", 4000), 4); err == nil {
		t.Error("12,000 bytes fit")
	}
	if _, err := PNG("1", 0); err == nil {
		t.Error("a code of no size")
	}
	if _, err := Image("1", 0); err == nil {
		t.Error("a code of no size")
	}
}
