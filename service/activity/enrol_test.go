package activity_test

import (
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

func TestWhoEnrolsHasAPlaceOrWaits(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx, slot := t.Context(), h.slot(times(48, 50, 1))
		one, two := h.volunteer(), h.volunteer()
		if m := h.enrol(one, slot); m.State != model.EnrolmentEnrolled || m.Role != model.EnrolMember || m.Title != "清洁家园" || m.Place != "红星广场" {
			t.Errorf("the first: %+v", m)
		}
		if m := h.enrol(two, slot); m.State != model.EnrolmentWaiting {
			t.Errorf("the second: %+v", m)
		}
		_, err := h.acts.Enrol(ctx, one, slot)
		h.wants(err, model.ErrEnrolled)
		_, err = h.acts.Enrol(ctx, two, slot)
		h.wants(err, model.ErrEnrolled)
		_, err = h.acts.Enrol(ctx, two, h.slot(times(49, 51, 5))) // whoever waits is kept as if he had the place
		h.wants(err, model.ErrEnrolmentOverlap)
		h.enrol(two, h.slot(times(50, 52, 5))) // one begins when the other ends
		_, err = h.acts.Enrol(ctx, h.stranger, slot)
		h.wants(err, model.ErrEnrolmentRole)
		_, err = h.acts.Enrol(ctx, h.foreign, slot)
		h.wants(err, model.ErrSlotNotFound)
		late := h.volunteer()
		h.clock.Set(at(48))
		_, err = h.acts.Enrol(ctx, late, slot)
		h.wants(err, model.ErrEnrolmentLate)
		v, err := h.acts.Slot(ctx, two, slot)
		h.must(err)
		if v.Mine == nil || v.Mine.State != model.EnrolmentWaiting || v.LeaderName != "热心人" || v.OrgName != "红星社区" {
			t.Errorf("to who waits it is %+v", v)
		}
		h.sound()
	})
}

func TestTheWaitListMovesUpInTheOrderInWhichPeopleCame(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx, slot := t.Context(), h.slot(times(48, 50, 2))
		all := h.crowd(6) // 0 and 1 have places
		for _, who := range all {
			h.enrol(who, slot)
		}
		h.must(h.update(func(tx *db.Tx) error { // 2 has withdrawn his consent, and is skipped
			return tx.Model(&model.User{}).Where("id = ?", all[2].UserID).Update("consent", "").Error
		}))
		_, err := h.acts.Leave(ctx, all[3], slot) // who waits leaves, and frees no place
		h.must(err)
		_, err = h.acts.Leave(ctx, all[0], slot)
		h.must(err)
		for i, want := range []model.EnrolmentState{"left", "enrolled", "waiting", "left", "enrolled", "waiting"} {
			if s := h.state(all[i], slot); s != want {
				t.Errorf("%d is %s, want %s", i, s, want)
			}
		}
		if n := h.number("SELECT COUNT(*) FROM events WHERE subject = 'enrolment' AND name = 'promote' AND actor_id = 0 AND actor_role = 'system'"); n != 1 {
			t.Errorf("%d lines of history tell who moved up", n)
		}
		h.clock.Set(at(48)) // from now on it stands still
		h.must(h.update(func(tx *db.Tx) error {
			return tx.Model(&model.User{}).Where("id = ?", all[2].UserID).Update("consent", "1.0").Error
		}))
		list, err := h.acts.List(ctx, h.worker, slot, model.EnrolmentEnrolled, 0, 10)
		h.must(err)
		_, err = h.acts.Remove(ctx, h.worker, list[0].ID, "没有到场")
		h.must(err)
		if v := h.see(slot); v.Enrolled != 1 || v.Waiting != 2 || h.state(all[2], slot) != model.EnrolmentWaiting {
			t.Errorf("after the beginning %d are enrolled, %d wait", v.Enrolled, v.Waiting)
		}
		h.sound()
	})
}

func TestLeavingLateLeavesAMark(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx := t.Context()
		slot, moved, full := h.slot(times(48, 50, 9)), h.slot(times(60, 62, 9)), h.slot(times(70, 72, 1))
		all := h.crowd(5)
		for i, who := range all {
			h.enrol(who, slot)
			h.enrol(who, moved)
			if i < 2 {
				h.enrol(who, full)
			}
		}
		leave := func(who model.Actor, slot int64, late bool) {
			t.Helper()
			m, err := h.acts.Leave(ctx, who, slot)
			h.must(err)
			if m.State != model.EnrolmentLeft || m.LateLeave != late || m.EndedAt == nil {
				t.Errorf("left: %+v, want late %v", m.Enrolment, late)
			}
		}
		h.clock.Set(at(24)) // to the minute a day before
		leave(all[0], slot, false)
		h.clock.Set(at(24).Add(time.Millisecond))
		leave(all[1], slot, true)
		place := "东门"
		_, err := h.acts.ChangeSlot(ctx, h.worker, moved, model.SlotEdit{Place: &place, Reason: "施工"})
		h.must(err)
		h.clock.Set(at(59))
		leave(all[2], moved, false) // it has changed since he enrolled
		h.clock.Set(at(69))
		leave(all[1], full, false) // he only waited
		_, err = h.acts.Leave(ctx, all[1], full)
		h.wants(err, model.ErrEnrolmentNotFound)
		_, err = h.acts.Leave(ctx, all[3], slot)
		h.wants(err, model.ErrEnrolmentLate)
		h.sound()
	})
}

