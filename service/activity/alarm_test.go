package activity_test

import (
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/policy"
	"dandelion/model"
)

// due returns when the alarm of a slot rings; the zero time: never.
func (h *hall) due(slot int64) time.Time {
	h.Helper()
	var all []model.Timer
	h.must(h.db.View(h.Context(), func(tx *db.Tx) error {
		return tx.Where("kind = ? AND subject_id = ?", model.SlotAlarm, slot).Find(&all).Error
	}))
	switch len(all) {
	case 0:
		return time.Time{}
	case 1:
		return all[0].DueAt
	}
	h.Fatalf("slot %d has %d alarms", slot, len(all))
	return time.Time{}
}

// dueAt says that the alarm of a slot does not ring at want.
func (h *hall) dueAt(slot int64, want time.Time) {
	h.Helper()
	if got := h.due(slot); !got.Equal(want) {
		h.Errorf("the alarm of %d rings at %v, want %v", slot, got, want)
	}
}

// limit changes a limit of the county, in minutes.
func (h *hall) limit(l model.Limit, minutes int64) {
	h.Helper()
	h.must(policy.New(h.db, h.clock.Now).Set(h.Context(), h.worker, l, minutes))
}

// series publishes an activity with one slot for each of the terms.
func (h *hall) series(all ...model.SlotTerms) (id int64, slots []int64) {
	h.Helper()
	id = h.draft()
	for _, t := range all {
		v, err := h.acts.AddSlots(h.Context(), h.worker, id, t, model.Repeat{})
		h.must(err)
		slots = append(slots, v[0].ID)
	}
	_, err := h.acts.PublishActivity(h.Context(), h.worker, id)
	h.must(err)
	return id, slots
}

// activityState returns how an activity stands.
func (h *hall) activityState(id int64) model.ActivityState {
	h.Helper()
	v, err := h.acts.Activity(h.Context(), h.worker, id)
	h.must(err)
	return v.State
}

// stands says that an activity is not as it should be.
func (h *hall) stands(id int64, want model.ActivityState) {
	h.Helper()
	if got := h.activityState(id); got != want {
		h.Errorf("the activity is %s, want %s", got, want)
	}
}

func TestTheAlarmOfACancelledOrClosedSlotDoesNothing(t *testing.T) {
	inHalls(t, func(h *hall) {
		off, held := h.slot(times(1, 3, 5)), h.slot(times(1, 3, 5))
		_, err := h.acts.CancelSlot(t.Context(), h.worker, off, "下雨")
		h.must(err)
		h.dueAt(off, time.Time{})
		h.dueAt(held, at(5))
		h.clock.Set(at(5))
		h.ring(held)
		before := h.number("SELECT COUNT(*) FROM events")
		for range 3 {
			h.clock.Pass(100 * time.Hour)
			h.ring(off)
			h.ring(held)
		}
		if off, held := h.slotState(off), h.slotState(held); off != model.SlotCancelled || held != model.SlotClosed {
			h.Errorf("the one is %s, the other %s", off, held)
		}
		if n := h.number("SELECT COUNT(*) FROM events"); n != before {
			h.Errorf("%d lines of what did not happen", n-before)
		}
		h.dueAt(off, time.Time{})
		err = h.update(func(tx *db.Tx) error { return h.acts.SlotAlarm(tx, 404) })
		h.wants(err, model.ErrSlotNotFound)
	})
}

