package activity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/model"
)

// overAt returns when nobody can check out of a slot any more.
func overAt(sl *model.Slot, st model.Step) time.Time {
	return sl.EndsAt.Add(st.Policy.Span(model.CheckOutLate))
}

// AddSlots adds a slot to an activity, or a series (增加场次), all or none. Those
// of a published activity are published.
func (s *Service) AddSlots(ctx context.Context, who model.Actor, activity int64, t model.SlotTerms, r model.Repeat) ([]Seen, error) {
	var ids []int64
	_, err := s.alter(ctx, who, activity, model.SlotAdd, func(tx *db.Tx, a *model.Activity, st model.Step) error {
		var already []int64
		err := tx.Model(&model.Slot{}).Where("activity_id = ?", activity).Limit(model.MaxSlots).Pluck("id", &already).Error
		if err != nil {
			return fmt.Errorf("activity: slots of %d: %w", activity, err)
		}
		return a.Extend(len(already), max(1, r.Times), st)
	}, func(tx *db.Tx, a *model.Activity, st model.Step) error {
		all, err := t.Series(r)
		if err != nil {
			return err
		}
		ids = ids[:0]
		for _, terms := range all {
			sl, err := s.addSlot(tx, a, terms, st)
			if err != nil {
				return err
			}
			ids = append(ids, sl.ID)
		}
		if err := leads(tx, who, t.LeaderID); err != nil {
			return err
		}
		return audit.Put(tx, who, "slot.add", model.OfActivity, activity, map[string]any{"slots": len(ids)})
	})
	if err != nil {
		return nil, err
	}
	return s.seen(ctx, who, ids)
}

func (s *Service) addSlot(tx *db.Tx, a *model.Activity, t model.SlotTerms, st model.Step) (*model.Slot, error) {
	sl, err := model.NewSlot(tx.NewID(), a, t, st)
	if err != nil {
		return nil, err
	}
	if sl.Key, err = s.freshKey(sl.ID); err != nil {
		return nil, err
	}
	if err := db.Add(tx, sl); err != nil {
		return nil, fmt.Errorf("activity: add slot: %w", err)
	}
	if sl.Published {
		if err := timer.Start(tx, model.SlotAlarm, sl.ID, overAt(sl, st)); err != nil {
			return nil, err
		}
	}
	return sl, s.tellSlot(tx, st.Who, &model.Slot{}, sl, model.SlotAdd, "")
}

// tellSlot writes the line of history about what a slot went through.
func (s *Service) tellSlot(tx *db.Tx, who model.Actor, before, after *model.Slot, e model.CheckEvent, note string) error {
	return s.tell(tx, who, model.Event{
		Subject: model.OfSlot, SubjectID: after.ID, Name: string(e), FromState: string(before.State), ToState: string(after.State),
		ActorRole: string(model.PartyOrganiser), Reason: after.Reason, Note: note,
	})
}

// leading are the roles of those who can lead a slot.
var leading = []model.Role{
	model.RoleVolunteer, model.RoleMember, model.RoleLiaison, model.RoleGrid, model.RoleWorker, model.RoleTownship, model.RoleCounty,
}

// leads says whether somebody can lead a slot; who organises one can.
func leads(tx *db.Tx, who model.Actor, user int64) error {
	if user == 0 || user == who.UserID {
		return nil
	}
	var found []int64
	err := tx.Raw(`SELECT u.id FROM users u WHERE u.id = ? AND u.tenant_id = ? AND u.state = ? AND EXISTS (SELECT 1 FROM grants g
		WHERE g.user_id = u.id AND g.tenant_id = u.tenant_id AND g.role IN ? AND g.active_key IS NOT NULL AND (g.valid_until IS NULL OR g.valid_until > ?))`,
		user, who.TenantID, model.UserActive, leading, tx.Now).Scan(&found).Error
	switch {
	case err != nil:
		return fmt.Errorf("activity: leader %d: %w", user, err)
	case len(found) == 0:
		return model.ErrSlotLeader.At("body.leader_id", "须为本县的在册志愿者、党员或工作人员")
	}
	return nil
}

