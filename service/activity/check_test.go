package activity_test

import (
	"errors"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/activity"
)

// attended is a slot of the morning with who is in it.
type attended struct {
	*hall
	slot   int64
	people []model.Actor
}

// gather publishes a slot from 10:00 to 12:00 in a mode, with n volunteers in it.
func (h *hall) gather(mode model.CheckInMode, n int) *attended {
	h.Helper()
	lat, lng := int64(30_072_000), int64(115_938_000)
	t := times(1, 3, 50)
	t.Mode, t.Lat, t.Lng = mode, &lat, &lng
	a := &attended{hall: h, slot: h.slot(t), people: h.crowd(n)}
	for _, p := range a.people {
		h.enrol(p, a.slot)
	}
	return a
}

func (h *hall) code(slot int64, d model.Direction) string {
	h.Helper()
	c, err := h.acts.Code(h.Context(), h.worker, slot, d)
	h.must(err)
	return c.Code
}

func (a *attended) in(who model.Actor) (*activity.Attended, error) {
	return a.acts.CheckIn(a.Context(), who, a.slot, activity.Presence{Code: a.code(a.slot, model.DirectionIn)})
}

func (a *attended) out(who model.Actor) (*activity.Attended, error) {
	return a.acts.CheckOut(a.Context(), who, a.slot, activity.Presence{Code: a.code(a.slot, model.DirectionOut)})
}

// ring fires the alarm of a slot.
func (h *hall) ring(slot int64) {
	h.Helper()
	h.must(h.update(func(tx *db.Tx) error { return h.acts.SlotAlarm(tx, slot) }))
}

func (h *hall) slotState(slot int64) model.SlotState {
	h.Helper()
	return h.see(slot).State
}

func TestAMorningOfService(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 3)
		h.clock.Set(at(1.1))
		for _, p := range a.people[:2] {
			got, err := a.in(p)
			h.must(err)
			if got.State != model.AttendancePresent || got.Late || got.InMode != model.ModeCode || got.Title != "清洁家园" || got.Name != "" {
				h.Errorf("%+v", got)
			}
			if h.state(p, a.slot) != model.EnrolmentAttended {
				h.Errorf("enrolment is %s", h.state(p, a.slot))
			}
		}
		h.clock.Set(at(3))
		got, err := a.out(a.people[0])
		h.must(err)
		if got.State != model.AttendanceDone || got.Minutes != 114 || got.OutAt == nil {
			h.Errorf("%+v", got)
		}
		if n := h.number("SELECT SUM(minutes) FROM service_records WHERE user_id = ? AND state = 'valid'", a.people[0].UserID); n != 114 {
			h.Errorf("%d minutes are on record", n)
		}
		h.clock.Set(at(5.1))
		h.ring(a.slot)
		if h.slotState(a.slot) != model.SlotEnded || h.state(a.people[2], a.slot) != model.EnrolmentAbsent {
			h.Errorf("the slot is %s, who did not come %s", h.slotState(a.slot), h.state(a.people[2], a.slot))
		}
		open, err := h.acts.SlotAttendances(h.Context(), h.worker, a.slot, 0, 10)
		h.must(err)
		if len(open) != 2 || open[1].State != model.AttendanceUnconfirmed || open[1].Minutes != 114 || open[1].Name == "" {
			h.Fatalf("%+v", open)
		}
		got, err = h.acts.Confirm(h.Context(), h.worker, open[1].ID, nil)
		h.must(err)
		if got.State != model.AttendanceDone || h.slotState(a.slot) != model.SlotClosed {
			h.Errorf("%s, and the slot is %s", got.State, h.slotState(a.slot))
		}
		if n := h.number("SELECT certifier_id FROM service_records WHERE user_id = ?", a.people[1].UserID); n != h.worker.UserID {
			h.Errorf("certified by %d", n)
		}
		if n := h.number("SELECT COUNT(*) FROM activities WHERE state = 'ended' AND ended_at IS NOT NULL"); n != 1 {
			h.Errorf("%d activities have ended", n)
		}
		h.sound()
	})
}