func TestAMovedSlotRingsAtItsNewTime(t *testing.T) {
	inHalls(t, func(h *hall) {
		slot, who := h.slot(times(1, 3, 5)), h.volunteer()
		h.enrol(who, slot)
		from, to := at(6), at(8)
		_, err := h.acts.ChangeSlot(t.Context(), h.worker, slot, model.SlotEdit{StartsAt: &from, EndsAt: &to, Reason: "天气"})
		h.must(err)
		h.dueAt(slot, at(10))
		h.clock.Set(at(5))
		h.ring(slot) // as a runner would that had read the old timer
		h.dueAt(slot, at(10))
		if h.slotState(slot) != model.SlotOpen || h.state(who, slot) != model.EnrolmentEnrolled {
			h.Errorf("the slot is %s, who is in it %s", h.slotState(slot), h.state(who, slot))
		}
		h.clock.Set(at(10).Add(-time.Millisecond))
		h.ring(slot)
		if h.slotState(slot) != model.SlotOpen {
			h.Errorf("a moment too early it is %s", h.slotState(slot))
		}
		h.clock.Set(at(10))
		h.ring(slot)
		if h.slotState(slot) != model.SlotClosed || h.state(who, slot) != model.EnrolmentAbsent {
			h.Errorf("the slot is %s, who did not come %s", h.slotState(slot), h.state(who, slot))
		}
	})
}

func TestALongerTimeToCheckOutPutsTheAlarmOff(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 1)
		h.clock.Set(at(1))
		_, err := a.in(a.people[0])
		h.must(err)
		h.limit(model.CheckOutLate, 240)
		h.clock.Set(at(5))
		h.ring(a.slot)
		h.dueAt(a.slot, at(7))
		if h.slotState(a.slot) != model.SlotOpen {
			h.Fatalf("it is %s", h.slotState(a.slot))
		}
		h.clock.Set(at(6.5))
		got, err := a.out(a.people[0])
		h.must(err)
		if got.Minutes != 120+model.OverPlanned {
			h.Errorf("%d minutes count of two hours and a long way home", got.Minutes)
		}
		h.clock.Set(at(7))
		h.ring(a.slot)
		if h.slotState(a.slot) != model.SlotClosed {
			h.Errorf("it is %s", h.slotState(a.slot))
		}
	})
}

func TestAShorterTimeToCheckOutClosesTheDoorAtOnce(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 1)
		h.clock.Set(at(1))
		_, err := a.in(a.people[0])
		h.must(err)
		h.limit(model.CheckOutLate, 0)
		h.clock.Set(at(3).Add(time.Second))
		_, err = a.out(a.people[0])
		h.wants(err, model.ErrCheckInWindow)
		h.dueAt(a.slot, at(5)) // it rings when it was set to
		h.ring(a.slot)
		if h.slotState(a.slot) != model.SlotEnded {
			h.Errorf("it is %s", h.slotState(a.slot))
		}
		h.dueAt(a.slot, at(3+72))
	})
}

func TestTheTimeToConfirmIsThatOfTheDayItRings(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 1)
		h.clock.Set(at(1))
		_, err := a.in(a.people[0])
		h.must(err)
		h.clock.Set(at(5))
		h.ring(a.slot)
		h.dueAt(a.slot, at(5+72))
		h.limit(model.ConfirmTime, 96*60)
		h.clock.Set(at(5 + 72))
		h.ring(a.slot)
		h.dueAt(a.slot, at(5+96))
		if h.slotState(a.slot) != model.SlotEnded {
			h.Fatalf("it is %s", h.slotState(a.slot))
		}
		h.limit(model.ConfirmTime, 60)
		h.ring(a.slot) // long past by now
		if h.slotState(a.slot) != model.SlotClosed {
			h.Errorf("it is %s", h.slotState(a.slot))
		}
		if n := h.number("SELECT COUNT(*) FROM attendances WHERE state = 'void' AND minutes = 0 AND reason <> ''"); n != 1 {
			h.Error("what has lapsed does not say so")
		}
	})
}

func TestAnActivityEndsWithTheLastOfItsSlotsInAnyOrder(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		inHalls(t, func(h *hall) {
			id, slots := h.series(times(1, 2, 5), times(3, 4, 5), times(5, 6, 5))
			h.clock.Set(at(50))
			for i, n := range order {
				h.stands(id, model.ActivityPublished)
				h.ring(slots[n])
				if h.slotState(slots[n]) != model.SlotClosed {
					h.Errorf("%v: number %d is %s", order, i, h.slotState(slots[n]))
				}
			}
			h.stands(id, model.ActivityEnded)
			if n := h.number("SELECT COUNT(*) FROM events WHERE subject = 'activity' AND name = 'end'"); n != 1 {
				h.Errorf("%v: it has ended %d times", order, n)
			}
		})
	}
}

