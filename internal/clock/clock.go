// Package clock tells the time. It is the one place that asks the machine for
// it; everything else is given a Clock, so that a test can drive a wish
// through a month in an instant.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time.
type Clock func() time.Time

// System is the clock of the machine.
func System() time.Time { return time.Now() }

// Manual is a clock that goes when it is told to. Its zero value stands at the
// zero time. It is safe for use by several goroutines.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// At returns a Manual clock that stands at t.
func At(t time.Time) *Manual { return &Manual{now: t} }

// Now returns the time that the clock shows.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Pass moves the clock by d, backwards if d is negative.
func (m *Manual) Pass(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

// Set makes the clock show t.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = t
}
