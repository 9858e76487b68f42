package activity

import (
	"context"
	"fmt"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/policy"
	"dandelion/internal/timer"
	"dandelion/model"
)

// SlotAlarm ends a slot that nobody can check out of any more: who did not come
// was absent, and who did not check out waits for the leader's word. When that
// has not come in time, nothing counts. It is what the timers of kind
// [model.SlotAlarm] call.
func (s *Service) SlotAlarm(tx *db.Tx, id int64) error {
	before, err := db.Find[model.Slot](tx, id, model.ErrSlotNotFound)
	if err != nil {
		return err
	}
	limits, err := policy.In(tx, before.TenantID)
	if err != nil {
		return err
	}
	st := model.Step{Who: model.SystemActor(before.TenantID), Now: tx.Now, Policy: limits}
	due := overAt(before, st)
	if before.State == model.SlotEnded {
		due = due.Add(limits.Span(model.ConfirmTime))
	}
	switch {
	case before.State == model.SlotClosed || before.State == model.SlotCancelled:
		return nil
	case due.After(tx.Now): // it was moved, or the limits were
		return timer.Set(tx, model.SlotAlarm, id, due)
	case before.State == model.SlotOpen:
		return s.endSlot(tx, before, st)
	}
	if err := s.lapse(tx, before, st); err != nil {
		return err
	}
	return s.ring(tx, before, 0, st)
}

// endSlot sees to everybody who is still in a slot that is over.
func (s *Service) endSlot(tx *db.Tx, sl *model.Slot, st model.Step) error {
	var people []model.Enrolment
	err := tx.Where("slot_id = ? AND state IN ?", sl.ID, []model.EnrolmentState{model.EnrolmentEnrolled, model.EnrolmentWaiting}).Find(&people).Error
	if err != nil {
		return fmt.Errorf("activity: who is left in %d: %w", sl.ID, err)
	}
	for i := range people {
		after := people[i]
		event, err := after.Finish(st)
		if err != nil {
			return err
		}
		if err := db.Save(tx, &people[i], &after); err != nil {
			return err
		}
		if err := s.tellEnrolment(tx, st.Who, people[i].State, &after, event, model.PartySystem); err != nil {
			return err
		}
	}
	open, err := attending(tx, sl, model.AttendancePresent)
	if err != nil {
		return err
	}
	for i := range open {
		if err := s.decide(tx, &open[i], model.CheckClose, model.PartySystem, st, func(a *model.Attendance) error { return a.Close(sl, st) }); err != nil {
			return err
		}
	}
	if err := s.flag(tx, st.Policy, sl); err != nil {
		return err
	}
	return s.ring(tx, sl, len(open), st)
}

// lapse counts nothing of what the leader has not confirmed in time.
func (s *Service) lapse(tx *db.Tx, sl *model.Slot, st model.Step) error {
	open, err := attending(tx, sl, model.AttendanceUnconfirmed)
	if err != nil {
		return err
	}
	for i := range open {
		if err := s.decide(tx, &open[i], model.CheckLapse, model.PartySystem, st, func(a *model.Attendance) error { return a.Lapse(st) }); err != nil {
			return err
		}
	}
	return nil
}

func attending(tx *db.Tx, sl *model.Slot, state model.AttendanceState) (all []model.Attendance, err error) {
	if err := tx.Where("slot_id = ? AND state = ?", sl.ID, state).Order("id").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("activity: who is %s in %d: %w", state, sl.ID, err)
	}
	return all, nil
}

// decide changes an attendance after its slot.
func (s *Service) decide(tx *db.Tx, before *model.Attendance, e model.CheckEvent, by model.CheckParty, st model.Step, verb func(*model.Attendance) error) error {
	after := *before
	if err := verb(&after); err != nil {
		return err
	}
	if err := db.Save(tx, before, &after); err != nil {
		return err
	}
	return s.tellAttendance(tx, st.Who, before.State, &after, e, by)
}

// ring takes a slot on of which so many are still to be confirmed, and its
// activity when none of its slots is left.
func (s *Service) ring(tx *db.Tx, before *model.Slot, open int, st model.Step) error {
	after := *before
	event, err := after.Ring(open, st)
	if err != nil {
		return err
	}
	if err := db.Save(tx, before, &after); err != nil {
		return err
	}
	err = s.tell(tx, st.Who, model.Event{
		Subject: model.OfSlot, SubjectID: after.ID, Name: string(event), FromState: string(before.State), ToState: string(after.State),
		ActorRole: string(model.PartySystem),
	})
	if err != nil {
		return err
	}
	if after.State == model.SlotEnded {
		return timer.Set(tx, model.SlotAlarm, after.ID, overAt(&after, st).Add(st.Policy.Span(model.ConfirmTime)))
	}
	return s.endActivity(tx, after.ActivityID, st)
}

