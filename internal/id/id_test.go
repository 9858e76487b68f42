package id_test

import (
	"sync"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/id"
)

var start = time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)

func TestIDsGrowThoughTheClockGoesBack(t *testing.T) {
	c := clock.At(start)
	s := id.New(5, c.Now)
	last := int64(0)
	for range 10_000 {
		got := s.Next()
		if got <= last || got>>12&id.MaxNode != 5 {
			t.Fatalf("id %d after %d", got, last)
		}
		last = got
		c.Pass(-time.Second)
	}
}

func TestManyAtOnceGetDifferentIDs(t *testing.T) {
	s := id.New(1, clock.At(start).Now)
	const makers, each = 8, 2_000
	var mu sync.Mutex
	seen := map[int64]bool{}
	var wg sync.WaitGroup
	for range makers {
		wg.Go(func() {
			for range each {
				n := s.Next()
				mu.Lock()
				seen[n] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != makers*each {
		t.Errorf("%d different ids, want %d", len(seen), makers*each)
	}
}

func TestNodesDoNotMeet(t *testing.T) {
	a, b := id.New(1, clock.At(start).Now), id.New(2, clock.At(start).Now)
	if a.Next() == b.Next() {
		t.Error("two nodes made the same id")
	}
	a.SetNode(2)
	if n := a.Next() >> 12 & id.MaxNode; n != 2 {
		t.Errorf("node %d after SetNode(2)", n)
	}
}

func TestAnIDTellsItsTime(t *testing.T) {
	n := id.New(0, clock.At(start).Now).Next()
	if got := id.Time(n); !got.Equal(start) {
		t.Errorf("made at %v, want %v", got, start)
	}
	if id.Floor(start) > n || id.Floor(start.Add(time.Millisecond)) <= n {
		t.Error("Floor does not bound the ids of a moment")
	}
	if id.Floor(time.Time{}) != 0 {
		t.Error("Floor before the epoch is not 0")
	}
}