func TestTheLeaderPutsPeopleOnTheList(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx := t.Context()
		leader, one, waits, walksIn := h.volunteer(), h.volunteer(), h.volunteer(), h.volunteer()
		outside := h.person(300, hallBeside, model.RoleVolunteer, hallBeside)
		terms := times(48, 50, 3)
		terms.LeaderID = leader.UserID
		slot := h.slot(terms)
		if m := h.enrol(leader, slot); m.Role != model.EnrolLeader {
			t.Errorf("the leader is %s of his slot", m.Role)
		}
		l, err := h.acts.PutOn(ctx, leader, slot, one.UserID)
		h.must(err)
		if l.Name != "张三1002" || l.State != model.EnrolmentEnrolled || l.EnrolledBy != leader.UserID || l.Offline {
			t.Errorf("put on the list: %+v", l)
		}
		for _, c := range []struct {
			who  model.Actor
			user int64
			want error
		}{
			{leader, one.UserID, model.ErrEnrolled},
			{leader, h.stranger.UserID, model.ErrUserNotFound}, // no volunteer
			{leader, outside.UserID, model.ErrUserNotFound},    // of another community
			{leader, h.foreign.UserID, model.ErrUserNotFound},
			{leader, 77, model.ErrUserNotFound},
			{one, waits.UserID, model.ErrSlotNotFound}, // who does not lead has no list
			{h.beside, waits.UserID, model.ErrSlotNotFound},
			{h.foreign, waits.UserID, model.ErrSlotNotFound},
		} {
			_, err := h.acts.PutOn(ctx, c.who, slot, c.user)
			h.wants(err, c.want)
		}
		h.enrol(h.volunteer(), slot)
		h.enrol(waits, slot)
		_, err = h.acts.PutOn(ctx, leader, slot, walksIn.UserID)
		h.wants(err, model.ErrSlotFull)
		_, err = h.acts.PutOn(ctx, leader, slot, waits.UserID)
		h.wants(err, model.ErrSlotFull)
		h.clock.Set(at(49)) // it goes on
		more := int64(5)
		_, err = h.acts.ChangeSlot(ctx, h.worker, slot, model.SlotEdit{Capacity: &more, Reason: "来的人多"})
		h.must(err)
		if s := h.state(waits, slot); s != model.EnrolmentWaiting {
			t.Errorf("who waits is %s, though it has begun", s)
		}
		for _, who := range []model.Actor{walksIn, waits} {
			l, err = h.acts.PutOn(ctx, leader, slot, who.UserID)
			h.must(err)
			if l.State != model.EnrolmentEnrolled {
				t.Errorf("during the slot: %+v", l)
			}
		}
		if v := h.see(slot); v.Enrolled != 5 || v.Waiting != 0 {
			t.Errorf("%d are enrolled, %d wait", v.Enrolled, v.Waiting)
		}
		h.clock.Set(at(50))
		_, err = h.acts.PutOn(ctx, leader, slot, h.volunteer().UserID)
		h.wants(err, model.ErrEnrolmentLate)
		h.sound()
	})
}

func TestTheLeaderTakesPeopleFromTheList(t *testing.T) {
	inHalls(t, func(h *hall) {
		ctx, slot := t.Context(), h.slot(times(48, 50, 1))
		one, two := h.volunteer(), h.volunteer()
		m := h.enrol(one, slot)
		h.enrol(two, slot)
		for _, who := range []model.Actor{one, two, h.beside, h.foreign} {
			_, err := h.acts.Remove(ctx, who, m.ID, "不合适")
			h.wants(err, model.ErrEnrolmentNotFound)
		}
		_, err := h.acts.Remove(ctx, h.worker, m.ID, " ")
		h.wants(err, model.ErrEnrolmentState)
		l, err := h.acts.Remove(ctx, h.worker, m.ID, "另有安排")
		h.must(err)
		if l.State != model.EnrolmentRemoved || l.Reason != "另有安排" || h.state(two, slot) != model.EnrolmentEnrolled {
			t.Errorf("removed: %+v", l)
		}
		_, err = h.acts.Remove(ctx, h.worker, m.ID, "另有安排")
		h.wants(err, model.ErrEnrolmentState)
		_, err = h.acts.Enrol(ctx, one, slot)
		h.wants(err, model.ErrEnrolmentRemoved)
		if n := h.number("SELECT COUNT(*) FROM audits WHERE action = 'enrolment.remove' AND subject_id = ?", m.ID); n != 1 {
			t.Errorf("%d lines of the audit log", n)
		}
		h.sound()
	})
}