func TestAForwardedScreenshotIsWorthNothing(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 2)
		h.clock.Set(at(1))
		stranger := h.volunteer()
		_, err := a.in(stranger)
		h.wants(err, model.ErrEnrolmentNotFound)
		_, err = h.acts.CheckIn(h.Context(), stranger, a.slot, activity.Presence{Code: "AAAAAAAAAAAA"})
		h.wants(err, model.ErrEnrolmentNotFound) // as with the right one
		own, err := h.acts.OwnCode(h.Context(), a.people[0], a.slot)
		h.must(err)
		_, err = h.acts.CheckIn(h.Context(), a.people[1], a.slot, activity.Presence{Code: own.Code})
		h.wants(err, model.ErrCheckInCode)
		_, err = h.acts.OwnCode(h.Context(), stranger, a.slot)
		h.wants(err, model.ErrEnrolmentNotFound)
		for _, who := range []model.Actor{a.people[0], h.beside, h.foreign} {
			_, err = h.acts.Code(h.Context(), who, a.slot, model.DirectionIn)
			h.wants(err, model.ErrSlotNotFound)
			_, err = h.acts.RotateKey(h.Context(), who, a.slot)
			h.wants(err, model.ErrSlotNotFound)
			_, err = h.acts.Scan(h.Context(), who, a.slot, own.Code, model.DirectionIn)
			h.wants(err, model.ErrSlotNotFound)
			_, err = h.acts.SlotAttendances(h.Context(), who, a.slot, 0, 10)
			h.wants(err, model.ErrSlotNotFound)
		}
		old := h.code(a.slot, model.DirectionIn)
		no, err := h.acts.RotateKey(h.Context(), h.worker, a.slot)
		h.must(err)
		_, err = h.acts.CheckIn(h.Context(), a.people[0], a.slot, activity.Presence{Code: old})
		h.wants(err, model.ErrCheckInCode)
		if n := h.number("SELECT key_no FROM slots WHERE id = ?", a.slot); n != no {
			h.Errorf("key %d, not %d", n, no)
		}
		if n := h.number("SELECT COUNT(*) FROM attendances"); n != 0 {
			h.Errorf("%d have checked in", n)
		}
	})
}

func TestTheLeaderServesWhoHasNoPhone(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeKiosk, 2)
		h.clock.Set(at(1))
		_, err := a.in(a.people[0])
		h.wants(err, model.ErrCheckInMode)
		own, err := h.acts.OwnCode(h.Context(), a.people[0], a.slot)
		h.must(err)
		_, err = h.acts.Scan(h.Context(), h.worker, a.slot, own.Code, model.DirectionIn)
		h.must(err)
		_, err = h.acts.Scan(h.Context(), h.worker, a.slot, own.Code, model.DirectionIn)
		h.wants(err, model.ErrCheckedIn)
		h.clock.Set(at(1).Add(2 * model.CodeStep))
		_, err = h.acts.Scan(h.Context(), h.worker, a.slot, own.Code, model.DirectionOut)
		h.wants(err, model.ErrCheckInCode)
		e := h.number("SELECT id FROM enrolments WHERE user_id = ?", a.people[1].UserID)
		got, err := h.acts.Attest(h.Context(), h.worker, e, model.DirectionIn, "没有智能手机")
		h.must(err)
		if got.InMode != model.ModeLeader || got.InBy != h.worker.UserID || got.Reason != "没有智能手机" || got.Name == "" {
			h.Errorf("%+v", got)
		}
		h.clock.Set(at(3))
		own, err = h.acts.OwnCode(h.Context(), a.people[0], a.slot)
		h.must(err)
		got, err = h.acts.Scan(h.Context(), h.worker, a.slot, own.Code, model.DirectionOut)
		h.must(err)
		if got.Minutes != 120 || got.OutMode != model.ModeKiosk {
			h.Errorf("%+v", got)
		}
		got, err = h.acts.Attest(h.Context(), h.worker, e, model.DirectionOut, "")
		h.must(err)
		if got.State != model.AttendanceDone || got.OutMode != model.ModeLeader {
			h.Errorf("%+v", got)
		}
		_, err = h.acts.Attest(h.Context(), h.worker, e, model.DirectionOut, "")
		h.wants(err, model.ErrAttendanceState)
		_, err = h.acts.Attest(h.Context(), h.foreign, e, model.DirectionOut, "")
		h.wants(err, model.ErrEnrolmentNotFound)
		if n := h.number("SELECT COUNT(*) FROM audits WHERE action LIKE 'attendance.%'"); n != 4 {
			h.Errorf("%d lines of the leader's doing", n)
		}
	})
}