// endActivity ends an activity of which no slot is left. Two slots that close at
// once both change it, so one of them sees what the other has done.
func (s *Service) endActivity(tx *db.Tx, id int64, st model.Step) error {
	before, err := db.Find[model.Activity](tx, id, model.ErrActivityNotFound)
	if err != nil {
		return err
	}
	if before.State != model.ActivityPublished {
		return nil // called off, with slots that were over
	}
	var left int64
	err = tx.Model(&model.Slot{}).Where("activity_id = ? AND state IN ?", id, []model.SlotState{model.SlotOpen, model.SlotEnded}).Count(&left).Error
	if err != nil {
		return fmt.Errorf("activity: slots left of %d: %w", id, err)
	}
	after := *before
	if left == 0 {
		if err := after.End(st); err != nil {
			return err
		}
	}
	if err := db.Save(tx, before, &after); err != nil || left > 0 {
		return err
	}
	return s.tell(tx, st.Who, model.Event{
		Subject: model.OfActivity, SubjectID: id, Name: string(model.ActivityEnd), FromState: string(before.State), ToState: string(after.State),
		ActorRole: string(model.PartySystem),
	})
}

// Confirm counts what somebody served who did not check out (确认), by the word of
// the leader: as many minutes as proposed if minutes is nil, else fewer.
func (s *Service) Confirm(ctx context.Context, who model.Actor, attendance int64, minutes *int64) (*Attended, error) {
	return s.settled(ctx, who, attendance, model.CheckConfirm, func(a *model.Attendance, sl *model.Slot, st model.Step) error {
		n := a.Minutes
		if minutes != nil {
			n = *minutes
		}
		return a.Confirm(sl, n, st)
	})
}

// Refuse counts nothing of what somebody served who did not check out
// (不予确认). He can dispute that.
func (s *Service) Refuse(ctx context.Context, who model.Actor, attendance int64, reason string) (*Attended, error) {
	return s.settled(ctx, who, attendance, model.CheckRefuse, func(a *model.Attendance, sl *model.Slot, st model.Step) error {
		return a.Refuse(sl, reason, st)
	})
}

// settled takes the leader's decision on an attendance. The last one closes the
// slot, which is written at each, so that of two at once one is the last.
func (s *Service) settled(ctx context.Context, who model.Actor, id int64, e model.CheckEvent,
	verb func(a *model.Attendance, sl *model.Slot, st model.Step) error,
) (*Attended, error) {
	return s.checking(ctx, who, func(tx *db.Tx, st model.Step) (int64, error) {
		before, sl, err := ledAttendance(tx, who, id)
		if err != nil {
			return 0, err
		}
		after := *before
		if err := verb(&after, sl, st); err != nil {
			return 0, err
		}
		if err := db.Save(tx, before, &after); err != nil {
			return 0, err
		}
		if err := s.tellAttendance(tx, who, before.State, &after, e, model.PartyLeader); err != nil {
			return 0, err
		}
		if after.State == model.AttendanceDone {
			en, err := db.Find[model.Enrolment](tx, after.SourceID, model.ErrEnrolmentNotFound)
			if err != nil {
				return 0, err
			}
			if err := s.certify(tx, st.Policy, &after, en, sl, who.UserID); err != nil {
				return 0, err
			}
		}
		if err := s.closeIfLast(tx, sl, st); err != nil {
			return 0, err
		}
		return id, audit.Put(tx, who, "attendance."+string(e), model.OfAttendance, id, map[string]any{"user_id": after.UserID, "minutes": after.Minutes})
	})
}

// closeIfLast closes a slot of which nothing is left to be confirmed.
func (s *Service) closeIfLast(tx *db.Tx, sl *model.Slot, st model.Step) error {
	left, err := attending(tx, sl, model.AttendanceUnconfirmed)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		after := *sl
		return db.Save(tx, sl, &after)
	}
	if err := timer.Clear(tx, model.SlotAlarm, sl.ID); err != nil {
		return err
	}
	st.Who = model.SystemActor(sl.TenantID)
	return s.ring(tx, sl, 0, st)
}

// ledAttendance returns an attendance of a slot that who leads, with the slot.
func ledAttendance(tx *db.Tx, who model.Actor, id int64) (*model.Attendance, *model.Slot, error) {
	a, err := db.Find[model.Attendance](tx, id, model.ErrAttendanceNotFound)
	if err != nil {
		return nil, nil, err
	}
	sl, err := db.Find[model.Slot](tx, a.SlotID, model.ErrAttendanceNotFound)
	switch {
	case err != nil:
		return nil, nil, err
	case !who.Leads(sl):
		return nil, nil, model.ErrAttendanceNotFound
	}
	return a, sl, nil
}
