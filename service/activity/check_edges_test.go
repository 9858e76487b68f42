package activity_test

import (
	"testing"
	"time"

	"dandelion/model"
	"dandelion/service/activity"
)

// inAt checks somebody in at a slot by its code.
func (h *hall) inAt(who model.Actor, slot int64) error {
	_, err := h.acts.CheckIn(h.Context(), who, slot, activity.Presence{Code: h.code(slot, model.DirectionIn)})
	return err
}

// outAt checks somebody out of a slot by its code.
func (h *hall) outAt(who model.Actor, slot int64) error {
	_, err := h.acts.CheckOut(h.Context(), who, slot, activity.Presence{Code: h.code(slot, model.DirectionOut)})
	return err
}

// serves lets somebody be at a slot of his from one hour to another.
func (h *hall) serves(who model.Actor, slot int64, from, to float64) {
	h.Helper()
	h.clock.Set(at(from))
	h.must(h.inAt(who, slot))
	h.clock.Set(at(to))
	h.must(h.outAt(who, slot))
}

// recorded says that what somebody has on record of a slot is not so.
func (h *hall) recorded(who model.Actor, slot int64, day model.Day, minutes, cut int64) {
	h.Helper()
	all, err := h.acts.Records(h.Context(), who, 0, 50)
	h.must(err)
	for _, r := range all {
		if r.SlotID != slot {
			continue
		}
		if r.Day != day || r.Minutes != minutes || r.CutMinutes != cut {
			h.Errorf("%s: %d minutes and %d cut, want %s: %d and %d", r.Day, r.Minutes, r.CutMinutes, day, minutes, cut)
		}
		return
	}
	h.Errorf("there is no record of %d", slot)
}

// inZones runs f where the machine is in one part of the world, and in others.
func inZones(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	local := time.Local
	defer func() { time.Local = local }()
	for _, zone := range []string{"UTC", "America/Los_Angeles", "Pacific/Kiritimati"} {
		where, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		time.Local = where
		t.Run(zone, f)
	}
}

func TestANightBelongsToTheDayOnWhichItBegan(t *testing.T) {
	inZones(t, func(t *testing.T) {
		inHalls(t, func(h *hall) {
			night, who := h.slot(times(13, 17, 5)), h.volunteer() // 22:00 to 02:00
			h.enrol(who, night)
			h.serves(who, night, 13, 17)
			h.recorded(who, night, "2026-07-01", 240, 0)
			early := h.slot(times(39.25, 41, 5)) // 00:15, on the 3rd
			h.enrol(who, early)
			h.serves(who, early, 38.9, 41) // he is there at 23:54
			h.recorded(who, early, "2026-07-02", 126, 0)
		})
	})
}

func TestThreeSlotsOfADayCountEightHours(t *testing.T) {
	inZones(t, func(t *testing.T) {
		inHalls(t, func(h *hall) {
			who := h.volunteer()
			day, evening, night := h.slot(times(1, 4, 5)), h.slot(times(5, 8, 5)), h.slot(times(13, 17, 5))
			next := h.slot(times(18, 20, 5)) // 03:00 of the next day
			for _, slot := range []int64{day, evening, night, next} {
				h.enrol(who, slot)
			}
			h.serves(who, day, 1, 4)
			h.serves(who, evening, 5, 8)
			h.serves(who, night, 13, 17)
			h.serves(who, next, 18, 20)
			h.recorded(who, day, "2026-07-01", 180, 0)
			h.recorded(who, evening, "2026-07-01", 180, 0)
			h.recorded(who, night, "2026-07-01", 120, 120)
			h.recorded(who, next, "2026-07-02", 120, 0)
			if n := h.number("SELECT SUM(minutes) FROM attendances"); n != 180+180+240+120 {
				t.Errorf("the cap of a day has changed who was where: %d minutes", n)
			}
		})
	})
}

