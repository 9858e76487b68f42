package activity_test

import (
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/activity"
)

func TestOnlyWhoOrganisesInvites(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx, terms := t.Context(), model.ActivityTerms{Title: "义诊"}
		for _, c := range []struct {
			name           string
			who            model.Actor
			org, community int64
			want           error
		}{
			{"a worker for his community", h.worker, hallHome, 0, nil},
			{"a worker for a team of it", h.worker, hallTeam, 0, nil},
			{"a worker elsewhere", h.worker, hallBeside, 0, model.ErrOrgForeign},
			{"a liaison for his unit, which is in no community", h.liaison, hallUnit, 0, model.ErrActivityOrg},
			{"a liaison in a community", h.liaison, hallUnit, hallBeside, nil},
			{"in a township", h.liaison, hallUnit, hallTown, model.ErrActivityOrg},
			{"in another county", h.liaison, hallUnit, hallAbroad, model.ErrOrgNotFound},
			{"a liaison for a community", h.liaison, hallHome, 0, model.ErrOrgForeign},
			{"a volunteer", h.volunteer(), hallHome, 0, model.ErrOrgForeign},
			{"somebody of another county", h.foreign, hallHome, 0, model.ErrOrgNotFound},
			{"for a county", h.foreign, hallAbroad, hallAbroad, model.ErrActivityOrg},
		} {
			v, err := h.acts.CreateActivity(ctx, c.who, c.org, c.community, terms)
			h.wants(err, c.want)
			if err == nil && (v.State != model.ActivityDraft || v.CommunityName == "" || v.OrgName != h.orgs[c.org].Name) {
				t.Errorf("%s: %+v", c.name, v)
			}
		}
		_, err := h.acts.Activities(ctx, h.worker, hallUnit, 0, 5)
		h.wants(err, model.ErrOrgForeign)
		_, err = h.acts.Activities(ctx, h.foreign, hallHome, 0, 5)
		h.wants(err, model.ErrOrgNotFound)
		all, err := h.acts.Activities(ctx, h.liaison, hallUnit, 0, 5)
		if err != nil || len(all) != 1 || all[0].CommunityName != "东风社区" {
			t.Errorf("those of the unit: %+v, %v", all, err)
		}
	})
}

func TestADraftIsThereForThoseWhoOrganiseItOnly(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx, a := t.Context(), h.draft()
		_, err := h.acts.PublishActivity(ctx, h.worker, a)
		h.wants(err, model.ErrActivityEmpty)
		all, err := h.acts.AddSlots(ctx, h.worker, a, times(30, 32, 5), model.Repeat{})
		h.must(err)
		slot := all[0].ID
		for _, who := range []model.Actor{h.volunteer(), h.beside, h.foreign, h.stranger} {
			_, err = h.acts.Activity(ctx, who, a)
			h.wants(err, model.ErrActivityNotFound)
			_, err = h.acts.Slots(ctx, who, activity.SlotFilter{ActivityID: a, Limit: 5})
			h.wants(err, model.ErrActivityNotFound)
			_, err = h.acts.Slot(ctx, who, slot)
			h.wants(err, model.ErrSlotNotFound)
			_, err = h.acts.List(ctx, who, slot, "", 0, 5)
			h.wants(err, model.ErrSlotNotFound)
			_, err = h.acts.PublishActivity(ctx, who, a)
			h.wants(err, model.ErrActivityNotFound)
		}
		_, err = h.acts.Enrol(ctx, h.volunteer(), slot)
		h.wants(err, model.ErrSlotNotFound)
		open, err := h.acts.Slots(ctx, h.volunteer(), activity.SlotFilter{Limit: 5})
		if err != nil || len(open) != 0 {
			t.Errorf("those to join: %v, %v", open, err)
		}
		title, place := "清洁河道", hallBeside
		_, err = h.acts.ChangeActivity(ctx, h.worker, a, place, model.ActivityEdit{Title: &title})
		h.must(err)
		_, err = h.acts.PublishActivity(ctx, h.worker, a)
		h.must(err)
		v, err := h.acts.Slot(ctx, h.volunteer(), slot)
		if err != nil || v.Title != title || v.CommunityID != hallBeside {
			t.Errorf("published: %+v, %v", v, err)
		}
		_, err = h.acts.Activity(ctx, h.foreign, a)
		h.wants(err, model.ErrActivityNotFound)
		_, err = h.acts.ChangeActivity(ctx, h.worker, a, hallHome, model.ActivityEdit{})
		h.wants(err, model.ErrActivityState)
		_, err = h.acts.ChangeActivity(ctx, h.beside, a, 0, model.ActivityEdit{Title: &title})
		h.wants(err, model.ErrOrgForeign)
		_, err = h.acts.PublishActivity(ctx, h.worker, a)
		h.wants(err, model.ErrActivityState)
		h.sound()
	})
}

