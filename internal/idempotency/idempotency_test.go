package idempotency_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/crypt"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/idempotency"
	"dandelion/model"
)

var start = time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)

func open(t *testing.T, url string) (*db.DB, *idempotency.Store, *clock.Manual) {
	t.Helper()
	c := clock.At(start)
	d, err := db.Open(url, db.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys, err := crypt.New("t", map[string][]byte{"t": crypt.Derive([]byte("test"), "fields")}, crypt.Derive([]byte("test"), "index"))
	if err != nil {
		t.Fatal(err)
	}
	return d, idempotency.New(d, keys), c
}

func asking(user int64, key, body string) idempotency.Request {
	return idempotency.Request{UserID: user, Key: key, BodyHash: body}
}

// effect is work that can be counted: a row of the audit log.
func effect(tx *db.Tx) error {
	return db.Add(tx, &model.Audit{ID: tx.NewID(), TenantID: 1, Action: "test", Subject: model.OfSystem, Detail: "{}", CreatedAt: tx.Now})
}

func effects(t *testing.T, d *db.DB) (n int64) {
	t.Helper()
	if err := d.View(t.Context(), func(tx *db.Tx) error { return tx.Model(&model.Audit{}).Count(&n).Error }); err != nil {
		t.Fatal(err)
	}
	return n
}

// serve does what the API does with a request, and returns its answer.
func serve(t *testing.T, d *db.DB, s *idempotency.Store, r idempotency.Request, body string) (string, error) {
	ctx, answer, err := s.Begin(t.Context(), r)
	if err != nil || answer != nil {
		return said(answer), err
	}
	if err := d.Update(ctx, effect); err != nil {
		answer, err := s.Await(ctx, r, err)
		return said(answer), err
	}
	return body, s.Finish(ctx, r, idempotency.Answer{Status: 201, Body: []byte(body)})
}

func said(a *idempotency.Answer) string {
	if a == nil {
		return ""
	}
	return string(a.Body)
}

func TestARetryGetsTheSameAnswerAndDoesNothing(t *testing.T) {
	d, s, _ := open(t, dbtest.URL(t))
	r := asking(7, "key-00000001", "hash")
	first, err := serve(t, d, s, r, "first")
	if err != nil || first != "first" {
		t.Fatalf("first = %q, %v", first, err)
	}
	again, err := serve(t, d, s, r, "second")
	if err != nil || again != "first" || effects(t, d) != 1 {
		t.Errorf("again = %q, %v, %d effects", again, err, effects(t, d))
	}
	_, a, err := s.Begin(t.Context(), r)
	if err != nil || a == nil || a.Status != 201 {
		t.Errorf("status %+v, %v", a, err)
	}
}

func TestAKeyIsForOneRequestOfOnePerson(t *testing.T) {
	d, s, _ := open(t, dbtest.URL(t))
	if _, err := serve(t, d, s, asking(7, "key-00000001", "hash"), "mine"); err != nil {
		t.Fatal(err)
	}
	if _, err := serve(t, d, s, asking(7, "key-00000001", "other"), "x"); !errors.Is(err, idempotency.ErrMismatch) {
		t.Errorf("another body: %v", err)
	}
	got, err := serve(t, d, s, asking(8, "key-00000001", "hash"), "theirs")
	if err != nil || got != "theirs" || effects(t, d) != 2 {
		t.Errorf("another person gets %q, %v", got, err)
	}
	for _, key := range []string{"", "short", strings.Repeat("x", 65), "key 00000001", "key-00000001\n", "键键键键键键键键"} {
		if _, _, err := s.Begin(t.Context(), asking(7, key, "hash")); !errors.Is(err, idempotency.ErrKey) || idempotency.ValidKey(key) {
			t.Errorf("key %q: %v", key, err)
		}
	}
}

func TestWorkThatFailsLeavesNoKey(t *testing.T) {
	d, s, _ := open(t, dbtest.URL(t))
	r := asking(7, "key-00000001", "hash")
	ctx, _, err := s.Begin(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Update(ctx, func(*db.Tx) error { return model.ErrWishTaken }); !errors.Is(err, model.ErrWishTaken) {
		t.Fatal(err)
	}
	if _, err := s.Await(ctx, r, model.ErrWishTaken); !errors.Is(err, model.ErrWishTaken) {
		t.Errorf("a refusal is taken for a lost race: %v", err)
	}
	if got, err := serve(t, d, s, r, "later"); err != nil || got != "later" {
		t.Errorf("the key cannot be used again: %q, %v", got, err)
	}
}

func TestAnAnswerThatWasLostIsNotMadeUp(t *testing.T) {
	d, s, _ := open(t, dbtest.URL(t))
	r := asking(7, "key-00000001", "hash")
	ctx, _, err := s.Begin(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Update(ctx, effect); err != nil { // and the process dies
		t.Fatal(err)
	}
	if _, err := serve(t, d, s, r, "again"); !errors.Is(err, idempotency.ErrLost) || effects(t, d) != 1 {
		t.Errorf("a retry after the loss: %v, %d effects", err, effects(t, d))
	}
}

func TestARequestThatWroteNothingIsRememberedToo(t *testing.T) {
	_, s, _ := open(t, dbtest.URL(t))
	r := asking(7, "key-00000001", "hash")
	ctx, _, err := s.Begin(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(ctx, r, idempotency.Answer{Status: 200, Body: []byte("nothing")}); err != nil {
		t.Fatal(err)
	}
	if _, a, err := s.Begin(t.Context(), r); err != nil || said(a) != "nothing" {
		t.Errorf("again %q, %v", said(a), err)
	}
}

func TestAnswersAreSealed(t *testing.T) {
	d, s, _ := open(t, dbtest.URL(t))
	if _, err := serve(t, d, s, asking(7, "key-00000001", "hash"), "token-canary 13800001234"); err != nil {
		t.Fatal(err)
	}
	var row model.Idempotency
	if err := d.View(t.Context(), func(tx *db.Tx) error { return tx.Take(&row).Error }); err != nil {
		t.Fatal(err)
	}
	if row.Answer == "" || strings.Contains(row.Answer, "canary") || strings.Contains(fmt.Sprintf("%+v", row), "13800001234") {
		t.Errorf("the table tells %+v", row)
	}
}

func TestOldAnswersAreForgotten(t *testing.T) {
	d, s, c := open(t, dbtest.URL(t))
	old, young := asking(7, "key-00000001", "hash"), asking(7, "key-00000002", "hash")
	if _, err := serve(t, d, s, old, "old"); err != nil {
		t.Fatal(err)
	}
	c.Pass(20 * time.Hour)
	if _, err := serve(t, d, s, young, "young"); err != nil {
		t.Fatal(err)
	}
	c.Pass(5 * time.Hour)
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := serve(t, d, s, old, "anew"); err != nil || got != "anew" {
		t.Errorf("after a day %q, %v", got, err)
	}
	if got, err := serve(t, d, s, young, "anew"); err != nil || got != "young" {
		t.Errorf("after five hours %q, %v", got, err)
	}
}

// TestOneOfManyEqualRequestsDoesTheWork races a hundred of them.
func TestOneOfManyEqualRequestsDoesTheWork(t *testing.T) {
	d, s, _ := open(t, dbtest.MySQL(t))
	r := asking(7, "key-00000001", "hash")
	var wrong atomic.Int64
	var mu sync.Mutex
	answers := map[string]int{}
	var wg sync.WaitGroup
	for n := range 100 {
		wg.Go(func() {
			got, err := serve(t, d, s, r, fmt.Sprint("answer ", n))
			if err != nil {
				wrong.Add(1)
				t.Error(err)
			}
			mu.Lock()
			answers[got]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if len(answers) != 1 || effects(t, d) != 1 || wrong.Load() != 0 {
		t.Errorf("%d different answers, %d effects, %d errors", len(answers), effects(t, d), wrong.Load())
	}
}
