package api

import (
	"strings"
	"testing"
	"time"

	"dandelion/model"
)

func TestACursorOfTimesIsRead(t *testing.T) {
	s := Services{CursorKey: []byte(strings.Repeat("k", 32))}
	who := model.Actor{UserID: 7, TenantID: 1}
	keys := []any{"slots", id("3")}
	for _, at := range []time.Time{time.UnixMilli(0).UTC(), time.Date(2026, 7, 4, 1, 0, 0, 123e6, time.UTC), time.Date(2099, 12, 31, 23, 59, 59, 999e6, time.UTC)} {
		for _, n := range []int64{1, 1 << 40, 1<<63 - 1} {
			got, gotID, err := s.beyond(who, PageInput{Cursor: s.timeCursor(at, n, who, keys)}, keys)
			if err != nil || !got.Equal(at) || gotID != n {
				t.Errorf("%s and %d are read as %s and %d, %v", at, n, got, gotID, err)
			}
		}
	}
	if at, n, err := s.beyond(who, PageInput{}, keys); err != nil || !at.IsZero() || n != 0 {
		t.Errorf("the first page is after %s and %d, %v", at, n, err)
	}
}

func TestACursorOfTimesIsForItsReaderAndList(t *testing.T) {
	s := Services{CursorKey: []byte(strings.Repeat("k", 32))}
	other := Services{CursorKey: []byte(strings.Repeat("x", 32))}
	who, keys := model.Actor{UserID: 7, TenantID: 1}, []any{"slots", id("3")}
	good := s.timeCursor(time.Date(2026, 7, 4, 1, 0, 0, 0, time.UTC), 5, who, keys)
	flipped := "A" + good[1:]
	if good[0] == 'A' {
		flipped = "B" + good[1:]
	}
	for name, try := range map[string]func() error{
		"of somebody else": func() error {
			_, _, err := s.beyond(model.Actor{UserID: 8, TenantID: 1}, PageInput{Cursor: good}, keys)
			return err
		},
		"of another list": func() error {
			_, _, err := s.beyond(who, PageInput{Cursor: good}, []any{"slots", id("4")})
			return err
		},
		"with another key": func() error { _, _, err := other.beyond(who, PageInput{Cursor: good}, keys); return err },
		"altered":          func() error { _, _, err := s.beyond(who, PageInput{Cursor: flipped}, keys); return err },
		"cut off":          func() error { _, _, err := s.beyond(who, PageInput{Cursor: good[:len(good)-2]}, keys); return err },
		"longer":           func() error { _, _, err := s.beyond(who, PageInput{Cursor: good + "AA"}, keys); return err },
		"no base64":        func() error { _, _, err := s.beyond(who, PageInput{Cursor: "???"}, keys); return err },
		"of a list of ids": func() error {
			_, _, err := s.beyond(who, PageInput{Cursor: "AAAAAAAAAAE"}, keys)
			return err
		},
	} {
		if err := try(); err == nil {
			t.Errorf("a cursor %s is taken", name)
		}
	}
}

func TestDegreesGoThereAndBack(t *testing.T) {
	for _, d := range []float64{0, 30.072, -0.000001, 115.938001, 53.6, 179.999999} {
		n := millionths(&d)
		if back := degrees(n); back == nil || *back-d > 1e-9 || d-*back > 1e-9 {
			t.Errorf("%v is %d millionths and comes back as %v", d, *n, *back)
		}
	}
	if millionths(nil) != nil || degrees(nil) != nil {
		t.Error("nowhere is somewhere")
	}
	if n := millionths(new(float64)); n == nil || *n != 0 {
		t.Error("the equator is nowhere")
	}
}

func TestAFixIsRoundedAndItsAccuracyIsNot(t *testing.T) {
	if (*fixBody)(nil).fix() != nil {
		t.Error("no fix is one")
	}
	for _, tt := range []struct {
		body fixBody
		want model.Fix
	}{
		{fixBody{30.0720004, 115.9380006, 20}, model.Fix{Lat: 30_072_000, Lng: 115_938_001, Accuracy: 20}},
		{fixBody{30, 115, 300.01}, model.Fix{Lat: 30_000_000, Lng: 115_000_000, Accuracy: 301}},
		{fixBody{-90, -180, 0}, model.Fix{Lat: -90_000_000, Lng: -180_000_000}},
	} {
		if got := *tt.body.fix(); got != tt.want {
			t.Errorf("%+v is %+v, want %+v", tt.body, got, tt.want)
		}
	}
}