func TestASeriesKeepsItsHourAcrossTheEndOfAMonth(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.draft()
		all, err := h.acts.AddSlots(t.Context(), h.worker, a, times(72, 74, 5), model.Repeat{EveryDays: 7, Times: 10}) // Saturdays from the 4th of July
		h.must(err)
		want := []string{"7月4日 09:00", "7月11日 09:00", "7月18日 09:00", "7月25日 09:00", "8月1日 09:00", "8月8日 09:00"}
		for i, said := range want {
			if got := model.Said(all[i].StartsAt); got != said || all[i].Planned() != 120 {
				t.Errorf("number %d is at %s for %d minutes, want %s", i, got, all[i].Planned(), said)
			}
		}
		if len(all) != 10 || all[0].Key == all[1].Key || all[0].Key == "" {
			t.Errorf("%d slots", len(all))
		}
		for _, r := range []model.Repeat{{EveryDays: 0, Times: 5}, {EveryDays: 29, Times: 2}, {EveryDays: 1, Times: 61}, {EveryDays: 28, Times: 30}} {
			_, err := h.acts.AddSlots(t.Context(), h.worker, a, times(72, 74, 5), r)
			h.wants(err, model.ErrSlotTerms)
		}
		if n := h.number("SELECT COUNT(*) FROM slots"); n != 10 {
			t.Errorf("series that were refused have left %d slots", n-10)
		}
		for range 5 {
			_, err := h.acts.AddSlots(t.Context(), h.worker, a, times(72, 74, 5), model.Repeat{EveryDays: 6, Times: 60})
			h.must(err)
		}
		_, err = h.acts.AddSlots(t.Context(), h.worker, a, times(72, 74, 5), model.Repeat{EveryDays: 1, Times: 60})
		h.wants(err, model.ErrSlotTerms) // more than an activity can have
		_, err = h.acts.PublishActivity(t.Context(), h.worker, a)
		h.must(err)
		h.sound()
	})
}

func TestALeaderIsSomebodyOfTheCounty(t *testing.T) {
	inHalls(t, func(h *hall) {
		a := h.draft()
		for user, want := range map[int64]error{
			h.volunteer().UserID: nil, h.liaison.UserID: nil, h.stranger.UserID: model.ErrSlotLeader, h.foreign.UserID: model.ErrSlotLeader, 77: model.ErrSlotLeader,
		} {
			terms := times(30, 32, 5)
			terms.LeaderID = user
			_, err := h.acts.AddSlots(t.Context(), h.worker, a, terms, model.Repeat{})
			h.wants(err, want)
		}
	})
}

