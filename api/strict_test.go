package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func TestARequestIsReadInOneWayOnly(t *testing.T) {
	r, toy := toyKernel(t, io.Discard)
	deep := strings.Repeat(`{"a":`, 30) + "1" + strings.Repeat("}", 30)
	for _, tt := range []struct {
		name, kind, body string
		status           int
		code             string
	}{
		{"nothing", "", "", 400, "request.malformed"},
		{"no JSON", "", "name=13800001234", 400, "request.malformed"},
		{"half of it", "", `{"name":"球`, 400, "request.malformed"},
		{"something after it", "", `{"name":"球球"}{"name":"13800001234"}`, 400, "request.malformed"},
		{"a comma too many", "", `{"name":"球球",}`, 400, "request.malformed"},
		{"a key twice", "", `{"name":"球球","name":"13800001234"}`, 400, "request.malformed"},
		{"a key twice inside", "", `{"name":"球球","any":{"a":{"b":1,"b":2}}}`, 400, "request.malformed"},
		{"another encoding", "", "{\"name\":\"\xc7\xf2\xc7\xf2\"}", 400, "request.malformed"},
		{"half of a character", "", `{"name":"\ud83d球"}`, 400, "request.malformed"},
		{"a NUL", "", `{"name":"球\u0000球"}`, 400, "request.malformed"},
		{"a NUL in a list", "", `{"name":"球球","any":{"a":["\u0000"]}}`, 400, "request.malformed"},
		{"a NUL in a key", "", `{"name":"球球","any":{"\u0000":1}}`, 400, "request.malformed"},
		{"too deep", "", `{"name":"球球","any":` + deep + `}`, 400, "request.malformed"},
		{"deeper than a stack", "", strings.Repeat("[", 60000), 400, "request.malformed"},
		{"a number beyond all", "", `{"name":"球球","count":1e999}`, 400, "request.malformed"},
		{"a form", "application/x-www-form-urlencoded", "name=x", 415, "request.media_type"},
		{"a text that is JSON", "text/plain", `{"name":"球球"}`, 415, "request.media_type"},
		{"a relative of JSON", "application/merge-patch+json", `{"name":"球球"}`, 415, "request.media_type"},
		{"no kind of content", "13800001234/;", `{"name":"球球"}`, 415, "request.media_type"},
		{"a list", "", `[]`, 422, "request.invalid"},
		{"null", "", `null`, 422, "request.invalid"},
		{"a number", "", `1`, 422, "request.invalid"},
		{"a field of another case", "", `{"name":"球球","NAME":"x"}`, 422, "request.invalid"},
		{"too large", "", `{"name":"` + strings.Repeat("x", maxBody) + `"}`, 413, "request.too_large"},
	} {
		for _, key := range []string{"", "key-of-strict"} {
			headers := []string{"Content-Type", tt.kind}
			if key != "" {
				headers = append(headers, idempotencyKey, key)
			}
			w := ask(r, http.MethodPost, take, tt.body, headers...)
			if p := problemIn(t, w); w.Code != tt.status || p.Code != tt.code {
				t.Errorf("%s: %d %s, want %d %s", tt.name, w.Code, p.Code, tt.status, tt.code)
			}
			if strings.Contains(w.Body.String(), "13800001234") {
				t.Errorf("%s: the answer repeats what was sent: %s", tt.name, w.Body)
			}
		}
	}
	if n := toy.runs(t); n != 0 {
		t.Errorf("the toy was taken %d times", n)
	}
}