func TestAFenceIsMeasured(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeFence, 2)
		h.clock.Set(at(1))
		try := func(who model.Actor, lat, lng, accuracy int64) error {
			_, err := h.acts.CheckIn(h.Context(), who, a.slot, activity.Presence{Fix: &model.Fix{Lat: lat, Lng: lng, Accuracy: accuracy}, Device: "phone-1"})
			return err
		}
		h.wants(try(a.people[0], 30_074_800, 115_938_000, 20), model.ErrFixFar) // 311 m to the north
		h.wants(try(a.people[0], 30_072_000, 115_938_000, 400), model.ErrFixVague)
		_, err := h.acts.CheckIn(h.Context(), a.people[0], a.slot, activity.Presence{})
		h.wants(err, model.ErrFixMissing)
		h.must(try(a.people[0], 30_074_600, 115_938_000, 20)) // 289 m
		if d := h.number("SELECT in_distance FROM attendances"); d < 285 || d > 293 {
			h.Errorf("measured %d m", d)
		}
		if n := h.number("SELECT COUNT(*) FROM attendances WHERE in_device = 'phone-1' OR in_device = ''"); n != 0 {
			h.Error("a device is kept by its name")
		}
		mine, err := h.acts.Attendances(h.Context(), a.people[0], 0, 10)
		h.must(err)
		theirs, err := h.acts.SlotAttendances(h.Context(), h.worker, a.slot, 0, 10)
		h.must(err)
		if len(mine) != 1 || mine[0].InLat == nil || len(theirs) != 1 || theirs[0].InLat != nil || theirs[0].InLng != nil {
			h.Errorf("where a phone was: %+v, %+v", mine, theirs)
		}
	})
}

func TestNobodyIsInTwoPlaces(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 1)
		who := a.people[0]
		later := h.slot(times(3, 4, 5))
		h.enrol(who, later)
		h.clock.Set(at(2.9))
		_, err := a.in(who)
		h.must(err)
		_, err = a.in(who)
		h.wants(err, model.ErrCheckedIn)
		_, err = h.acts.CheckIn(h.Context(), who, later, activity.Presence{Code: h.code(later, model.DirectionIn)})
		h.wants(err, model.ErrElsewhere)
		_, err = h.acts.CheckOut(h.Context(), who, later, activity.Presence{Code: h.code(later, model.DirectionOut)})
		h.wants(err, model.ErrNotCheckedIn)
		_, err = a.out(who)
		h.must(err)
		_, err = h.acts.CheckIn(h.Context(), who, later, activity.Presence{Code: h.code(later, model.DirectionIn)})
		h.must(err)
	})
}

func TestAClockThatGoesBackCountsNothingAndBreaksNothing(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 1)
		h.clock.Set(at(1.5))
		before := h.code(a.slot, model.DirectionOut)
		_, err := a.in(a.people[0])
		h.must(err)
		h.clock.Set(at(1.5).Add(-10 * time.Minute))
		_, err = h.acts.CheckOut(h.Context(), a.people[0], a.slot, activity.Presence{Code: before})
		h.wants(err, model.ErrCheckInCode) // it is a code of the time to come
		got, err := a.out(a.people[0])
		h.must(err)
		if got.Minutes != 0 || got.State != model.AttendanceDone {
			h.Errorf("%+v", got)
		}
	})
}

