package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"dandelion/internal/fault"
)

// deepest is how far objects and lists may be nested; ours need three levels.
const deepest = 8

var (
	errMalformed = fault.Define(fault.Invalid, "request.malformed", "请求不是正确的 JSON 或编码有误")
	errTooLarge  = fault.Define(fault.TooLarge, "request.too_large", "请求内容太大")
	errMedia     = fault.Define(fault.Invalid, "request.media_type", "请求内容须为 application/json")
)

// wellFormed reads a request and refuses what two readers could understand in
// two ways: another encoding, a key that is there twice, text with a NUL. What
// comes after it, the hash of an idempotent request too, sees the same bytes.
func wellFormed(c huma.Context, next func(huma.Context)) {
	g := humagin.Unwrap(c)
	if !plainQuery(g.Request.URL.RawQuery) {
		fail(g, errMalformed)
		return
	}
	if c.Method() == http.MethodGet {
		next(c)
		return
	}
	body, err := io.ReadAll(g.Request.Body)
	if err == nil {
		err = checkBody(g.GetHeader("Content-Type"), body, c.Operation().MaxBodyBytes)
	}
	if err != nil {
		fail(g, bodyError(err))
		return
	}
	noteOf(c.Context()).body = body
	g.Request.Body = io.NopCloser(bytes.NewReader(body))
	next(c)
}

func bodyError(err error) error {
	var large *http.MaxBytesError
	var slow net.Error
	switch {
	case fault.Of(err) != nil:
		return err
	case errors.As(err, &large):
		return errTooLarge
	case errors.As(err, &slow) && slow.Timeout():
		return errTimeout.Because(err)
	}
	return errMalformed.Because(err)
}

func checkBody(kind string, body []byte, most int64) error {
	if len(body) == 0 {
		return nil // some requests need none
	}
	if kind != "" {
		if media, _, err := mime.ParseMediaType(kind); err != nil || media != "application/json" {
			return errMedia
		}
	}
	switch {
	case int64(len(body)) > most:
		return errTooLarge
	case !plainJSON(body):
		return errMalformed
	}
	return nil
}

// plainQuery reports whether every parameter can be read, and is there once.
func plainQuery(raw string) bool {
	all, err := url.ParseQuery(raw)
	if err != nil {
		return false
	}
	for name, values := range all {
		if !plainText(name) || len(values) != 1 || !plainText(values[0]) {
			return false
		}
	}
	return true
}

// plainText reports whether s is text. Whatever was not UTF-8 has become the
// replacement character by the time that it is read from JSON.
func plainText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsAny(s, "\x00\uFFFD")
}

// plainJSON reports whether body is one JSON value in UTF-8, not deep, without a
// key that is there twice, and with nothing after it.
func plainJSON(body []byte) bool {
	if !utf8.Valid(body) {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if !plainValue(d, 1) {
		return false
	}
	_, err := d.Token()
	return errors.Is(err, io.EOF)
}

func plainValue(d *json.Decoder, depth int) bool {
	token, err := d.Token()
	if err != nil || depth > deepest {
		return false
	}
	switch t := token.(type) {
	case string:
		return plainText(t)
	case json.Delim:
		return plainMembers(d, t == '{', depth)
	}
	return true
}

func plainMembers(d *json.Decoder, named bool, depth int) bool {
	seen := map[string]bool{}
	for d.More() {
		if named {
			token, err := d.Token()
			name, ok := token.(string)
			if err != nil || !ok || seen[name] || !plainText(name) {
				return false
			}
			seen[name] = true
		}
		if !plainValue(d, depth+1) {
			return false
		}
	}
	_, err := d.Token()
	return err == nil
}
