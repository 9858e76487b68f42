package api

import (
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"testing"

	"dandelion/model"
)

var (
	pager  = Services{CursorKey: []byte("0123456789abcdef0123456789abcdef")}
	reader = model.Actor{UserID: 7}
)

func TestACursorComesBackAsItWent(t *testing.T) {
	for _, at := range []int64{1, 42, 383252057353625600, 1<<63 - 1} {
		c := pager.cursor(at, reader, []any{"wishes", "pool"})
		got, err := pager.before(reader, PageInput{Cursor: c}, "wishes", "pool")
		if err != nil || got != at {
			t.Errorf("cursor of %d comes back as %d, %v", at, got, err)
		}
		if len(c) > 64 {
			t.Errorf("a cursor of %d characters does not fit its own limit", len(c))
		}
	}
	if got, err := pager.before(reader, PageInput{}, "wishes"); got != 0 || err != nil {
		t.Errorf("the first page begins at %d, %v", got, err)
	}
}

func TestACursorIsGoodForOneReaderListAndFilter(t *testing.T) {
	c := pager.cursor(42, reader, []any{"wishes", wishState("open"), id("3")})
	other := Services{CursorKey: []byte("another key, another key, another")}
	for name, use := range map[string]func() (int64, error){
		"another reader": func() (int64, error) {
			return pager.before(model.Actor{UserID: 8}, PageInput{Cursor: c}, "wishes", wishState("open"), id("3"))
		},
		"another list": func() (int64, error) {
			return pager.before(reader, PageInput{Cursor: c}, "tasks", wishState("open"), id("3"))
		},
		"another filter": func() (int64, error) {
			return pager.before(reader, PageInput{Cursor: c}, "wishes", wishState("closed"), id("3"))
		},
		"one filter less": func() (int64, error) {
			return pager.before(reader, PageInput{Cursor: c}, "wishes", wishState("open"))
		},
		"another key": func() (int64, error) {
			return other.before(reader, PageInput{Cursor: c}, "wishes", wishState("open"), id("3"))
		},
		"no base64": func() (int64, error) { return pager.before(reader, PageInput{Cursor: "%%%"}, "wishes") },
		"too short": func() (int64, error) { return pager.before(reader, PageInput{Cursor: "AAAA"}, "wishes") },
		"too long":  func() (int64, error) { return pager.before(reader, PageInput{Cursor: c + "AAAA"}, "wishes") },
	} {
		if got, err := use(); !errors.Is(err, errCursor) || got != 0 {
			t.Errorf("%s: the cursor is taken for %d, %v", name, got, err)
		}
	}
}

func TestEveryChangedCursorIsNoticed(t *testing.T) {
	raw, err := base64.RawURLEncoding.DecodeString(pager.cursor(42, reader, []any{"wishes"}))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		bit := r.IntN(len(raw) * 8)
		forged := append([]byte{}, raw...)
		forged[bit/8] ^= 1 << (bit % 8)
		c := base64.RawURLEncoding.EncodeToString(forged)
		if got, err := pager.before(reader, PageInput{Cursor: c}, "wishes"); err == nil {
			t.Fatalf("with bit %d changed the cursor is taken for %d", bit, got)
		}
	}
}

func TestAPageEndsWhereTheNextBegins(t *testing.T) {
	rows := []int64{9, 8, 7, 6, 5}
	show := func(n int64) int64 { return n * 10 }
	key := func(n int64) int64 { return n }
	p := pageOf(pager, reader, PageInput{Limit: 3}, rows[:4], show, key, "rows")
	if len(p.Items) != 3 || p.Items[2] != 70 || p.Next == "" {
		t.Fatalf("the first page is %+v", p)
	}
	at, err := pager.before(reader, PageInput{Cursor: p.Next}, "rows")
	if err != nil || at != 7 {
		t.Errorf("the next page begins before %d, %v; want 7", at, err)
	}
	last := pageOf(pager, reader, PageInput{Limit: 3}, rows[3:], show, key, "rows")
	if len(last.Items) != 2 || last.Next != "" {
		t.Errorf("the last page is %+v", last)
	}
	empty := pageOf(pager, reader, PageInput{Limit: 3}, nil, show, key, "rows")
	if empty.Items == nil || len(empty.Items) != 0 || empty.Next != "" {
		t.Errorf("an empty page is %+v", empty)
	}
}