func TestWhatNobodyConfirmsLapses(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 2)
		h.clock.Set(at(1))
		for _, p := range a.people {
			_, err := a.in(p)
			h.must(err)
		}
		h.clock.Set(at(4))
		h.ring(a.slot) // too early: it is set anew
		if h.slotState(a.slot) != model.SlotOpen {
			h.Fatalf("it is %s", h.slotState(a.slot))
		}
		h.clock.Set(at(5).Add(time.Millisecond))
		_, err := a.out(a.people[0])
		h.wants(err, model.ErrCheckInWindow)
		h.ring(a.slot)
		first := h.number("SELECT MIN(id) FROM attendances")
		_, err = h.acts.Refuse(h.Context(), h.worker, first, "十点就走了")
		h.must(err)
		_, err = h.acts.Confirm(h.Context(), h.beside, first, nil)
		h.wants(err, model.ErrAttendanceNotFound)
		h.clock.Set(at(5 + 72).Add(time.Second))
		h.ring(a.slot)
		if h.slotState(a.slot) != model.SlotClosed {
			h.Errorf("it is %s", h.slotState(a.slot))
		}
		if n := h.number("SELECT COUNT(*) FROM attendances WHERE state = 'void' AND minutes = 0"); n != 2 {
			h.Errorf("%d are void", n)
		}
		if n := h.number("SELECT COUNT(*) FROM service_records"); n != 0 {
			h.Errorf("%d records", n)
		}
		h.ring(a.slot)
		_, err = h.acts.Confirm(h.Context(), h.worker, first, nil)
		h.wants(err, model.ErrAttendanceState)
	})
}

// TestOneOfManyCheckInsCounts lets one person check in a hundred times at once:
// there is one attendance. The database keeps that, not the reading before it:
// a twin that only looks before it writes lets several in.
func TestOneOfManyCheckInsCounts(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 1)
		h.clock.Set(at(1))
		code := h.code(a.slot, model.DirectionIn)
		got := together(100, func(int) error {
			_, err := h.acts.CheckIn(h.Context(), a.people[0], a.slot, activity.Presence{Code: code})
			return err
		})
		if got["ok"] != 1 || got[model.ErrCheckedIn.Error()] != 99 {
			h.Errorf("%v", got)
		}
		h.clock.Set(at(3))
		code = h.code(a.slot, model.DirectionOut)
		got = together(100, func(int) error {
			_, err := h.acts.CheckOut(h.Context(), a.people[0], a.slot, activity.Presence{Code: code})
			return err
		})
		if got["ok"] != 1 || got[model.ErrAttendanceState.Error()] != 99 {
			h.Errorf("%v", got)
		}
		if n := h.number("SELECT COUNT(*) FROM service_records"); n != 1 {
			h.Errorf("%d records", n)
		}
	})
}

// TestTheEndOfASlotAndItsVolunteersRace closes a slot while its volunteers check
// out: each is either done with a record, or waits for the leader.
func TestTheEndOfASlotAndItsVolunteersRace(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 20)
		h.clock.Set(at(1))
		for _, p := range a.people {
			_, err := a.in(p)
			h.must(err)
		}
		h.clock.Set(at(5))
		code := h.code(a.slot, model.DirectionOut)
		together(21, func(i int) error {
			if i == 20 {
				return h.update(func(tx *db.Tx) error { return h.acts.SlotAlarm(tx, a.slot) })
			}
			_, err := h.acts.CheckOut(h.Context(), a.people[i], a.slot, activity.Presence{Code: code})
			if err != nil && !errors.Is(err, model.ErrAttendanceState) && !errors.Is(err, model.ErrCheckInWindow) {
				h.Errorf("%v", err)
			}
			return err
		})
		done := h.number("SELECT COUNT(*) FROM attendances WHERE state = 'done'")
		if records := h.number("SELECT COUNT(*) FROM service_records"); records != done {
			h.Errorf("%d are done, and %d on record", done, records)
		}
		if n := h.number("SELECT COUNT(*) FROM attendances WHERE state = 'unconfirmed'"); n+done != 20 || (n > 0) != (h.slotState(a.slot) == model.SlotEnded) {
			h.Errorf("%d are done, %d wait, and the slot is %s", done, n, h.slotState(a.slot))
		}
	})
}
