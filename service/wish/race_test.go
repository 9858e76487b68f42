package wish_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
	"dandelion/service/wish"
)

// racers brings in n members who all may claim.
func racers(w *world, n int) []model.Actor {
	w.Helper()
	all := make([]model.Actor, n)
	for i := range all {
		all[i] = w.member
		all[i].UserID = int64(10_000 + i)
	}
	return all
}

// race lets all do at once, and counts by error code.
func race(w *world, all []model.Actor, do func(who model.Actor) error) map[string]int {
	w.Helper()
	var mu sync.Mutex
	got := map[string]int{}
	start := make(chan struct{})
	var wg sync.WaitGroup
	for _, who := range all {
		wg.Go(func() {
			<-start
			code := "ok"
			if err := do(who); err != nil {
				code = err.Error()
			}
			mu.Lock()
			got[code]++
			mu.Unlock()
		})
	}
	close(start)
	wg.Wait()
	return got
}

func TestOneOfManyClaimantsWins(t *testing.T) {
	w := newWorld(t, dbtest.MySQL(t))
	id := w.in(model.WishOpen)
	const n = 500
	got := race(w, racers(w, n), func(who model.Actor) error {
		_, err := w.wishes.Claim(t.Context(), who, id, 0, nil)
		return err
	})
	if got["ok"] != 1 || got[model.ErrWishTaken.Code] != n-1 {
		t.Errorf("of %d claimants: %v", n, got)
	}
	if rows := count[model.Claim](w, "wish_id = ?", id); rows != 1 {
		t.Errorf("%d claims are written, want 1", rows)
	}
}

// TestTheRaceCatchesANaiveClaim shows that the race above has teeth: a claim
// that reads and then writes, without the version, lets several win.
func TestTheRaceCatchesANaiveClaim(t *testing.T) {
	w := newWorld(t, dbtest.MySQL(t))
	id := w.in(model.WishOpen)
	var won atomic.Int64
	all := racers(w, 8)
	var read sync.WaitGroup // so many read before the first of them writes, as on a busy day
	read.Add(len(all))
	race(w, all, func(who model.Actor) error {
		var once sync.Once
		return w.db.Update(t.Context(), func(tx *db.Tx) error {
			found, err := db.Find[model.Wish](tx, id, model.ErrWishNotFound)
			once.Do(read.Done)
			read.Wait()
			if err != nil || found.State != model.WishOpen {
				return err
			}
			err = tx.Model(&model.Wish{}).Where("id = ?", id).Updates(map[string]any{"state": model.WishClaimed, "claimer_id": who.UserID}).Error
			if err == nil {
				tx.AfterCommit(func() { won.Add(1) })
			}
			return err
		})
	})
	if won.Load() < 2 {
		t.Errorf("%d naive claimants won: the race would not notice a broken claim", won.Load())
	}
}

func TestNobodyRacesPastHisLimit(t *testing.T) {
	w := newWorld(t, dbtest.MySQL(t))
	const wishes = 12
	ids := make([]int64, wishes)
	for i := range ids {
		ids[i] = w.in(model.WishOpen, func(o *wish.Order) { o.Title = fmt.Sprintf("心愿 %d", i) })
	}
	all := make([]model.Actor, wishes)
	for i := range all {
		all[i] = w.member
		all[i].RequestID = fmt.Sprint(i)
	}
	var next atomic.Int64
	got := race(w, all, func(who model.Actor) error {
		_, err := w.wishes.Claim(t.Context(), who, ids[next.Add(1)-1], 0, nil)
		return err
	})
	if got["ok"] != 3 || got[model.ErrWishClaimLimit.Code] != wishes-3 {
		t.Errorf("one member claiming %d wishes at once: %v, want 3 and %s", wishes, got, model.ErrWishClaimLimit.Code)
	}
}

// TestOneRunnerRingsAnAlarm lets many runners race for the alarm of a wish.
func TestOneRunnerRingsAnAlarm(t *testing.T) {
	w := newWorld(t, dbtest.MySQL(t))
	id := w.in(model.WishSubmitted)
	w.clock.Pass(20 * time.Hour) // past 80 % of a day
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := w.timers.Fire(t.Context()); err != nil && !errors.Is(err, db.ErrStale) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if v := w.get(id); v.Light != model.Amber || v.Alarm != 1 {
		t.Errorf("after one alarm the wish is %s with alarm %d", v.Light, v.Alarm)
	}
	if n := count[model.Event](w, "subject_id = ? AND name = ?", id, string(model.AlarmAmber)); n != 1 {
		t.Errorf("history tells of %d alarms, want 1", n)
	}
}
