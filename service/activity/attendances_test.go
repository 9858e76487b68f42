package activity_test

import (
	"reflect"
	"strings"
	"testing"

	"dandelion/model"
	"dandelion/service/activity"
)

// here is what a phone at the place of a gathering sends.
func (a *attended) here(d model.Direction, device string) activity.Presence {
	a.Helper()
	return activity.Presence{
		Code: a.code(a.slot, d), Device: device,
		Fix: &model.Fix{Lat: 30_072_100, Lng: 115_938_000, Accuracy: 15},
	}
}

// located says whether an attendance tells where a phone was.
func located(a *activity.Attended) bool {
	return a.InLat != nil || a.InLng != nil || a.OutLat != nil || a.OutLng != nil
}

// outing is a slot by code and fence at which one person was, in and out.
func (h *hall) outing() (*attended, *activity.Attended) {
	h.Helper()
	a := h.gather(model.ModeCodeAndFence, 2)
	h.clock.Set(at(1))
	_, err := h.acts.CheckIn(h.Context(), a.people[0], a.slot, a.here(model.DirectionIn, "phone-1"))
	h.must(err)
	h.clock.Set(at(3))
	got, err := h.acts.CheckOut(h.Context(), a.people[0], a.slot, a.here(model.DirectionOut, "phone-1"))
	h.must(err)
	return a, got
}

func TestWhereAPhoneWasIsForItsOwnerAlone(t *testing.T) {
	inHalls(t, func(h *hall) {
		a, own := h.outing()
		if own.InLat == nil || own.OutLng == nil || *own.InLat != 30_072_100 || own.Name != "" {
			t.Errorf("the owner sees %+v", own)
		}
		led, err := h.acts.Attendance(t.Context(), h.worker, own.ID)
		h.must(err)
		if located(led) || led.Name == "" || led.Minutes != 120 {
			t.Errorf("the leader sees %+v", led)
		}
		if led.InDistance == nil || led.OutDistance == nil || *led.InDistance > 20 {
			t.Error("the leader does not see how far it was")
		}
		all, err := h.acts.SlotAttendances(t.Context(), h.worker, a.slot, 0, 10)
		h.must(err)
		if len(all) != 1 || located(&all[0]) || !reflect.DeepEqual(all[0], *led) {
			t.Errorf("the leader's list has %+v", all)
		}
		mine, err := h.acts.Attendances(t.Context(), a.people[0], 0, 10)
		h.must(err)
		if len(mine) != 1 || !located(&mine[0]) || mine[0].Name != "" || mine[0].Title != "清洁家园" {
			t.Errorf("his own list has %+v", mine)
		}
	})
}

func TestWhatALeaderDecidesDoesNotShowHimWhereItWas(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCodeAndFence, 2)
		h.clock.Set(at(1))
		for _, who := range a.people {
			_, err := h.acts.CheckIn(t.Context(), who, a.slot, a.here(model.DirectionIn, "phone"))
			h.must(err)
		}
		h.clock.Set(at(5))
		h.ring(a.slot)
		open, err := h.acts.SlotAttendances(t.Context(), h.worker, a.slot, 0, 10)
		h.must(err)
		got, err := h.acts.Confirm(t.Context(), h.worker, open[0].ID, nil)
		h.must(err)
		refused, err := h.acts.Refuse(t.Context(), h.worker, open[1].ID, "中途离开")
		h.must(err)
		if located(got) || located(refused) || located(&open[0]) {
			t.Errorf("%+v, %+v", got, refused)
		}
		own, err := h.acts.Attendance(t.Context(), a.people[1], open[1].ID)
		h.must(err)
		if own.Reason != "中途离开" || own.DecidedBy != h.worker.UserID || !located(own) {
			t.Errorf("who was refused sees %+v", own)
		}
	})
}

