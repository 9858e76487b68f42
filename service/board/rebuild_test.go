package board_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dandelion/internal/dbtest"
	"dandelion/internal/redis"
	"dandelion/model"
	"dandelion/service/board"
)

// wipe is a FLUSHALL, as one step, that spares the keys of other tests, which may share the
// server.
func (w *world) wipe() {
	w.Helper()
	if dbtest.Redis(w) == nil {
		w.must(w.redis.FlushAll(context.Background()).Err())
		return
	}
	seed, err := w.boards.Seed(context.Background(), county)
	w.must(err)
	w.must(w.redis.Eval(context.Background(), "for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', k) end return 1", nil, "*"+seed+"*").Err())
}

func TestALostRedisLosesNothing(t *testing.T) {
	w := newWorld(t)
	w.busy(100)
	w.must(w.boards.Keep(t.Context()))
	w.wipe()
	if b := w.honour("all", firstPerson); !b.Stale {
		t.Errorf("the board of an empty Redis is %+v", b)
	}
	w.busy(10)
	w.relay() // a deed before the rebuild must not make a board of one
	if b := w.honour("all", firstPerson); !b.Stale {
		t.Errorf("one deed has made a board: %+v", b)
	}
	w.must(w.boards.Keep(t.Context()))
	w.exact()
}