func TestAPlainRequestIsServed(t *testing.T) {
	r, _ := toyKernel(t, io.Discard)
	for name, headers := range map[string][]string{
		"no content type": nil, "JSON": {"Content-Type", "application/json"}, "JSON in capitals": {"Content-Type", "Application/JSON"},
		"JSON and a charset": {"Content-Type", "application/json; charset=utf-8"}, "wants HTML": {"Accept", "text/html"},
	} {
		if w := ask(r, http.MethodPost, take, ` {"name":"球😀","any":{"a":[1,{"b":null}]}} `, headers...); w.Code != http.StatusCreated {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// TestWhoDoesNotSayHowMuchIsCappedToo sends a body in chunks.
func TestWhoDoesNotSayHowMuchIsCappedToo(t *testing.T) {
	r, _ := toyKernel(t, io.Discard)
	endless := io.MultiReader(strings.NewReader(`{"name":"`), io.LimitReader(ones{}, 1<<30))
	req := httptest.NewRequest(http.MethodPost, take, endless)
	if req.ContentLength != -1 {
		t.Fatalf("the length is told: %d", req.ContentLength)
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	if p := problemIn(t, w); w.Code != http.StatusRequestEntityTooLarge || p.Code != "request.too_large" {
		t.Errorf("%d %s", w.Code, p.Code)
	}
}

type ones struct{}

func (ones) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '1'
	}
	return len(b), nil
}

func TestEverythingWrongWithAFormIsSaidAtOnce(t *testing.T) {
	r, _ := toyKernel(t, io.Discard)
	w := send(r, `{"name":"x","phone":"+8613800001234","count":99,"kind":"13800001234","owner":{"email":"13800001234"}}`, "")
	p := problemIn(t, w)
	var paths []string
	for _, f := range p.Fields {
		paths = append(paths, f.Path)
	}
	want := []string{"body.count", "body.kind", "body.name", "body.owner.email", "body.phone"}
	if w.Code != http.StatusUnprocessableEntity || !slices.Equal(paths, want) {
		t.Errorf("%d, fields %v, want %v", w.Code, paths, want)
	}
	if strings.Contains(w.Body.String(), "13800001234") {
		t.Errorf("the answer repeats what was sent: %s", w.Body)
	}
}

func TestAnIDIsANumberOrWrong(t *testing.T) {
	r, _ := toyKernel(t, io.Discard)
	for _, tt := range []struct {
		path   string
		status int
		field  string
	}{
		{"/api/v1/toys/8999999999999999999/take", 201, ""},
		{"/api/v1/toys/9223372036854775808/take", 422, "path.id"},
		{"/api/v1/toys/9999999999999999999/take", 422, "path.id"},
		{"/api/v1/toys/0/take", 422, "path.id"},
		{"/api/v1/toys/-7/take", 422, "path.id"},
		{"/api/v1/toys/07/take", 422, "path.id"},
		{take + "?after=3", 201, ""},
		{take + "?after=9999999999999999999", 422, "query.after"},
		{take + "?after=1%20or%201=1", 422, "query.after"},
		{take + "?after=3&after=4", 400, ""},
		{take + "?after=%zz", 400, ""},
		{take + "?after=%00", 400, ""},
		{take + "?after=%ff", 400, ""},
		{take + "?a;b", 400, ""},
		{take + "?before=3", 422, "query.before"},
		{take + "/", 404, ""},
	} {
		w := ask(r, http.MethodPost, tt.path, `{"name":"球球"}`)
		if w.Code != tt.status {
			t.Errorf("%s: %d %s, want %d", tt.path, w.Code, w.Body, tt.status)
		}
		if tt.status < 400 {
			continue
		}
		p := problemIn(t, w)
		if tt.field != "" && (len(p.Fields) != 1 || p.Fields[0].Path != tt.field) {
			t.Errorf("%s: fields %v, want %s", tt.path, p.Fields, tt.field)
		}
	}
}

func TestEveryIDThatPassesIsANumber(t *testing.T) {
	for _, n := range []int64{1, 42, 999_999_999_999_999_999, 8_999_999_999_999_999_999} {
		if got := idOf(n).n(); got != n {
			t.Errorf("%d comes back as %d", n, got)
		}
	}
	if idOf(0) != "" || id("").n() != 0 {
		t.Error("nothing has a key")
	}
}
