package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"dandelion/internal/fault"
	"dandelion/model"
)

var errCursor = fault.Define(fault.Invalid, "cursor.invalid", "翻页标记无效, 请从第一页开始")

// PageInput asks for a part of a list.
type PageInput struct {
	Cursor string `query:"cursor" maxLength:"64" doc:"The next of the page before; absent: the first page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

// page is a part of a list, and where the next part begins.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Give this as cursor to get the next page; absent on the last"`
}

// macSize is how many bytes of a signature a cursor carries.
const macSize = 16

// before returns the key that the page asked for comes after, 0 for the first.
// A cursor is good for one reader and for the list and filters it was given
// for, which keys name.
func (s Services) before(who model.Actor, in PageInput, keys ...any) (int64, error) {
	if in.Cursor == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(in.Cursor)
	if err != nil || len(raw) != 8+macSize || !hmac.Equal(raw[8:], s.sign(raw[:8], who, keys)) {
		return 0, errCursor.At("query.cursor", must+"为上一页给出的 next")
	}
	return int64(binary.BigEndian.Uint64(raw[:8])), nil // #nosec G115 -- it is our own, signed
}

func (s Services) cursor(at int64, who model.Actor, keys []any) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(at)) // #nosec G115 -- ids are not negative
	return base64.RawURLEncoding.EncodeToString(append(raw, s.sign(raw, who, keys)...))
}

func (s Services) sign(raw []byte, who model.Actor, keys []any) []byte {
	h := hmac.New(sha256.New, s.CursorKey)
	_, _ = fmt.Fprintf(h, "%d|%#v|", who.UserID, keys)
	h.Write(raw)
	return h.Sum(nil)[:macSize]
}

// pageOf shows up to the limit of rows, of which there is one more if there is
// a next page.
func pageOf[Row, T any](s Services, who model.Actor, in PageInput, rows []Row, show func(Row) T, key func(Row) int64, keys ...any) *page[T] {
	p := &page[T]{Items: make([]T, 0, in.Limit)}
	for i, row := range rows {
		if i == in.Limit {
			p.Next = s.cursor(key(rows[i-1]), who, keys)
			break
		}
		p.Items = append(p.Items, show(row))
	}
	return p
}
