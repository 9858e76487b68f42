package api

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// runs counts how often the toy was taken.
func (t *toys) runs(tb testing.TB) (n int64) {
	tb.Helper()
	if err := t.db.View(context.WithoutCancel(tb.Context()), func(tx *db.Tx) error { return tx.Model(&model.Audit{}).Count(&n).Error }); err != nil {
		tb.Fatal(err)
	}
	return n
}

func TestARetryGetsTheVerySameAnswer(t *testing.T) {
	r, toy := toyKernel(t, io.Discard)
	first := send(r, `{"name":"球球"}`, "key-00000001")
	again := send(r, `{"name":"球球"}`, "key-00000001")
	if first.Code != http.StatusCreated || first.Header().Get(replayed) != "" {
		t.Fatalf("first: %d %s", first.Code, first.Body)
	}
	if again.Code != first.Code || again.Body.String() != first.Body.String() || again.Header().Get(replayed) != "true" {
		t.Errorf("again: %d %s, want %s", again.Code, again.Body, first.Body)
	}
	if first.Header().Get("Content-Type") != again.Header().Get("Content-Type") || first.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v and %v", first.Header(), again.Header())
	}
	if n := toy.runs(t); n != 1 {
		t.Errorf("the toy was taken %d times", n)
	}
}

func TestAStrangerWhoGuessesAKeyIsToldNothing(t *testing.T) {
	r, toy := toyKernel(t, io.Discard)
	first := send(r, `{"name":"球球"}`, "key-00000001")
	other := send(r, `{"name":"别人"}`, "key-00000001")
	if other.Code != http.StatusCreated || other.Header().Get(replayed) != "" || other.Body.String() == first.Body.String() {
		t.Errorf("with another body: %d %s", other.Code, other.Body)
	}
	if n := toy.runs(t); n != 2 {
		t.Errorf("the toy was taken %d times", n)
	}
	for _, key := range []string{"short", "has space", strings.Repeat("k", 65), "键键键键键键键键"} {
		w := send(r, `{"name":"球球"}`, key)
		if p := problemIn(t, w); p.Code != "idempotency.key" || w.Code != http.StatusUnprocessableEntity {
			t.Errorf("key %q: %d %s", key, w.Code, p.Code)
		}
	}
}

func TestOnlySuccessIsKept(t *testing.T) {
	r, _ := toyKernel(t, io.Discard)
	for _, body := range []string{`{"name":"taken"}`, `{"name":"x"}`, `{`} {
		for range 2 {
			if w := send(r, body, "key-of-error"); w.Code < 400 || w.Header().Get(replayed) != "" {
				t.Errorf("%s: %d %v", body, w.Code, w.Header())
			}
		}
	}
}

// TestARefusalAfterTheWorkIsKept is about work that was committed, and the key
// with it, before the answer was no.
func TestARefusalAfterTheWorkIsKept(t *testing.T) {
	r, toy := toyKernel(t, io.Discard)
	begun := time.Now()
	first := send(r, `{"name":"late"}`, "key-of-late")
	again := send(r, `{"name":"late"}`, "key-of-late")
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("the request waits %v for itself", took)
	}
	if p := problemIn(t, first); p.Code != errToy.Code {
		t.Errorf("first: %d %s", first.Code, first.Body)
	}
	if again.Code != first.Code || again.Body.String() != first.Body.String() || again.Header().Get(replayed) != "true" ||
		again.Header().Get("Content-Type") != problemType {
		t.Errorf("again: %d %v %s, want %s", again.Code, again.Header(), again.Body, first.Body)
	}
	if n := toy.runs(t); n != 1 {
		t.Errorf("the toy was taken %d times", n)
	}
}

// TestAPanicUnderAKeyIsAnswered is about an answer that was held back for ever:
// the client was told 200 and nothing.
func TestAPanicUnderAKeyIsAnswered(t *testing.T) {
	r, _ := toyKernel(t, io.Discard)
	for _, key := range []string{"", "key-of-panic", "key-of-panic"} {
		w := send(r, `{"name":"panic"}`, key)
		if w.Code != http.StatusInternalServerError {
			t.Fatalf("key %q: a panic is answered with %d %q", key, w.Code, w.Body)
		}
		if p := problemIn(t, w); p.Code != "internal" {
			t.Errorf("key %q: %s", key, p.Code)
		}
	}
}

// TestAClientThatLeavesFindsItsAnswer cuts the connection when the work is done
// and the answer is not yet kept: the very thing that keys are for.
func TestAClientThatLeavesFindsItsAnswer(t *testing.T) {
	r, toy := toyKernel(t, io.Discard)
	ctx, leave := context.WithCancel(t.Context())
	toy.stop = leave
	lost := httptest.NewRequestWithContext(ctx, http.MethodPost, take, strings.NewReader(`{"name":"球球"}`))
	lost.Header.Set(idempotencyKey, "key-of-lost")
	r.ServeHTTP(httptest.NewRecorder(), lost)
	toy.stop = nil
	w := send(r, `{"name":"球球"}`, "key-of-lost")
	if w.Code != http.StatusCreated || w.Header().Get(replayed) != "true" {
		t.Errorf("the retry: %d %s", w.Code, w.Body)
	}
	if n := toy.runs(t); n != 1 {
		t.Errorf("the toy was taken %d times", n)
	}
}

func TestAHundredAtOnceTakeOneToy(t *testing.T) {
	r, toy := toyKernel(t, io.Discard)
	var wg sync.WaitGroup
	var mu sync.Mutex
	answers, start := map[string]int{}, make(chan struct{})
	for range 100 {
		wg.Go(func() {
			<-start
			w := send(r, `{"name":"球球"}`, "key-of-race")
			mu.Lock()
			defer mu.Unlock()
			answers[w.Body.String()]++
		})
	}
	close(start)
	wg.Wait()
	if n := toy.runs(t); n != 1 || len(answers) != 1 {
		t.Errorf("the toy was taken %d times, with %d answers", n, len(answers))
	}
}