// CancelSlot calls a slot off (取消场次), and tells those enrolled. If it was the
// last of its activity, that has ended with it.
func (s *Service) CancelSlot(ctx context.Context, who model.Actor, id int64, reason string) (*Seen, error) {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		sl, err := slotOf(tx, who, id)
		if err != nil {
			return err
		}
		done, err := s.callOff(tx, sl, reason, model.Step{Who: who, Now: tx.Now})
		switch {
		case err != nil:
			return err
		case !done:
			return model.ErrSlotBegun
		}
		system := model.SystemActor(sl.TenantID)
		system.RequestID = who.RequestID
		if err := s.endActivity(tx, sl.ActivityID, model.Step{Who: system, Now: tx.Now}); err != nil {
			return err
		}
		return audit.Put(tx, who, "slot.cancel", model.OfSlot, id, nil)
	})
	if err != nil {
		return nil, err
	}
	return s.Slot(ctx, who, id)
}

// callOff cancels a slot with all its enrolments, and reports whether it could:
// one in which somebody has checked in takes place. The slot is written first,
// so that nobody else gets in.
func (s *Service) callOff(tx *db.Tx, before *model.Slot, reason string, st model.Step) (bool, error) {
	people, attended, err := enrolledIn(tx, before.ID)
	if err != nil {
		return false, err
	}
	after := *before
	switch err := after.Cancel(reason, attended, st); {
	case errors.Is(err, model.ErrSlotBegun):
		return false, nil
	case err != nil:
		return false, err
	}
	if err := db.Save(tx, before, &after); err != nil {
		return false, err
	}
	if err := timer.Clear(tx, model.SlotAlarm, after.ID); err != nil {
		return false, err
	}
	for i := range people {
		_, err := s.move(tx, &people[i], model.EnrolCancel, st, func(e *model.Enrolment, st model.Step) error { return e.CallOff(after.Reason, st) })
		if err != nil {
			return false, err
		}
	}
	return true, s.tellSlot(tx, st.Who, before, &after, model.SlotCancel, "")
}

// enrolledIn returns who has a place in a slot or waits for one, in the order in
// which they came, and whether anybody has checked in.
func enrolledIn(tx *db.Tx, slot int64) (all []model.Enrolment, attended bool, err error) {
	var rows []model.Enrolment
	err = tx.Where("slot_id = ? AND state IN ?", slot, []model.EnrolmentState{
		model.EnrolmentWaiting, model.EnrolmentEnrolled, model.EnrolmentAttended,
	}).Order("id").Find(&rows).Error
	if err != nil {
		return nil, false, fmt.Errorf("activity: who is in %d: %w", slot, err)
	}
	for _, e := range rows {
		if e.State == model.EnrolmentAttended {
			attended = true
			continue
		}
		all = append(all, e)
	}
	return all, attended, nil
}

// move takes a step of an enrolment that the system causes, whoever made it do
// so, and returns what it has become.
func (s *Service) move(tx *db.Tx, before *model.Enrolment, e model.CheckEvent, st model.Step, verb func(*model.Enrolment, model.Step) error) (*model.Enrolment, error) {
	system := model.SystemActor(before.TenantID)
	system.RequestID = st.Who.RequestID
	return s.moveBy(tx, before, e, model.PartySystem, model.Step{Who: system, Now: st.Now, Policy: st.Policy}, verb)
}

// moveBy takes a step of an enrolment, which its version sees to that nobody
// else has taken, and tells of it.
func (s *Service) moveBy(tx *db.Tx, before *model.Enrolment, e model.CheckEvent, by model.CheckParty, st model.Step,
	verb func(*model.Enrolment, model.Step) error,
) (*model.Enrolment, error) {
	after := *before
	if err := verb(&after, st); err != nil {
		return nil, err
	}
	if err := db.Save(tx, before, &after); err != nil {
		return nil, err
	}
	return &after, s.tellEnrolment(tx, st.Who, before.State, &after, e, by)
}

func (s *Service) tellEnrolment(tx *db.Tx, who model.Actor, from model.EnrolmentState, e *model.Enrolment, event model.CheckEvent, by model.CheckParty) error {
	return s.tell(tx, who, model.Event{
		Subject: model.OfEnrolment, SubjectID: e.ID, Name: string(event), FromState: string(from), ToState: string(e.State),
		ActorRole: string(by), Reason: e.Reason,
	})
}
