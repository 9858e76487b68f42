package activity_test

import (
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/model"
	"dandelion/service/activity"
)

// hoursAt returns the time so many hours after the hours began to be recorded.
func hoursAt(n float64) time.Time {
	return hoursMorning.Add(time.Duration(n * float64(time.Hour)))
}

// join publishes a slot of two hours from one on, with the member in it.
func (w *hoursWorld) join(from float64) int64 {
	w.Helper()
	ctx := w.Context()
	a, err := w.activities.CreateActivity(ctx, w.worker, hoursHome, 0, model.ActivityTerms{Title: "清洁家园"})
	w.must(err)
	all, err := w.activities.AddSlots(ctx, w.worker, a.ID, model.SlotTerms{
		StartsAt: hoursAt(from), EndsAt: hoursAt(from + 2), Place: "红星广场", Capacity: 5, Mode: model.ModeCode,
	}, model.Repeat{})
	w.must(err)
	_, err = w.activities.PublishActivity(ctx, w.worker, a.ID)
	w.must(err)
	_, err = w.activities.Enrol(ctx, w.member, all[0].ID)
	w.must(err)
	return all[0].ID
}

// stamp checks the member in or out by the code of a slot.
func (w *hoursWorld) stamp(slot int64, d model.Direction) *activity.Attended {
	w.Helper()
	c, err := w.activities.Code(w.Context(), w.worker, slot, d)
	w.must(err)
	step := w.activities.CheckIn
	if d == model.DirectionOut {
		step = w.activities.CheckOut
	}
	got, err := step(w.Context(), w.member, slot, activity.Presence{Code: c.Code})
	w.must(err)
	return got
}

// earned returns how many rows there are of what anybody has earned.
func (w *hoursWorld) earned() int64 {
	w.Helper()
	return w.number("SELECT COUNT(*) FROM service_records") + w.number("SELECT COUNT(*) FROM point_txns") + w.number("SELECT COUNT(*) FROM deeds")
}

func TestComingAndGoingAtOnceEarnsNothing(t *testing.T) {
	w := newHours(t)
	slot := w.join(1)
	w.clock.Set(hoursAt(1))
	w.stamp(slot, model.DirectionIn)
	if n := w.earned(); n != 0 {
		t.Errorf("to have come is worth %d rows", n)
	}
	w.clock.Set(hoursAt(1).Add(59 * time.Second))
	got := w.stamp(slot, model.DirectionOut)
	if got.State != model.AttendanceDone || got.Minutes != 0 {
		t.Errorf("he has served %d minutes and is %s", got.Minutes, got.State)
	}
	w.clock.Set(hoursAt(5))
	w.must(w.update(func(tx *db.Tx) error { return w.activities.SlotAlarm(tx, slot) }))
	w.must(w.update(func(tx *db.Tx) error { return timer.Clear(tx, model.SlotAlarm, slot) }))
	w.pass(9 * 24 * time.Hour)
	if n := w.earned(); n != 0 || w.pending() != 0 {
		t.Errorf("%d rows of what nobody has earned, and %d points to come", n, w.pending())
	}
	w.verified()
}

func TestSignInOnManyDaysIsWorthNothing(t *testing.T) {
	w := newHours(t)
	for day := range 5 {
		slot := w.join(float64(24*day + 1))
		w.clock.Set(hoursAt(float64(24*day + 1)))
		w.stamp(slot, model.DirectionIn)
		w.stamp(slot, model.DirectionOut)
	}
	if n := w.earned(); n != 0 || w.pending() != 0 {
		t.Errorf("five days of sign-in have earned %d rows", n)
	}
	w.verified()
}

func TestHoursAreWorthWhatWasServedAfterSignIn(t *testing.T) {
	w := newHours(t)
	slot := w.join(1)
	w.clock.Set(hoursAt(1))
	w.stamp(slot, model.DirectionIn)
	w.clock.Set(hoursAt(3))
	w.stamp(slot, model.DirectionOut)
	if w.pending() != 4 || w.number("SELECT SUM(minutes) FROM service_records") != 120 {
		t.Errorf("two hours are worth %d points", w.pending())
	}
	w.verified()
}

// TestWhoForgetsToCheckOutEarnsByTheWordOfTheLeaderOnly is that neither the end
// of a slot nor a confirmation of nothing is worth anything.
func TestWhoForgetsToCheckOutEarnsByTheWordOfTheLeaderOnly(t *testing.T) {
	for _, c := range []struct {
		minutes, records, points int64
	}{{0, 0, 0}, {14, 1, 0}, {60, 1, 2}, {120, 1, 4}} {
		w := newHours(t)
		slot := w.join(1)
		w.clock.Set(hoursAt(1))
		got := w.stamp(slot, model.DirectionIn)
		w.clock.Set(hoursAt(5))
		w.must(w.update(func(tx *db.Tx) error { return w.activities.SlotAlarm(tx, slot) }))
		if n := w.earned(); n != 0 {
			t.Errorf("the end of a slot is worth %d rows", n)
		}
		more := int64(121)
		_, err := w.activities.Confirm(t.Context(), w.worker, got.ID, &more)
		if err == nil {
			t.Error("more than was planned is confirmed")
		}
		_, err = w.activities.Confirm(t.Context(), w.worker, got.ID, &c.minutes)
		w.must(err)
		if n := w.number("SELECT COUNT(*) FROM service_records"); n != c.records || w.pending() != c.points {
			t.Errorf("%d minutes confirmed are %d records and %d points", c.minutes, n, w.pending())
		}
		w.verified()
	}
}

func TestWhatLapsesEarnsNothing(t *testing.T) {
	w := newHours(t)
	slot := w.join(1)
	w.clock.Set(hoursAt(1))
	w.stamp(slot, model.DirectionIn)
	for _, hours := range []float64{5, 5 + 72} {
		w.clock.Set(hoursAt(hours))
		w.must(w.update(func(tx *db.Tx) error { return w.activities.SlotAlarm(tx, slot) }))
	}
	if n := w.number("SELECT COUNT(*) FROM slots WHERE state = 'closed'"); n != 1 || w.earned() != 0 {
		t.Errorf("%d slots are closed, and %d rows earned", n, w.earned())
	}
	w.verified()
}
