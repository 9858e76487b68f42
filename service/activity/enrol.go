package activity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/model"
)

// Enrol gives who a place in a slot (报名), or a turn in its wait-list (候补).
func (s *Service) Enrol(ctx context.Context, who model.Actor, slot int64) (*Mine, error) {
	policy, err := s.policies.Of(ctx, who.TenantID)
	if err != nil {
		return nil, err
	}
	// Whoever comes too late is refused before a transaction is begun: of a
	// thousand none costs more than two reads.
	if err := s.db.View(ctx, func(tx *db.Tx) error {
		_, _, err := enrolment(tx, slot, model.Step{Who: who, Now: tx.Now, Policy: policy})
		return err
	}); err != nil {
		return nil, err
	}
	var e *model.Enrolment
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := calendar(tx, who.TenantID, who.UserID)
		if err != nil {
			return err
		}
		st := model.Step{Who: who, Now: tx.Now, Policy: policy}
		var sl *model.Slot
		if sl, e, err = enrolment(tx, slot, st); err != nil {
			return err
		}
		event := model.EnrolEnrol
		if e.State == model.EnrolmentWaiting {
			event = model.EnrolWait
		}
		return s.enter(tx, sl, e, c, event, model.PartyVolunteer, st)
	})
	if err != nil {
		return nil, err
	}
	return s.mine(ctx, who, e.ID)
}

// enrolment returns the enrolment that st.Who would get in a slot.
func enrolment(tx *db.Tx, slot int64, st model.Step) (*model.Slot, *model.Enrolment, error) {
	sl, err := slotOf(tx, st.Who, slot)
	if err != nil {
		return nil, nil, err
	}
	his, err := around(tx, st.Who.UserID, sl)
	if err != nil {
		return nil, nil, err
	}
	e, err := sl.Enrol(tx.NewID(), his, st)
	return sl, e, err
}

// around returns the enrolments of somebody that a slot could overlap, ended
// ones too.
func around(tx *db.Tx, user int64, sl *model.Slot) (all []model.Enrolment, err error) {
	err = tx.Where("user_id = ? AND starts_at > ? AND starts_at < ?",
		user, sl.StartsAt.Add(-model.MaxSlotHours*time.Hour), sl.EndsAt).Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("activity: what %d has around %d: %w", user, sl.ID, err)
	}
	return all, nil
}

// enter writes an enrolment with all that goes with it, the slot last.
func (s *Service) enter(tx *db.Tx, sl *model.Slot, e *model.Enrolment, c *model.Calendar, event model.CheckEvent, by model.CheckParty, st model.Step) error {
	switch err := db.Add(tx, e); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return db.ErrStale // he has enrolled a moment ago: look again
	case err != nil:
		return fmt.Errorf("activity: add enrolment: %w", err)
	}
	if err := touch(tx, c); err != nil {
		return err
	}
	if err := s.tellEnrolment(tx, st.Who, "", e, event, by); err != nil {
		return err
	}
	if e.State == model.EnrolmentWaiting {
		return places(tx, sl, 0, 1, "enrolled >= capacity AND waiting < ?", st.Policy.Number(model.WaitingList))
	}
	return places(tx, sl, 1, 0, "enrolled < capacity")
}

// places changes how many places of a slot are taken and waited for, if it is
// when it was when that was decided, and what else was relied on is so. The row
// is many people's to write, so it is written last, by one statement that waits
// and never counts on what was read; if what was relied on is not so any more,
// the transaction runs again.
func places(tx *db.Tx, sl *model.Slot, enrolled, waiting int64, so string, args ...any) error {
	res := tx.Model(&model.Slot{}).Where("id = ? AND state = ? AND starts_at = ? AND ends_at = ?", sl.ID, sl.State, sl.StartsAt, sl.EndsAt).
		Where(so, args...).Updates(map[string]any{
		"enrolled": gorm.Expr("enrolled + ?", enrolled), "waiting": gorm.Expr("waiting + ?", waiting),
		"updated_at": tx.Now, "version": gorm.Expr("version + 1"),
	})
	switch {
	case res.Error != nil:
		return fmt.Errorf("activity: places of %d: %w", sl.ID, res.Error)
	case res.RowsAffected == 0:
		return db.ErrStale
	}
	return nil
}

// free gives a place up that somebody had who was in a state, to whoever waits
// first.
func (s *Service) free(tx *db.Tx, sl *model.Slot, had model.EnrolmentState, st model.Step) error {
	if had == model.EnrolmentWaiting {
		return places(tx, sl, 0, -1, "waiting > 0")
	}
	room := sl.Left() + 1
	next, err := s.first(tx, sl, room, st)
	if err != nil {
		return err
	}
	for i := range next {
		if _, err := s.move(tx, &next[i], model.EnrolPromote, st, promoteIn(sl)); err != nil {
			return err
		}
	}
	n := int64(len(next))
	so, args := "enrolled + ? <= capacity AND waiting >= ?", []any{n - 1, n}
	if n < room { // and nobody has begun to wait meanwhile
		so, args = so+" AND waiting = ?", append(args, sl.Waiting)
	}
	return places(tx, sl, n-1, -n, so, args...)
}

