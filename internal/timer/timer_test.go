package timer_test

import (
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/timer"
	"dandelion/model"
)

const kind model.TimerKind = "test.ring"

var (
	start = time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	quiet = slog.New(slog.DiscardHandler)
)

// bench is a database, a clock and a handler that can fail.
type bench struct {
	*testing.T
	db    *db.DB
	clock *clock.Manual
	run   *timer.Runner

	mu    sync.Mutex
	fired map[int64]int
	fails map[int64]error
	again map[int64]time.Duration
}

func newBench(t *testing.T, url string) *bench {
	t.Helper()
	b := &bench{T: t, clock: clock.At(start), fired: map[int64]int{}, fails: map[int64]error{}, again: map[int64]time.Duration{}}
	d, err := db.Open(url, db.Options{Now: b.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.db = d
	b.run = timer.New(d, quiet, map[model.TimerKind]timer.Handler{kind: b.handle})
	return b
}

func (b *bench) handle(tx *db.Tx, subject int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.fails[subject]; err != nil {
		return err
	}
	tx.AfterCommit(func() {
		b.mu.Lock()
		b.fired[subject]++
		b.mu.Unlock()
	})
	if d, ok := b.again[subject]; ok {
		return timer.Set(tx, kind, subject, tx.Now.Add(d))
	}
	return nil
}

func (b *bench) set(subject int64, in time.Duration) {
	b.Helper()
	b.do(func(tx *db.Tx) error { return timer.Set(tx, kind, subject, start.Add(in)) })
}

func (b *bench) do(f func(tx *db.Tx) error) {
	b.Helper()
	if err := b.db.Update(b.Context(), f); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) fire() int {
	b.Helper()
	n, err := b.run.Fire(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func (b *bench) rows() (all []model.Timer) {
	b.Helper()
	if err := b.db.View(b.Context(), func(tx *db.Tx) error { return tx.Order("subject_id").Find(&all).Error }); err != nil {
		b.Fatal(err)
	}
	return all
}

func TestATimerFiresOnceWhenItsTimeHasCome(t *testing.T) {
	b := newBench(t, dbtest.URL(t))
	b.set(1, time.Hour)
	b.clock.Pass(time.Hour - time.Millisecond)
	if n := b.fire(); n != 0 || b.fired[1] != 0 {
		t.Fatalf("fired %d too early", b.fired[1])
	}
	b.clock.Pass(time.Millisecond)
	b.fire()
	b.fire()
	if b.fired[1] != 1 || len(b.rows()) != 0 {
		t.Errorf("fired %d times, %d rows are left", b.fired[1], len(b.rows()))
	}
}

func TestATimerCanBeMovedAndCleared(t *testing.T) {
	b := newBench(t, dbtest.URL(t))
	b.set(1, time.Hour)
	ctx, n := db.CountStatements(t.Context())
	err := b.db.Update(ctx, func(tx *db.Tx) error { return timer.Set(tx, kind, 1, start.Add(3*time.Hour)) })
	if err != nil || n.Load() != 1 {
		t.Errorf("moving takes %d statements, %v", n.Load(), err)
	}
	b.set(2, time.Hour)
	b.do(func(tx *db.Tx) error { return timer.Clear(tx, kind, 2) })
	b.do(func(tx *db.Tx) error { return timer.Clear(tx, kind, 99) }) // there is none
	b.clock.Pass(2 * time.Hour)
	b.fire()
	if b.fired[1] != 0 || b.fired[2] != 0 {
		t.Errorf("fired %v", b.fired)
	}
	b.clock.Pass(time.Hour)
	b.fire()
	if b.fired[1] != 1 {
		t.Errorf("the moved timer fired %d times", b.fired[1])
	}
}

func TestAHandlerSetsItsOwnNextTimer(t *testing.T) {
	b := newBench(t, dbtest.URL(t))
	b.again[1] = time.Hour
	b.set(1, 0)
	for n := range 5 {
		b.fire()
		if b.fired[1] != n+1 {
			t.Fatalf("after %d hours it fired %d times", n, b.fired[1])
		}
		b.clock.Pass(time.Hour)
	}
}

func TestWhatFailsIsPutOffAndBlocksNobody(t *testing.T) {
	b := newBench(t, dbtest.URL(t))
	b.fails[1] = errors.New("张三 13800001234 broke it")
	b.set(1, 0)
	b.set(2, time.Second)
	b.clock.Pass(time.Second)
	b.fire()
	if b.fired[2] != 1 {
		t.Error("the timer behind one that fails did not fire")
	}
	tries := 0
	for range 60 {
		if n := b.fire(); n > 0 {
			tries++
		}
		b.clock.Pass(time.Minute)
	}
	if tries < 4 || tries > 14 {
		t.Errorf("tried %d times in an hour", tries)
	}
	if f := b.rows()[0].Failure; f == "" || f == b.fails[1].Error() {
		t.Errorf("the failure is kept as %q", f)
	}
	b.fails[1] = nil
	b.clock.Pass(time.Hour)
	b.fire()
	if b.fired[1] != 1 {
		t.Error("what failed is never tried again")
	}
}

func TestWhatKeepsFailingWaitsForTheOperator(t *testing.T) {
	b := newBench(t, dbtest.URL(t))
	b.fails[1] = model.ErrOrgClosed
	b.set(1, 0)
	for range 40 {
		b.fire()
		b.clock.Pass(2 * time.Hour)
	}
	stuck, err := b.run.Stuck(t.Context(), 10)
	if err != nil || len(stuck) != 1 || stuck[0].Failure != model.ErrOrgClosed.Code || stuck[0].Attempts != 20 {
		t.Fatalf("stuck %+v, %v", stuck, err)
	}
	if n := b.fire(); n != 0 {
		t.Error("what was given up is tried again by itself")
	}
	b.fails[1] = nil
	if err := b.run.Retry(t.Context(), stuck[0].ID); err != nil {
		t.Fatal(err)
	}
	b.fire()
	if b.fired[1] != 1 {
		t.Error("a retry does nothing")
	}
	if err := b.run.Retry(t.Context(), stuck[0].ID); err == nil {
		t.Error("what is gone can be retried")
	}
}

func TestAKindThatNobodyHandlesIsNotLost(t *testing.T) {
	b := newBench(t, dbtest.URL(t))
	b.do(func(tx *db.Tx) error { return timer.Set(tx, "test.orphan", 1, start) })
	b.set(2, 0)
	b.fire()
	if rows := b.rows(); len(rows) != 1 || rows[0].Attempts != 1 || b.fired[2] != 1 {
		t.Errorf("rows %+v, fired %v", rows, b.fired)
	}
}

func TestATimerThatIsMovedWhileItIsHandledStays(t *testing.T) {
	b := newBench(t, dbtest.URL(t))
	b.set(1, 0)
	b.do(func(tx *db.Tx) error { return nil })
	b.fails[1] = errors.New("not yet")
	b.fire() // leased and failed
	b.set(1, time.Minute)
	b.fails[1] = nil
	b.clock.Pass(time.Minute)
	b.fire()
	if b.fired[1] != 1 {
		t.Errorf("fired %d times", b.fired[1])
	}
}

// TestOneOfManyRunnersFires lets many runners race for many timers.
func TestOneOfManyRunnersFires(t *testing.T) {
	b := newBench(t, dbtest.MySQL(t))
	const timers = 60
	for n := range int64(timers) {
		b.set(n+1, 0)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 4 {
				if _, err := b.run.Fire(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for n := range int64(timers) {
		if b.fired[n+1] != 1 {
			t.Errorf("timer %d fired %d times", n+1, b.fired[n+1])
		}
	}
	if left := len(b.rows()); left != 0 {
		t.Errorf("%d timers are left", left)
	}
}

// TestATimerIsStartedInOneStatement: who begins something new need not ask
// whether it has a timer.
func TestATimerIsStartedInOneStatement(t *testing.T) {
	b := newBench(t, dbtest.URL(t))
	ctx, statements := db.CountStatements(t.Context())
	err := b.db.Update(ctx, func(tx *db.Tx) error { return timer.Start(tx, kind, 7, start.Add(time.Hour)) })
	if n := statements.Load(); err != nil || n != 1 {
		t.Errorf("%d statements: %v", n, err)
	}
	b.clock.Pass(time.Hour)
	if _, err := b.run.Fire(t.Context()); err != nil || b.fired[7] != 1 {
		t.Errorf("it fired %d times: %v", b.fired[7], err)
	}
}

// TestATimerThatIsThereIsNotStartedAgain: of two that begin the same thing at
// once, one is stale and looks again.
func TestATimerThatIsThereIsNotStartedAgain(t *testing.T) {
	b := newBench(t, dbtest.URL(t))
	b.set(7, time.Hour)
	tries := 0
	b.do(func(tx *db.Tx) error {
		if tries++; tries > 1 {
			return nil
		}
		err := timer.Start(tx, kind, 7, start.Add(time.Minute))
		if !errors.Is(err, db.ErrStale) {
			t.Errorf("a second timer of the same: %v", err)
		}
		return err
	})
	if tries != 2 {
		t.Errorf("it was tried %d times", tries)
	}
	b.clock.Pass(time.Minute)
	if n, err := b.run.Fire(t.Context()); n != 0 || err != nil {
		t.Errorf("the timer was moved: %d %v", n, err)
	}
}