func TestWhoCanNotComeAtTheNewTimeIsToldAndLetGo(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx := t.Context()
		slot, other := h.slot(times(48, 50, 2)), h.slot(times(52, 54, 9))
		busy, keeps, next, busyToo := h.volunteer(), h.volunteer(), h.volunteer(), h.volunteer()
		for _, who := range []model.Actor{busy, keeps, busyToo, next} { // the last two wait
			h.enrol(who, slot)
		}
		h.enrol(busy, other)
		h.enrol(busyToo, other)
		from, to := at(53), at(55)
		_, err := h.acts.ChangeSlot(ctx, h.worker, slot, model.SlotEdit{StartsAt: &from, EndsAt: &to})
		h.wants(err, model.ErrSlotTerms) // they must be told why
		v, err := h.acts.ChangeSlot(ctx, h.worker, slot, model.SlotEdit{StartsAt: &from, EndsAt: &to, Reason: "天气原因"})
		h.must(err)
		if v.Enrolled != 2 || v.Waiting != 0 || !v.StartsAt.Equal(from) || v.ChangedAt == nil || v.Reason != "天气原因" {
			t.Errorf("moved: %+v", v.Slot)
		}
		for i, want := range map[*model.Actor]model.EnrolmentState{&busy: "left", &keeps: "enrolled", &next: "enrolled", &busyToo: "left"} {
			if s := h.state(*i, slot); s != want {
				t.Errorf("%d is %s, want %s", i.UserID, s, want)
			}
		}
		if n := h.number("SELECT COUNT(*) FROM events WHERE name = 'clash' AND subject = 'enrolment' AND reason <> ''"); n != 2 {
			t.Errorf("%d were told that it clashes", n)
		}
		if n := h.number("SELECT COUNT(*) FROM events WHERE name = 'change' AND subject = 'slot' AND note = '时间由7月3日 09:00–11:00改为7月3日 14:00–16:00'"); n != 1 {
			t.Errorf("%d lines tell how it has changed", n)
		}
		_, err = h.acts.Enrol(ctx, next, h.slot(times(54, 56, 5)))
		h.wants(err, model.ErrEnrolmentOverlap) // his calendar has the new time
		h.enrol(next, h.slot(times(48, 50, 5)))
		h.sound()
	})
}

func TestMorePlacesGoToThoseWhoWait(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx, slot, all := t.Context(), h.slot(times(48, 50, 2)), h.crowd(6)
		for _, who := range all {
			h.enrol(who, slot)
		}
		more, less := int64(5), int64(4)
		v, err := h.acts.ChangeSlot(ctx, h.worker, slot, model.SlotEdit{Capacity: &more, Reason: "场地够大"})
		h.must(err)
		if v.Enrolled != 5 || v.Waiting != 1 || h.state(all[4], slot) != model.EnrolmentEnrolled || h.state(all[5], slot) != model.EnrolmentWaiting || v.ChangedAt != nil {
			t.Errorf("with more places: %+v", v.Slot)
		}
		_, err = h.acts.ChangeSlot(ctx, h.worker, slot, model.SlotEdit{Capacity: &less, Reason: "场地不够"})
		h.wants(err, model.ErrSlotTerms)
		leader := all[0].UserID
		_, err = h.acts.ChangeSlot(ctx, h.worker, slot, model.SlotEdit{LeaderID: &leader, Reason: "换人"})
		h.must(err)
		if n := h.number("SELECT COUNT(*) FROM enrolments WHERE role = 'leader' AND user_id = ?", leader); n != 1 {
			t.Error("the new leader is not one on the list")
		}
		if _, err := h.acts.List(ctx, all[0], slot, "", 0, 9); err != nil {
			t.Errorf("the new leader has no list: %v", err)
		}
		h.sound()
	})
}