// first returns the first n who wait for a place of a slot and can have one.
func (s *Service) first(tx *db.Tx, sl *model.Slot, n int64, st model.Step) ([]model.Enrolment, error) {
	if sl.Waiting == 0 {
		return nil, nil
	}
	var waiting []model.Enrolment
	err := tx.Where("slot_id = ? AND state = ?", sl.ID, model.EnrolmentWaiting).Order("id").Find(&waiting).Error
	if err != nil {
		return nil, fmt.Errorf("activity: who waits for %d: %w", sl.ID, err)
	}
	return promotable(tx, sl, waiting, n, st)
}

// promotable returns the first n of those who wait that can be given a place of
// a slot: before it begins, and not whose account is closed or without consent.
func promotable(tx *db.Tx, sl *model.Slot, waiting []model.Enrolment, n int64, st model.Step) (next []model.Enrolment, err error) {
	if len(waiting) == 0 || n < 1 || !st.Now.Before(sl.StartsAt) {
		return nil, nil
	}
	ids := make([]int64, len(waiting))
	for i, e := range waiting {
		ids[i] = e.UserID
	}
	var fit []int64
	err = tx.Model(&model.User{}).Where("id IN ? AND tenant_id = ? AND state = ? AND consent <> ''", ids, sl.TenantID, model.UserActive).Pluck("id", &fit).Error
	if err != nil {
		return nil, fmt.Errorf("activity: who can have a place of %d: %w", sl.ID, err)
	}
	can := map[int64]bool{}
	for _, id := range fit {
		can[id] = true
	}
	for _, e := range waiting {
		if int64(len(next)) < n && can[e.UserID] {
			next = append(next, e)
		}
	}
	return next, nil
}

// promoteIn is [model.Enrolment.Promote] in a slot.
func promoteIn(sl *model.Slot) func(*model.Enrolment, model.Step) error {
	return func(e *model.Enrolment, st model.Step) error { return e.Promote(sl, st) }
}

// Leave gives up who's place in a slot, or his turn (退出).
func (s *Service) Leave(ctx context.Context, who model.Actor, slot int64) (*Mine, error) {
	var e *model.Enrolment
	err := s.stepping(ctx, who, func(tx *db.Tx, st model.Step) error {
		sl, err := slotOf(tx, who, slot)
		if err != nil {
			return err
		}
		before, err := live(tx, slot, who.UserID)
		if err != nil {
			return err
		}
		leave := func(e *model.Enrolment, st model.Step) error { return e.Leave(sl, st) }
		if e, err = s.moveBy(tx, before, model.EnrolLeave, model.PartyVolunteer, st, leave); err != nil {
			return err
		}
		return s.free(tx, sl, before.State, st)
	})
	if err != nil {
		return nil, err
	}
	return s.mine(ctx, who, e.ID)
}

// live returns the enrolment of somebody in a slot that is in force.
func live(tx *db.Tx, slot, user int64) (*model.Enrolment, error) {
	var e model.Enrolment
	switch err := tx.Where("active_key = ?", model.EnrolmentKey(slot, user)).Take(&e).Error; {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return nil, model.ErrEnrolmentNotFound
	case err != nil:
		return nil, fmt.Errorf("activity: enrolment of %d in %d: %w", user, slot, err)
	}
	return &e, nil
}

// Remove takes somebody from the list of a slot (移出), by its leader.
func (s *Service) Remove(ctx context.Context, who model.Actor, id int64, reason string) (*Listed, error) {
	err := s.stepping(ctx, who, func(tx *db.Tx, st model.Step) error {
		before, err := db.Find[model.Enrolment](tx, id, model.ErrEnrolmentNotFound)
		if err != nil {
			return err
		}
		sl, err := db.Find[model.Slot](tx, before.SlotID, model.ErrEnrolmentNotFound)
		if err != nil {
			return err
		}
		remove := func(e *model.Enrolment, st model.Step) error { return e.Remove(sl, reason, st) }
		if _, err := s.moveBy(tx, before, model.EnrolRemove, model.PartyLeader, st, remove); err != nil {
			return err
		}
		if err := audit.Put(tx, who, "enrolment.remove", model.OfEnrolment, id, map[string]any{"user_id": before.UserID}); err != nil {
			return err
		}
		return s.free(tx, sl, before.State, st)
	})
	if err != nil {
		return nil, err
	}
	return s.listed(ctx, who, id)
}
