package activity_test

import (
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/activity"
)

// until fires the alarms of slots as they fall due, in their order and each at
// its time, as a runner of timers does, and leaves the clock at a time.
func (h *hall) until(end time.Time) {
	h.Helper()
	for range 1000 {
		var next []model.Timer
		h.must(h.db.View(h.Context(), func(tx *db.Tx) error {
			return tx.Where("kind = ? AND due_at <= ?", model.SlotAlarm, end).Order("due_at, id").Limit(1).Find(&next).Error
		}))
		if len(next) == 0 {
			h.clock.Set(end)
			return
		}
		if next[0].DueAt.After(h.clock.Now()) {
			h.clock.Set(next[0].DueAt)
		}
		h.must(h.update(func(tx *db.Tx) error {
			if err := tx.Delete(&model.Timer{}, next[0].ID).Error; err != nil {
				return err
			}
			return h.acts.SlotAlarm(tx, next[0].SubjectID)
		}))
	}
	h.Fatal("the alarms never come to an end")
}

// week is a slot every morning from ten to twelve, for seven days.
type week struct {
	*hall
	id    int64
	slots []int64

	steady, forgetful, idle model.Actor
}

func (h *hall) week() *week {
	h.Helper()
	w := &week{hall: h, id: h.draft(), steady: h.volunteer(), forgetful: h.volunteer(), idle: h.volunteer()}
	all, err := h.acts.AddSlots(h.Context(), h.worker, w.id, times(1, 3, 9), model.Repeat{EveryDays: 1, Times: 7})
	h.must(err)
	_, err = h.acts.PublishActivity(h.Context(), h.worker, w.id)
	h.must(err)
	for _, s := range all {
		w.slots = append(w.slots, s.ID)
		for _, who := range []model.Actor{w.steady, w.forgetful, w.idle} {
			h.enrol(who, s.ID)
		}
	}
	return w
}

// live lets the day of a slot go by: the one comes and goes, another comes and
// forgets to check out, and one does not come.
func (w *week) live(day int) {
	w.Helper()
	slot, begins := w.slots[day], at(float64(24*day+1))
	w.until(begins)
	for _, who := range []model.Actor{w.steady, w.forgetful} {
		_, err := w.acts.CheckIn(w.Context(), who, slot, activity.Presence{Code: w.code(slot, model.DirectionIn)})
		w.must(err)
	}
	w.until(begins.Add(2 * time.Hour))
	got, err := w.acts.CheckOut(w.Context(), w.steady, slot, activity.Presence{Code: w.code(slot, model.DirectionOut)})
	w.must(err)
	if got.Minutes != 120 {
		w.Errorf("day %d counts %d minutes", day, got.Minutes)
	}
	w.until(begins.Add(5 * time.Hour))
	if w.slotState(slot) != model.SlotEnded || w.state(w.idle, slot) != model.EnrolmentAbsent {
		w.Errorf("on the evening of day %d the slot is %s, who did not come %s", day, w.slotState(slot), w.state(w.idle, slot))
	}
}

// confirm lets the leader confirm who forgot to check out of the slot of a day.
func (w *week) confirm(day int, minutes int64) {
	w.Helper()
	id := w.number("SELECT id FROM attendances WHERE slot_id = ? AND state = 'unconfirmed'", w.slots[day])
	_, err := w.acts.Confirm(w.Context(), w.worker, id, &minutes)
	w.must(err)
	if w.slotState(w.slots[day]) != model.SlotClosed {
		w.Errorf("confirmed, day %d is %s", day, w.slotState(w.slots[day]))
	}
}

func TestAWeekClosesByItself(t *testing.T) {
	inHalls(t, func(h *hall) {
		w := h.week()
		for day := range w.slots {
			w.live(day)
			if day%3 == 0 { // the leader looks at it on every third day
				w.confirm(day, int64(100-day))
			}
		}
		h.stands(w.id, model.ActivityPublished)
		h.until(at(24 * 30))
		h.stands(w.id, model.ActivityEnded)
		if n := h.number("SELECT COUNT(*) FROM slots WHERE activity_id = ? AND state = 'closed'", w.id); n != 7 {
			t.Errorf("%d slots are closed", n)
		}
		for _, c := range []struct {
			name             string
			who              model.Actor
			records, minutes int64
		}{
			{"who comes and goes", w.steady, 7, 7 * 120},
			{"who forgets to check out", w.forgetful, 3, 100 + 97 + 94},
			{"who does not come", w.idle, 0, 0},
		} {
			sum, err := h.acts.Summary(t.Context(), c.who)
			h.must(err)
			if sum.Services != c.records || sum.Minutes != c.minutes {
				t.Errorf("%s has %d minutes of %d services, want %d of %d", c.name, sum.Minutes, sum.Services, c.minutes, c.records)
			}
		}
		w.ends()
	})
}

// ends checks what is left at the end of a week.
func (w *week) ends() {
	w.Helper()
	for what, c := range map[string]struct {
		query string
		want  int64
	}{
		"alarms are left":              {"SELECT COUNT(*) FROM timers WHERE kind = 'slot.alarm'", 0},
		"are somewhere":                {"SELECT COUNT(*) FROM attendances WHERE open_key IS NOT NULL", 0},
		"have lapsed":                  {"SELECT COUNT(*) FROM attendances WHERE state = 'void' AND minutes = 0", 4},
		"are to be confirmed":          {"SELECT COUNT(*) FROM attendances WHERE state IN ('present', 'unconfirmed')", 0},
		"did not come":                 {"SELECT COUNT(*) FROM enrolments WHERE state = 'absent'", 7},
		"came":                         {"SELECT COUNT(*) FROM enrolments WHERE state = 'attended'", 14},
		"slots say that they closed":   {"SELECT COUNT(*) FROM events WHERE subject = 'slot' AND name = 'close'", 7},
		"times the activity has ended": {"SELECT COUNT(*) FROM events WHERE subject = 'activity' AND name = 'end'", 1},
		"days are on record": {
			"SELECT COUNT(DISTINCT day) FROM service_records WHERE user_id = (SELECT MIN(user_id) FROM service_records)", 7,
		},
	} {
		if n := w.number(c.query); n != c.want {
			w.Errorf("%d %s, want %d", n, what, c.want)
		}
	}
	w.sound()
}
