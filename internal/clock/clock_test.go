package clock_test

import (
	"testing"
	"time"

	"dandelion/internal/clock"
)

func TestAManualClockGoesWhenTold(t *testing.T) {
	start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	m := clock.At(start)
	for range 2 {
		if !m.Now().Equal(start) {
			t.Error("the clock goes by itself")
		}
	}
	m.Pass(time.Hour)
	m.Pass(-10 * time.Minute)
	if got := m.Now().Sub(start); got != 50*time.Minute {
		t.Errorf("passed %v, want 50m", got)
	}
	m.Set(start)
	if !m.Now().Equal(start) {
		t.Error("the clock cannot be set back")
	}
}
