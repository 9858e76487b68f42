package activity_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
)

func TestTwentyPlacesGoToTwentyOfTwoHundred(t *testing.T) {
	inHalls(t, func(h *hall) {
		const people, places, waits = 200, 20, 20 // as many wait as the policy lets
		all, slot := h.crowd(people), h.slot(times(30, 32, places))
		began := time.Now()
		got := together(people, func(i int) error {
			_, err := h.acts.Enrol(t.Context(), all[i], slot)
			return err
		})
		t.Logf("%s: %d people, %d places: %v in %v", h.db.Dialect(), people, places, got, time.Since(began).Round(time.Millisecond))
		if got["ok"] != places+waits || got[model.ErrSlotFull.Code] != people-places-waits {
			t.Errorf("%d people at %d places: %v", people, places, got)
		}
		if v := h.see(slot); v.Enrolled != places || v.Waiting != waits {
			t.Errorf("%d are enrolled and %d wait", v.Enrolled, v.Waiting)
		}
		h.sound()
	})
}

// TestTheRaceCatchesANaiveSlot shows that the race above has teeth: whoever reads
// how many places are taken, and then writes one more, takes more than there are.
func TestTheRaceCatchesANaiveSlot(t *testing.T) {
	h := newHall(t, dbtest.MySQL(t)) // SQLite has one writer, and hides it
	const people, places = 8, 3
	slot := h.slot(times(30, 32, places))
	var won atomic.Int64
	var read sync.WaitGroup // so many read before the first of them writes, as on a busy day
	read.Add(people)
	together(people, func(int) error {
		var once sync.Once
		return h.update(func(tx *db.Tx) error {
			s, err := db.Find[model.Slot](tx, slot, model.ErrSlotNotFound)
			once.Do(read.Done)
			read.Wait()
			if err != nil || s.Left() == 0 {
				return err
			}
			err = tx.Model(&model.Slot{}).Where("id = ?", slot).Update("enrolled", gorm.Expr("enrolled + 1")).Error
			if err == nil {
				tx.AfterCommit(func() { won.Add(1) })
			}
			return err
		})
	})
	if won.Load() <= places || h.number("SELECT COUNT(*) FROM slots WHERE enrolled > capacity") != 1 {
		t.Errorf("%d naive people got one of %d places: the race would not notice a slot that is too full", won.Load(), places)
	}
}

func TestNobodyRacesIntoTwoSlotsAtOnce(t *testing.T) {
	inHalls(t, func(h *hall) {
		first, second := h.slot(times(30, 32, 100)), h.slot(times(31, 33, 100))
		for round, who := range h.crowd(8) {
			if round%2 == 0 { // half of them have a calendar already
				h.enrol(who, h.slot(times(50, 51, 10)))
			}
			got := together(6, func(i int) error {
				_, err := h.acts.Enrol(t.Context(), who, []int64{first, second}[i%2])
				return err
			})
			if got["ok"] != 1 || got[model.ErrEnrolled.Code] != 2 || got[model.ErrEnrolmentOverlap.Code] != 3 {
				t.Errorf("one person at two slots: %v", got)
			}
		}
		h.sound()
	})
}

// TestTheRaceCatchesANaiveCalendar shows that the race above has teeth: whoever
// looks for what overlaps, and adds if nothing does, is in two places at once.
func TestTheRaceCatchesANaiveCalendar(t *testing.T) {
	h := newHall(t, dbtest.MySQL(t))
	who, slots := h.volunteer(), []int64{h.slot(times(30, 32, 10)), h.slot(times(31, 33, 10))}
	var looked sync.WaitGroup
	looked.Add(2)
	got := together(2, func(i int) error {
		return h.update(func(tx *db.Tx) error {
			s, err := db.Find[model.Slot](tx, slots[i], model.ErrSlotNotFound)
			if err != nil {
				return err
			}
			var his []model.Enrolment
			if err := tx.Where("user_id = ?", who.UserID).Find(&his).Error; err != nil {
				return err
			}
			looked.Done()
			looked.Wait()
			e, err := s.Enrol(tx.NewID(), his, model.Step{Who: who, Now: tx.Now})
			if err != nil {
				return err
			}
			return db.Add(tx, e)
		})
	})
	if got["ok"] != 2 {
		t.Errorf("a naive calendar lets one person into %v slots at once: the race would not notice", got)
	}
}

