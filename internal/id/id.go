// Package id makes the keys of rows: int64 numbers that grow with time and
// that no two processes make alike.
package id

import (
	"sync"
	"sync/atomic"
	"time"

	"dandelion/internal/clock"
)

// MaxNode is the greatest number that a process may have among its siblings.
const MaxNode = 1<<10 - 1

// epoch is when ids began. 41 bits of milliseconds last until 2093.
var epoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// Source makes ids: 41 bits of milliseconds, 10 of node, 12 of sequence. When
// the clock stands still or goes back, or a millisecond is used up, it borrows
// from the future, so that the ids of a node never repeat or fall.
type Source struct {
	node     atomic.Int64
	mu       sync.Mutex
	millis   int64
	sequence int64
	now      clock.Clock
}

// New returns a Source for the given node, from 0 to [MaxNode].
func New(node int64, now clock.Clock) *Source {
	s := &Source{now: now}
	s.SetNode(node)
	return s
}

// SetNode gives s the number that was leased for its process.
func (s *Source) SetNode(node int64) { s.node.Store(node & MaxNode) }

// Next returns an id greater than those that s returned before.
func (s *Source) Next() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch ms := s.now().Sub(epoch).Milliseconds(); {
	case ms > s.millis:
		s.millis, s.sequence = ms, 0
	case s.sequence < 1<<12-1:
		s.sequence++
	default:
		s.millis, s.sequence = s.millis+1, 0
	}
	return s.millis<<22 | s.node.Load()<<12 | s.sequence
}

// Floor returns an id that is less than or equal to every id made at or after
// t: what a search by time starts from.
func Floor(t time.Time) int64 { return max(t.Sub(epoch).Milliseconds(), 0) << 22 }

// Time returns when id was made, to the millisecond.
func Time(id int64) time.Time { return epoch.Add(time.Duration(id>>22) * time.Millisecond) }
