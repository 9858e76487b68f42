package api

import (
	"io"
	"net/http"
	"testing"
)

func TestAFileIsWrittenAsItIs(t *testing.T) {
	h, _ := toyKernel(t, io.Discard)
	for id, shown := range map[string]string{"1": "inline", "2": "attachment; filename*=UTF-8''%E7%8E%A9%E5%85%B7%201.png"} {
		w := ask(h, http.MethodGet, "/api/v1/toys/"+id+"/picture", "")
		if w.Code != http.StatusOK || w.Body.String() != "\x89PNG" || w.Header().Get("Content-Type") != "image/png" {
			t.Errorf("%s: %d %s %q", id, w.Code, w.Header().Get("Content-Type"), w.Body)
		}
		if got := w.Header().Get("Content-Disposition"); got != shown {
			t.Errorf("%s is shown as %s", id, got)
		}
		if got := w.Header().Get("Cache-Control"); got != "private, no-store" {
			t.Errorf("%s may be kept: %s", id, got)
		}
	}
}

func TestWhatIsNoFileIsAProblem(t *testing.T) {
	h, _ := toyKernel(t, io.Discard)
	if p := problemIn(t, ask(h, http.MethodGet, "/api/v1/toys/3/picture", "")); p.Code != "test.toy" {
		t.Errorf("the problem is %s", p.Code)
	}
}