func TestTheCapOfADayIsThatOfTheDayItIsCounted(t *testing.T) {
	inHalls(t, func(h *hall) {
		who, one, two := h.volunteer(), h.slot(times(1, 3, 5)), h.slot(times(4, 6, 5))
		h.enrol(who, one)
		h.enrol(who, two)
		h.serves(who, one, 1, 3)
		h.limit(model.ServiceDay, 90)
		h.serves(who, two, 4, 6)
		h.recorded(who, one, "2026-07-01", 120, 0) // what is recorded stays
		h.recorded(who, two, "2026-07-01", 0, 120)
	})
}

func TestWhoHasNoPlaceCannotCheckIn(t *testing.T) {
	inHalls(t, func(h *hall) {
		slot, all := h.slot(times(30, 32, 3)), h.crowd(5)
		ids := map[int64]int64{}
		for _, who := range all {
			ids[who.UserID] = h.enrol(who, slot).Enrolment.ID
		}
		has, left, removed, next, waits := all[0], all[1], all[2], all[3], all[4]
		_, err := h.acts.Leave(t.Context(), left, slot)
		h.must(err)
		h.clock.Set(at(30)) // from now on nobody moves up
		_, err = h.acts.Remove(t.Context(), h.worker, ids[removed.UserID], "身体不适")
		h.must(err)
		h.wants(h.inAt(left, slot), model.ErrEnrolmentNotFound)
		h.wants(h.inAt(removed, slot), model.ErrEnrolmentNotFound)
		h.wants(h.inAt(waits, slot), model.ErrEnrolmentState)
		for _, who := range []model.Actor{left, removed, waits} {
			_, err := h.acts.Attest(t.Context(), h.worker, ids[who.UserID], model.DirectionIn, "手机没电")
			h.wants(err, model.ErrEnrolmentState) // nor by the leader's word
			if err := h.outAt(who, slot); err == nil {
				t.Errorf("%d, who never came, has gone", who.UserID)
			}
		}
		h.must(h.inAt(has, slot))
		h.must(h.inAt(next, slot)) // who moved up when somebody left
		if n := h.number("SELECT COUNT(*) FROM attendances"); n != 2 {
			t.Errorf("%d have come", n)
		}
	})
}

func TestTheDoorOpensAndShutsOnTheSecond(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 4)
		for i, c := range []struct {
			now  time.Time
			late bool
			want error
		}{
			{at(0.5).Add(-time.Second), false, model.ErrCheckInWindow},
			{at(0.5), false, nil},
			{at(1.25), false, nil},
			{at(1.25).Add(time.Second), true, nil},
			{at(3).Add(time.Second), true, model.ErrCheckInWindow},
		} {
			h.clock.Set(c.now)
			got, err := a.in(a.people[min(max(0, i-1), 3)])
			h.wants(err, c.want)
			if err == nil && got.Late != c.late {
				t.Errorf("at %s late is %v", model.Said(c.now), got.Late)
			}
		}
		h.clock.Set(at(5).Add(time.Second))
		_, err := a.out(a.people[0])
		h.wants(err, model.ErrCheckInWindow)
	})
}

func TestNobodyChecksInAtWhatIsCalledOffOrOver(t *testing.T) {
	inHalls(t, func(h *hall) {
		who, off, over := h.volunteer(), h.slot(times(1, 3, 5)), h.slot(times(4, 5, 5))
		h.enrol(who, off)
		h.enrol(who, over)
		h.clock.Set(at(1))
		code := h.code(off, model.DirectionIn)
		_, err := h.acts.CancelSlot(t.Context(), h.worker, off, "下雨")
		h.must(err)
		_, err = h.acts.CheckIn(t.Context(), who, off, activity.Presence{Code: code})
		h.wants(err, model.ErrEnrolmentNotFound)
		h.clock.Set(at(7))
		h.ring(over)
		_, err = h.acts.CheckIn(t.Context(), who, over, activity.Presence{Code: code})
		if err == nil || h.number("SELECT COUNT(*) FROM attendances") != 0 {
			t.Errorf("somebody has come to what is over: %v", err)
		}
	})
}