func TestACancelledSlotLetsEverybodyGo(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx, slot, all := t.Context(), h.slot(times(48, 50, 2)), h.crowd(3)
		for _, who := range all {
			h.enrol(who, slot)
		}
		_, err := h.acts.CancelSlot(ctx, h.beside, slot, "下雨")
		h.wants(err, model.ErrOrgForeign)
		_, err = h.acts.CancelSlot(ctx, h.worker, slot, " ")
		h.wants(err, model.ErrSlotTerms)
		v, err := h.acts.CancelSlot(ctx, h.worker, slot, "下雨")
		h.must(err)
		if v.State != model.SlotCancelled || v.Enrolled != 0 || v.Waiting != 0 || v.Reason != "下雨" {
			t.Errorf("cancelled: %+v", v.Slot)
		}
		if n := h.number("SELECT COUNT(*) FROM events WHERE name = 'cancel' AND subject = 'enrolment' AND reason = '下雨'"); n != 3 {
			t.Errorf("%d were told", n)
		}
		_, err = h.acts.Leave(ctx, all[0], slot)
		h.wants(err, model.ErrEnrolmentNotFound)
		_, err = h.acts.CancelSlot(ctx, h.worker, slot, "下雨")
		h.wants(err, model.ErrSlotState)
		h.enrol(all[0], h.slot(times(48, 50, 5)))
		h.sound()
	})
}

func TestACancelledActivityEndsWhatHasNotBegun(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx, a := t.Context(), h.draft()
		slots, err := h.acts.AddSlots(ctx, h.worker, a, times(48, 50, 5), model.Repeat{EveryDays: 1, Times: 3})
		h.must(err)
		_, err = h.acts.PublishActivity(ctx, h.worker, a)
		h.must(err)
		one, two := h.volunteer(), h.volunteer()
		for _, s := range slots {
			h.enrol(one, s.ID)
			h.enrol(two, s.ID)
		}
		h.attend(one, slots[0].ID)
		from := at(47)
		_, err = h.acts.ChangeSlot(ctx, h.worker, slots[0].ID, model.SlotEdit{StartsAt: &from, Reason: "提前"})
		h.wants(err, model.ErrSlotBegun)
		_, err = h.acts.CancelSlot(ctx, h.worker, slots[0].ID, "下雨")
		h.wants(err, model.ErrSlotBegun)
		v, err := h.acts.CancelActivity(ctx, h.worker, a, "主办方调整")
		h.must(err)
		if v.State != model.ActivityCancelled || h.see(slots[0].ID).State != model.SlotOpen || h.see(slots[2].ID).State != model.SlotCancelled {
			t.Errorf("cancelled: %+v", v.Activity)
		}
		if h.state(one, slots[0].ID) != model.EnrolmentAttended || h.state(two, slots[0].ID) != model.EnrolmentEnrolled || h.state(two, slots[1].ID) != model.EnrolmentCancelled {
			t.Error("those enrolled are not what they should be")
		}
		_, err = h.acts.AddSlots(ctx, h.worker, a, times(90, 92, 5), model.Repeat{})
		h.wants(err, model.ErrActivityState)
		h.sound()
	})
}

// attend lets somebody be checked in, as check-in does.
func (h *hall) attend(who model.Actor, slot int64) {
	h.Helper()
	h.must(h.update(func(tx *db.Tx) error {
		return tx.Exec("UPDATE enrolments SET state = 'attended', version = version + 1 WHERE user_id = ? AND slot_id = ?", who.UserID, slot).Error
	}))
}

func TestABigSlotIsMovedAndCalledOffInTime(t *testing.T) {
	inHalls(t, func(h *hall) {
		slot := h.slot(times(48, 50, 500))
		all := h.crowd(400)
		for _, who := range all {
			h.enrol(who, slot)
		}
		from, to := at(60), at(62)
		began := time.Now()
		_, err := h.acts.ChangeSlot(t.Context(), h.worker, slot, model.SlotEdit{StartsAt: &from, EndsAt: &to, Reason: "天气"})
		h.must(err)
		moved := time.Now()
		_, err = h.acts.CancelSlot(t.Context(), h.worker, slot, "天气")
		h.must(err)
		t.Logf("%s: 400 people are moved in %v, and let go in %v", h.db.Dialect(), moved.Sub(began).Round(time.Millisecond), time.Since(moved).Round(time.Millisecond))
		h.sound()
	})
}