// TestARebuildUnderLoadIsNeverSeenHalfDone lets people do things and Redis lose
// everything, again and again, while boards are built and read. Whoever reads
// sees all those who were there from the start, or is told that it is old.
func TestARebuildUnderLoadIsNeverSeenHalfDone(t *testing.T) {
	w := newWorld(t)
	for user := firstPerson; user < firstPerson+people; user++ {
		w.must(w.does(t.Context(), user, model.Tally{Honour: 10}, w.homeOf(user)))
	}
	w.relay()
	ctx, stop := context.WithTimeout(t.Context(), 4*time.Second)
	defer stop()
	var all sync.WaitGroup
	var deeds, live, stale, builds atomic.Int64
	all.Go(func() { // somebody always does something
		for n := int64(0); ctx.Err() == nil; n++ {
			user := firstPerson + n*7%people
			if err := w.does(context.Background(), user, model.Tally{Honour: 1 + n%3}, w.homeOf(user)); err != nil {
				t.Error(err)
			}
			deeds.Add(1)
		}
	})
	all.Go(func() { // and somebody tells of it
		for ctx.Err() == nil {
			if _, err := w.outbox.Relay(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
	for range 2 { // two replicas keep the boards
		all.Go(func() {
			for ctx.Err() == nil {
				if err := w.boards.Keep(context.Background()); err != nil {
					t.Error(err)
				}
				if _, err := w.boards.Rebuild(context.Background(), county); err == nil {
					builds.Add(1)
				}
			}
		})
	}
	all.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			time.Sleep(time.Duration(20+n%5*17) * time.Millisecond)
			w.wipe()
		}
	})
	all.Go(func() {
		for ctx.Err() == nil {
			b, err := w.boards.Get(context.Background(), w.actor(1001), board.Query{Of: model.BoardMembers, Measure: model.ByHonour, Period: "week", Scope: county, Limit: 50})
			switch {
			case err != nil:
				t.Error(err)
			case b.Stale:
				stale.Add(1)
			case b.Total != people || len(b.Lines) != int(people)/3 || b.Me.Rank == 0:
				t.Errorf("a board of %d with %d lines is shown", b.Total, len(b.Lines))
			default:
				live.Add(1)
			}
		}
	})
	all.Wait()
	t.Logf("%d deeds, %d builds, %d live answers, %d stale", deeds.Load(), builds.Load(), live.Load(), stale.Load())
	if live.Load() == 0 || stale.Load() == 0 || builds.Load() == 0 {
		t.Error("this has shown nothing")
	}
	w.relay()
	w.must(w.boards.Keep(t.Context()))
	w.exact()
}

// TestChangesDuringARebuildAreInIt although the builder has read past them.
func TestChangesDuringARebuildAreInIt(t *testing.T) {
	w := newWorld(t)
	w.busy(50)
	w.must(w.boards.Keep(t.Context()))
	for range 5 {
		var all sync.WaitGroup
		ctx, stop := context.WithCancel(t.Context())
		all.Go(func() {
			for n := int64(0); ctx.Err() == nil; n++ {
				w.must(w.does(t.Context(), firstPerson+n%people, model.Tally{Honour: 3, Minutes: 10}, w.orgs[home]))
				if _, err := w.outbox.Relay(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
		_, err := w.boards.Rebuild(t.Context(), county)
		stop()
		all.Wait()
		w.must(err)
		w.relay()
		w.exact()
	}
}

func TestOneBuildsAndOthersWait(t *testing.T) {
	w := newWorld(t)
	w.busy(20)
	leave, err := w.boards.Occupy(t.Context(), county)
	w.must(err)
	if _, err := w.boards.Rebuild(t.Context(), county); !errors.Is(err, model.ErrBoardBusy) {
		t.Errorf("two build at once: %v", err)
	}
	w.must(w.boards.Keep(t.Context()))
	if b := w.honour("all", 1000); !b.Stale {
		t.Error("there is a board that nobody has built")
	}
	w.must(leave())
	w.must(w.boards.Keep(t.Context()))
	w.exact()
}

// TestNothingIsLeftOfOldGenerations neither of those that were complete nor of
// one whose builder died.
func TestNothingIsLeftOfOldGenerations(t *testing.T) {
	w := newWorld(t)
	w.busy(60)
	w.must(w.boards.Keep(t.Context()))
	before := w.keys()
	w.must(w.boards.Abandon(t.Context(), county))
	if n := w.keys(); n <= before {
		t.Fatalf("the dead builder has left nothing: %d keys, then %d", before, n)
	}
	for range 3 {
		_, err := w.boards.Rebuild(t.Context(), county)
		w.must(err)
	}
	if after := w.keys(); after != before {
		t.Errorf("%d keys, then %d", before, after)
	}
}

func (w *world) keys() int {
	w.Helper()
	seed, err := w.boards.Seed(w.Context(), county)
	w.must(err)
	n := 0
	for scan := w.redis.Scan(w.Context(), 0, "*"+seed+"*", 1000).Iterator(); scan.Next(w.Context()); {
		n++
	}
	return n
}

// TestRedisMayBeDown: boards are as they were, marked so, and what could not be
// told is right again when Redis is back.
func TestRedisMayBeDown(t *testing.T) {
	w := newWorld(t)
	w.busy(120)
	w.must(w.boards.Keep(t.Context()))
	w.relay()
	w.must(w.boards.Record(t.Context()))
	up := w.redis
	seen := w.honour("month", 1003)
	down := redis.Open(redis.Options{Addrs: []string{"127.0.0.1:1"}})
	defer func() { _ = down.Close() }()
	w.on(down)
	b := w.honour("month", 1003)
	if !b.Stale || !b.AsOf.Equal(w.clock.Now()) || !slices.Equal(linesOf(b), linesOf(seen)) || b.Me.Rank != 0 || b.Me.Value != seen.Me.Value {
		t.Errorf("without Redis the board is %+v, me %+v, want %+v", b, b.Me, seen)
	}
	all, stale, err := w.boards.Mine(t.Context(), w.actor(1003))
	if err != nil || !stale || len(all) != 20 {
		t.Errorf("my places are %v, stale %v, %v", all, stale, err)
	}
	w.must(w.boards.Choose(t.Context(), w.actor(1003), false))
	if b := w.honour("month", 1000); slices.ContainsFunc(b.Lines, func(l board.Line) bool { return l.SubjectID == 1003 }) {
		t.Error("a name is shown that was taken back")
	}
	w.busy(40)
	w.relay()
	w.must(w.boards.Keep(t.Context()))
	w.must(w.boards.Record(t.Context()))
	w.on(up) // it has kept its data, which are old now
	w.must(w.boards.Keep(t.Context()))
	w.exact()
	w.busy(10)
	w.relay()
	w.exact()
}
