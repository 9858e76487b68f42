package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/outbox"
	"dandelion/model"
)

var (
	start = time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	quiet = slog.New(slog.DiscardHandler)
)

// office is a database, a clock and a listener that can be deaf.
type office struct {
	*testing.T
	db    *db.DB
	clock *clock.Manual
	box   *outbox.Outbox

	mu    sync.Mutex
	heard map[int64]int
	deaf  map[int64]error
}

func newOffice(t *testing.T, url string) *office {
	t.Helper()
	o := &office{T: t, clock: clock.At(start), heard: map[int64]int{}, deaf: map[int64]error{}}
	d, err := db.Open(url, db.Options{Now: o.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.db, o.box = d, outbox.New(d, quiet)
	o.box.Tell(o.hear)
	return o
}

func (o *office) hear(_ context.Context, e model.Event) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.deaf[e.SubjectID]; err != nil {
		return err
	}
	o.heard[e.SubjectID]++
	return nil
}

func (o *office) put(subject int64) {
	o.Helper()
	err := o.db.Update(o.Context(), func(tx *db.Tx) error {
		return o.box.Put(tx, model.Event{TenantID: 1, Subject: model.OfWish, SubjectID: subject, Name: "claim", Reason: "说明"})
	})
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) relay() int {
	o.Helper()
	n, err := o.box.Relay(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	return n
}

func TestWhatHappenedIsToldOnceAndKept(t *testing.T) {
	o := newOffice(t, dbtest.URL(t))
	o.put(1)
	select {
	case <-o.box.Woken():
	default:
		t.Error("nobody is woken")
	}
	if n := o.relay(); n != 1 || o.heard[1] != 1 {
		t.Fatalf("relayed %d, heard %v", n, o.heard)
	}
	if n := o.relay(); n != 0 || o.heard[1] != 1 {
		t.Errorf("told again: %d, %v", n, o.heard)
	}
	var e model.Event
	err := o.db.View(t.Context(), func(tx *db.Tx) error { return tx.Take(&e).Error })
	if err != nil || e.RelayAt != nil || e.Reason != "说明" || !e.CreatedAt.Equal(start) {
		t.Errorf("history keeps %+v, %v", e, err)
	}
}

func TestWhatWasRolledBackIsNotTold(t *testing.T) {
	o := newOffice(t, dbtest.URL(t))
	err := o.db.Update(t.Context(), func(tx *db.Tx) error {
		if err := o.box.Put(tx, model.Event{Subject: model.OfWish, SubjectID: 1, Name: "claim"}); err != nil {
			return err
		}
		return model.ErrWishTaken
	})
	if !errors.Is(err, model.ErrWishTaken) {
		t.Fatal(err)
	}
	select {
	case <-o.box.Woken():
		t.Error("woken for nothing")
	default:
	}
	if n := o.relay(); n != 0 || len(o.heard) != 0 {
		t.Errorf("told %v", o.heard)
	}
}

func TestADeafListenerBlocksNobody(t *testing.T) {
	o := newOffice(t, dbtest.URL(t))
	o.deaf[1] = errors.New("13800001234 cannot be reached")
	o.put(1)
	o.put(2)
	o.relay()
	if o.heard[2] != 1 || o.heard[1] != 0 {
		t.Fatalf("heard %v", o.heard)
	}
	tries := 0
	for range 60 {
		if o.relay() > 0 {
			tries++
		}
		o.clock.Pass(time.Minute)
	}
	if tries < 4 || tries > 14 {
		t.Errorf("tried %d times in an hour", tries)
	}
	o.deaf[1] = nil
	o.clock.Pass(time.Hour)
	o.relay()
	if o.heard[1] != 1 {
		t.Error("what could not be told is never told")
	}
}

func TestWhatCannotBeToldWaitsForTheOperator(t *testing.T) {
	o := newOffice(t, dbtest.URL(t))
	o.deaf[1] = model.ErrOrgClosed
	o.put(1)
	for range 40 {
		o.relay()
		o.clock.Pass(2 * time.Hour)
	}
	stuck, err := o.box.Stuck(t.Context(), 10)
	if err != nil || len(stuck) != 1 || stuck[0].Failure != model.ErrOrgClosed.Code || !stuck[0].Dead {
		t.Fatalf("stuck %+v, %v", stuck, err)
	}
	o.deaf[1] = nil
	if o.relay() != 0 {
		t.Error("what was given up is tried again by itself")
	}
	if err := o.box.Retry(t.Context(), stuck[0].ID); err != nil {
		t.Fatal(err)
	}
	o.relay()
	if o.heard[1] != 1 {
		t.Error("a retry does nothing")
	}
	if err := o.box.Retry(t.Context(), stuck[0].ID); err == nil {
		t.Error("what was told can be retried")
	}
}

func TestEverybodyWhoListensHears(t *testing.T) {
	o := newOffice(t, dbtest.URL(t))
	second := 0
	o.box.Tell(func(context.Context, model.Event) error { second++; return nil })
	for n := range int64(250) { // more than a batch
		o.put(n + 1)
	}
	for o.relay() > 0 {
	}
	if len(o.heard) != 250 || second != 250 {
		t.Errorf("the first heard %d, the second %d", len(o.heard), second)
	}
}

// TestARelayThatDiedLeavesItsEventsToOthers: it had leased them and told nobody.
func TestARelayThatDiedLeavesItsEventsToOthers(t *testing.T) {
	o := newOffice(t, dbtest.URL(t))
	o.put(1)
	ctx, cancel := context.WithCancel(t.Context())
	dying := outbox.New(o.db, quiet, func(context.Context, model.Event) error { cancel(); return context.Canceled })
	if _, err := dying.Relay(ctx); err == nil {
		t.Log("the dying relay noticed nothing")
	}
	o.clock.Pass(2 * time.Minute)
	o.relay()
	if o.heard[1] != 1 {
		t.Errorf("heard %v", o.heard)
	}
}

// TestRelaysShareTheWork lets many relays race for many events.
func TestRelaysShareTheWork(t *testing.T) {
	o := newOffice(t, dbtest.MySQL(t))
	const events = 150
	for n := range int64(events) {
		o.put(n + 1)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 4 {
				if _, err := o.box.Relay(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for o.relay() > 0 {
	}
	for n := range int64(events) {
		if o.heard[n+1] != 1 {
			t.Errorf("event %d was told %d times", n+1, o.heard[n+1])
		}
	}
}