func TestNoPlaceIsLostOrDoubledWhileSomeLeaveAndOthersCome(t *testing.T) {
	inHalls(t, func(h *hall) {
		const places = 15
		slot := h.slot(times(30, 32, places))
		inside, comers := h.crowd(places+10), h.crowd(40)
		for _, who := range inside { // 15 have a place, 10 wait
			h.enrol(who, slot)
		}
		began := time.Now()
		got := together(len(inside)+len(comers), func(i int) error {
			var err error
			switch {
			case i >= len(inside):
				_, err = h.acts.Enrol(t.Context(), comers[i-len(inside)], slot)
			case i%2 == 0:
				_, err = h.acts.Leave(t.Context(), inside[i], slot)
			}
			return err
		})
		t.Logf("%s: %v in %v", h.db.Dialect(), got, time.Since(began).Round(time.Millisecond))
		v := h.see(slot)
		if v.Enrolled != places {
			t.Errorf("%d of %d places are taken, and %d wait: %v", v.Enrolled, places, v.Waiting, got)
		}
		if got["ok"]+got[model.ErrSlotFull.Code] != len(inside)+len(comers) {
			t.Errorf("some were neither in nor refused: %v", got)
		}
		h.sound()
	})
}

func TestAllLeaveAtOnceAndTheWaitingMoveUpOnce(t *testing.T) {
	inHalls(t, func(h *hall) {
		const places = 12
		slot := h.slot(times(30, 32, places))
		all := h.crowd(places + 20)
		for _, who := range all {
			h.enrol(who, slot)
		}
		got := together(places, func(i int) error {
			_, err := h.acts.Leave(t.Context(), all[i], slot)
			return err
		})
		if v := h.see(slot); got["ok"] != places || v.Enrolled != places || v.Waiting != 20-places {
			t.Errorf("%d are enrolled and %d wait: %v", v.Enrolled, v.Waiting, got)
		}
		for i, who := range all[places:] {
			want := model.EnrolmentEnrolled
			if i >= places {
				want = model.EnrolmentWaiting
			}
			if s := h.state(who, slot); s != want {
				t.Errorf("number %d of those who wait is %s", i, s)
			}
		}
		if n := h.number("SELECT COUNT(*) FROM events WHERE subject = 'enrolment' AND name = 'promote'"); n != places {
			t.Errorf("%d were told that they have a place", n)
		}
		h.sound()
	})
}

func TestALeaderAndALateComerRaceForTheLastPlace(t *testing.T) {
	inHalls(t, func(h *hall) {
		h.must(h.update(func(tx *db.Tx) error { // nobody waits, so that there is one winner
			return db.Add(tx, &model.PolicyRow{TenantID: hallCounty, Name: model.WaitingList, Value: 0, UpdatedAt: morning})
		}))
		for range 5 {
			slot, all := h.slot(times(30, 32, 1)), h.crowd(6)
			got := together(len(all), func(i int) error {
				if i%2 == 0 {
					_, err := h.acts.PutOn(t.Context(), h.worker, slot, all[i].UserID)
					return err
				}
				_, err := h.acts.Enrol(t.Context(), all[i], slot)
				return err
			})
			if got["ok"] != 1 || got[model.ErrSlotFull.Code] != len(all)-1 {
				t.Errorf("the last place: %v", got)
			}
		}
		h.sound()
	})
}

func TestAChangeAndItsRacersLeaveNobodyAtTheOldTime(t *testing.T) {
	inHalls(t, func(h *hall) {
		for range 4 {
			slot, other := h.slot(times(30, 32, 30)), h.slot(times(34, 36, 30))
			inside, comers := h.crowd(5), h.crowd(10)
			for _, who := range inside {
				h.enrol(who, slot)
			}
			from, to := at(35), at(37)
			got := together(1+len(comers)+len(inside), func(i int) error {
				var err error
				switch {
				case i == 0:
					_, err = h.acts.ChangeSlot(t.Context(), h.worker, slot, model.SlotEdit{StartsAt: &from, EndsAt: &to, Reason: "天气"})
				case i <= len(comers):
					_, err = h.acts.Enrol(t.Context(), comers[i-1], slot)
				default: // whoever is in it enrols in what it is moved to
					if _, err = h.acts.Enrol(t.Context(), inside[i-1-len(comers)], other); err != nil && err.Error() == model.ErrEnrolmentOverlap.Code {
						err = nil
					}
				}
				return err
			})
			if got["ok"] != 1+len(comers)+len(inside) {
				t.Errorf("a change among racers: %v", got)
			}
			h.sound()
		}
	})
}
