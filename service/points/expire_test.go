package points_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// sweep does what is due about old points.
func (w *town) sweep() {
	w.Helper()
	for {
		n, err := w.points.Expire(w.Context())
		w.must(err)
		if n == 0 {
			return
		}
	}
}

// at moves the clock to a moment in Shanghai and does what is due.
func (w *town) at(year int, month time.Month, day, hour int) {
	w.Helper()
	w.clock.Set(time.Date(year, month, day, hour-8, 0, 0, 0, time.UTC))
	w.pass(0)
	w.sweep()
}

// notices returns how many days before what amounts somebody was told.
func (w *town) notices(user int64) (all [][2]int64) {
	w.Helper()
	rows, err := w.points.Notices(w.Context(), actor(user), 0, 50)
	w.must(err)
	for _, n := range rows {
		all = append(all, [2]int64{n.Days, n.Amount})
	}
	return all
}

func TestPointsExpireFirstInFirstOut(t *testing.T) {
	w := newTown(t)
	w.earn(nil, alice) // 14 of 2026
	w.earn(nil, bob)
	w.must(w.spend(bob, 14, 1))
	w.at(2027, 3, 1, 9)
	w.earn(nil, alice) // 14 of 2027
	w.earn(nil, bob)
	w.must(w.spend(alice, 5, 2)) // of the oldest
	w.at(2027, 11, 1, 9)
	if got := w.notices(alice); len(got) != 0 {
		t.Errorf("too early alice was told %v", got)
	}
	for _, day := range []struct {
		month    time.Month
		day      int
		told     int
		expiring int64
	}{{11, 2, 1, 9}, {12, 2, 2, 9}, {12, 25, 3, 9}, {12, 31, 3, 9}} {
		w.at(2027, day.month, day.day, 23)
		if got := w.notices(alice); len(got) != day.told || got[0][1] != day.expiring {
			t.Errorf("by %d-%d alice was told %v", day.month, day.day, got)
		}
		a, err := w.points.Account(t.Context(), actor(alice))
		w.must(err)
		if a.Expiring != day.expiring || !a.ExpiresAt.Equal(time.Date(2027, 12, 31, 16, 0, 0, 0, time.UTC)) {
			t.Errorf("on %d-%d %d expire at %s", day.month, day.day, a.Expiring, a.ExpiresAt)
		}
	}
	w.has(alice, 23, 0, 14)
	w.at(2028, 1, 1, 0)
	w.has(alice, 14, 0, 0) // honour is of the season, and no point of it was lost to the expiry
	w.has(bob, 14, 0, 0)
	if got := w.notices(bob); len(got) != 0 {
		t.Errorf("bob was told %v", got)
	}
	if got := w.notices(alice); len(got) != 4 || got[0] != [2]int64{0, 9} {
		t.Errorf("alice was told %v", got)
	}
	w.at(2028, 1, 5, 9)
	w.has(alice, 14, 0, 0)
}

// TestAHoldIsNoWayAroundTheExpiry holds points over the new year and takes them
// back.
func TestAHoldIsNoWayAroundTheExpiry(t *testing.T) {
	w := newTown(t)
	w.earn(nil, alice)
	w.at(2027, 12, 30, 9)
	w.must(w.spend(alice, 14, 1))
	w.at(2028, 1, 2, 9)
	w.update(func(tx *db.Tx) error {
		return w.points.Undo(tx, county, model.OfRedemption, 1, "取消兑换", actor(alice))
	})
	w.has(alice, 14, 0, 0)
	w.at(2028, 2, 2, 9)
	w.has(alice, 0, 0, 0)
}

// TestALongSleepTellsOnlyTheLastNotice: whoever was down in November does not
// send three notices at once, but what is too old expires all the same.
func TestALongSleepTellsOnlyTheLastNotice(t *testing.T) {
	w := newTown(t)
	w.earn(nil, alice)
	w.at(2027, 12, 28, 9)
	if got := w.notices(alice); len(got) != 1 || got[0] != [2]int64{7, 14} {
		t.Errorf("alice was told %v", got)
	}
	w.at(2028, 6, 1, 9)
	w.has(alice, 0, 0, 0)
	if got := w.notices(alice); len(got) != 2 {
		t.Errorf("alice was told %v", got)
	}
}

// TestManySweepAtOnce lets several replicas look at the same members.
func TestManySweepAtOnce(t *testing.T) {
	w := newTown(t)
	w.earn(nil, alice)
	w.earn(nil, bob)
	w.clock.Set(time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC))
	var all sync.WaitGroup
	failed := make(chan error, 8)
	for range 8 {
		all.Go(func() {
			for {
				if n, err := w.points.Expire(t.Context()); n == 0 || err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(failed)
	for err := range failed {
		if err != nil && !errors.Is(err, db.ErrBusy) {
			t.Error(err)
		}
	}
	w.sweep()
	w.has(alice, 0, 0, 0)
	w.has(bob, 0, 0, 0)
	if l := w.lines(alice, model.AccountMember); len(l) != 2 || l[0].Kind != model.PointExpire || l[0].Amount != -14 {
		t.Errorf("history %+v", l)
	}
}