func TestAnAttendanceIsNotThereForOthers(t *testing.T) {
	inHalls(t, func(h *hall) {
		a, own := h.outing()
		for name, who := range map[string]model.Actor{
			"another volunteer of the slot": a.people[1], "a worker elsewhere": h.beside, "a liaison": h.liaison,
			"a resident": h.stranger, "another county": h.foreign, "nobody": {},
		} {
			_, err := h.acts.Attendance(t.Context(), who, own.ID)
			h.wants(err, model.ErrAttendanceNotFound)
			if _, err = h.acts.SlotAttendances(t.Context(), who, a.slot, 0, 10); err == nil {
				t.Errorf("%s has the list of the slot", name)
			}
			_, err = h.acts.Confirm(t.Context(), who, own.ID, nil)
			h.wants(err, model.ErrAttendanceNotFound)
			all, err := h.acts.Attendances(t.Context(), who, 0, 10)
			if err != nil || len(all) != 0 {
				t.Errorf("%s has %d attendances, %v", name, len(all), err)
			}
		}
		_, err := h.acts.Attendance(t.Context(), a.people[0], own.ID+1)
		h.wants(err, model.ErrAttendanceNotFound)
	})
}

func TestADeviceIsKeptAsAHashAndNotShownToTheLeader(t *testing.T) {
	inHalls(t, func(h *hall) {
		a, own := h.outing()
		led, err := h.acts.Attendance(t.Context(), h.worker, own.ID)
		h.must(err)
		if led.InDevice != "" || led.OutDevice != "" {
			t.Errorf("the leader sees the devices %q and %q", led.InDevice, led.OutDevice)
		}
		for _, said := range []string{own.InDevice, own.OutDevice} {
			if said == "" || strings.Contains(said, "phone") {
				t.Errorf("a device is called %q", said)
			}
		}
		if own.InDevice != own.OutDevice {
			t.Error("one phone is two devices")
		}
		h.clock.Set(at(2))
		got, err := h.acts.CheckIn(t.Context(), a.people[1], a.slot, a.here(model.DirectionIn, "phone-2"))
		h.must(err)
		if got.InDevice == own.InDevice {
			t.Error("two phones are one device")
		}
	})
}

// TestThereIsNeverATrack sends a dozen fixes: one at the coming and one at the
// going is all that is kept.
func TestThereIsNeverATrack(t *testing.T) {
	inHalls(t, func(h *hall) {
		a, own := h.outing()
		for i := range 6 {
			h.clock.Pass(model.CodeStep)
			for _, d := range []model.Direction{model.DirectionIn, model.DirectionOut} {
				p := a.here(d, "phone-9")
				p.Fix.Lat += int64(i+1) * 10
				step := h.acts.CheckIn
				if d == model.DirectionOut {
					step = h.acts.CheckOut
				}
				if _, err := step(t.Context(), a.people[0], a.slot, p); err == nil {
					t.Errorf("fix %d is taken at a second %s", i, d)
				}
			}
		}
		got, err := h.acts.Attendance(t.Context(), a.people[0], own.ID)
		h.must(err)
		if !reflect.DeepEqual(got, own) {
			t.Errorf("%+v, want %+v", got, own)
		}
		if n := h.number("SELECT COUNT(*) FROM attendances"); n != 1 {
			t.Errorf("there are %d rows of one attendance", n)
		}
		if got.FixUntil == nil || !got.FixUntil.After(at(3)) {
			t.Errorf("the fixes are kept until %v", got.FixUntil)
		}
	})
}

func TestAPlaceThatIsNotAskedForIsNotKept(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 1)
		h.clock.Set(at(1))
		got, err := h.acts.CheckIn(t.Context(), a.people[0], a.slot, a.here(model.DirectionIn, ""))
		h.must(err)
		if located(got) || got.InDistance != nil || got.FixUntil != nil || got.InDevice != "" {
			t.Errorf("a slot by code alone keeps %+v", got)
		}
	})
}

func TestAttendancesComePageByPage(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.gather(model.ModeCode, 5)
		h.clock.Set(at(1))
		for _, who := range a.people {
			_, err := a.in(who)
			h.must(err)
		}
		var after int64
		seen := map[int64]bool{}
		for range 3 {
			page, err := h.acts.SlotAttendances(t.Context(), h.worker, a.slot, after, 2)
			h.must(err)
			for _, one := range page {
				if one.ID <= after || seen[one.UserID] {
					t.Errorf("%d comes again", one.ID)
				}
				after, seen[one.UserID] = one.ID, true
			}
		}
		if len(seen) != 5 {
			t.Errorf("%d came, want 5", len(seen))
		}
	})
}