func TestAnActivityWaitsForASlotThatIsStillToBeConfirmed(t *testing.T) {
	inHalls(t, func(h *hall) {
		id, slots := h.series(times(1, 2, 5), times(3, 4, 5))
		who := h.volunteer()
		a := &attended{hall: h, slot: slots[0], people: []model.Actor{who}}
		h.enrol(who, slots[0])
		h.clock.Set(at(1))
		got, err := a.in(who)
		h.must(err)
		h.clock.Set(at(6))
		h.ring(slots[0])
		h.ring(slots[1])
		h.stands(id, model.ActivityPublished)
		_, err = h.acts.Confirm(t.Context(), h.worker, got.ID, nil)
		h.must(err)
		h.stands(id, model.ActivityEnded)
		h.dueAt(slots[0], time.Time{})
	})
}

// TestAnActivityEndsWhenTheLastOfItsSlotsIsCalledOff is that none is left
// published for ever with nothing to come to.
func TestAnActivityEndsWhenTheLastOfItsSlotsIsCalledOff(t *testing.T) {
	inHalls(t, func(h *hall) {
		id, slots := h.series(times(1, 2, 5), times(30, 32, 5))
		h.clock.Set(at(4))
		h.ring(slots[0])
		h.stands(id, model.ActivityPublished)
		_, err := h.acts.CancelSlot(t.Context(), h.worker, slots[1], "下雨")
		h.must(err)
		h.stands(id, model.ActivityEnded)
		if n := h.number("SELECT COUNT(*) FROM events WHERE subject = 'activity' AND name = 'end' AND actor_role = 'system'"); n != 1 {
			h.Errorf("it has ended %d times", n)
		}
		_, err = h.acts.AddSlots(t.Context(), h.worker, id, times(50, 52, 5), model.Repeat{})
		h.wants(err, model.ErrActivityState)
		h.dueAt(slots[1], time.Time{})
	})
}

func TestAnActivityGoesOnWhenOneOfItsSlotsIsCalledOff(t *testing.T) {
	inHalls(t, func(h *hall) {
		id, slots := h.series(times(1, 2, 5), times(30, 32, 5))
		_, err := h.acts.CancelSlot(t.Context(), h.worker, slots[1], "下雨")
		h.must(err)
		h.stands(id, model.ActivityPublished)
		h.clock.Set(at(4))
		h.ring(slots[0])
		h.stands(id, model.ActivityEnded)
		draft := h.draft()
		all, err := h.acts.AddSlots(t.Context(), h.worker, draft, times(50, 52, 5), model.Repeat{})
		h.must(err)
		_, err = h.acts.CancelSlot(t.Context(), h.worker, all[0].ID, "再议")
		h.must(err)
		h.stands(draft, model.ActivityDraft)
	})
}

func TestWhoeverStillWaitsWhenItIsOverHasNotGotAPlace(t *testing.T) {
	inHalls(t, func(h *hall) {
		slot, all := h.slot(times(1, 3, 1)), h.crowd(3)
		for _, who := range all {
			h.enrol(who, slot)
		}
		h.clock.Set(at(5))
		h.ring(slot)
		if h.state(all[0], slot) != model.EnrolmentAbsent {
			h.Errorf("who had the place and did not come is %s", h.state(all[0], slot))
		}
		for _, who := range all[1:] {
			if h.state(who, slot) != model.EnrolmentLapsed {
				h.Errorf("who waited is %s", h.state(who, slot))
			}
		}
		if n := h.number("SELECT COUNT(*) FROM enrolments WHERE ended_at IS NOT NULL AND active_key IS NULL"); n != 2 {
			h.Errorf("%d are free again", n)
		}
		if n := h.number("SELECT COUNT(*) FROM events WHERE subject = 'enrolment' AND name IN ('lapse', 'miss')"); n != 3 {
			h.Errorf("%d lines of what has become of them", n)
		}
	})
}
