package activity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/model"
)

// ChangeSlot changes a slot (变更), and tells those enrolled. Whoever has
// something else at its new time leaves it; places that become free go to those
// who wait.
func (s *Service) ChangeSlot(ctx context.Context, who model.Actor, id int64, e model.SlotEdit) (*Seen, error) {
	err := s.stepping(ctx, who, func(tx *db.Tx, st model.Step) error {
		before, err := slotOf(tx, who, id)
		if err != nil {
			return err
		}
		if e.LeaderID != nil {
			if err := leads(tx, who, *e.LeaderID); err != nil {
				return err
			}
		}
		return s.changeSlot(tx, before, e, st)
	})
	if err != nil {
		return nil, err
	}
	return s.Slot(ctx, who, id)
}

// changeSlot works out all that a change brings about, and writes it: the slot
// first, so that nobody gets in meanwhile.
func (s *Service) changeSlot(tx *db.Tx, before *model.Slot, e model.SlotEdit, st model.Step) error {
	people, attended, err := enrolledIn(tx, before.ID)
	if err != nil {
		return err
	}
	after := *before
	if err := after.Change(e, attended, st); err != nil {
		return err
	}
	c := &consequences{}
	if after.Moved(before) {
		if err := c.collide(tx, &after, people); err != nil {
			return err
		}
	}
	if err := c.settle(tx, &after, people, st); err != nil {
		return err
	}
	if err := db.Save(tx, before, &after); err != nil {
		return err
	}
	if after.Moved(before) && after.Published {
		if err := timer.Set(tx, model.SlotAlarm, after.ID, overAt(&after, st)); err != nil {
			return err
		}
	}
	if err := s.carryOut(tx, &after, c, st); err != nil {
		return err
	}
	if err := s.tellSlot(tx, st.Who, before, &after, model.SlotChange, after.Differences(before)); err != nil {
		return err
	}
	return audit.Put(tx, st.Who, "slot.change", model.OfSlot, after.ID, map[string]any{"clashes": len(c.clashing)})
}

// calendars returns those of people, in one order for everybody.
func calendars(tx *db.Tx, people []model.Enrolment) ([]*model.Calendar, error) {
	ids := make([]int64, len(people))
	for i, e := range people {
		ids[i] = e.UserID
	}
	slices.Sort(ids)
	var rows []model.Calendar
	if err := tx.Where("user_id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("activity: calendars: %w", err)
	}
	known := map[int64]*model.Calendar{}
	for i := range rows {
		known[rows[i].UserID] = &rows[i]
	}
	all := make([]*model.Calendar, len(ids))
	for i, id := range ids {
		if all[i] = known[id]; all[i] == nil {
			all[i] = &model.Calendar{UserID: id, TenantID: people[0].TenantID}
		}
	}
	return all, nil
}

// busy returns which of people have something else at the time of a slot.
func busy(tx *db.Tx, sl *model.Slot, people []model.Enrolment) (map[int64]bool, error) {
	ids := make([]int64, len(people))
	for i, e := range people {
		ids[i] = e.UserID
	}
	var rows []model.Enrolment
	err := tx.Where("user_id IN ? AND starts_at > ? AND starts_at < ? AND active_key IS NOT NULL",
		ids, sl.StartsAt.Add(-model.MaxSlotHours*time.Hour), sl.EndsAt).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("activity: who is busy: %w", err)
	}
	all := map[int64]bool{}
	for i := range rows {
		if rows[i].Overlaps(sl) {
			all[rows[i].UserID] = true
		}
	}
	return all, nil
}

// consequences are what becomes of those in a slot that is changed. If it moves,
// their calendars are changed with it, and some are busy at its new time.
type consequences struct {
	busy                        map[int64]bool
	calendars                   []*model.Calendar
	clashing, promoted, staying []model.Enrolment
}

// collide finds who has something else at the new time of a slot. The calendars
// come first: what is added to them from now on makes this run again.
func (c *consequences) collide(tx *db.Tx, sl *model.Slot, people []model.Enrolment) (err error) {
	if c.calendars, err = calendars(tx, people); err != nil {
		return err
	}
	c.busy, err = busy(tx, sl, people)
	return err
}

// settle sorts those who are in a slot as it will be by what becomes of them, and
// counts its places anew.
func (c *consequences) settle(tx *db.Tx, sl *model.Slot, people []model.Enrolment, st model.Step) error {
	var waiting []model.Enrolment
	for _, e := range people {
		switch {
		case c.busy[e.UserID] && e.State == model.EnrolmentEnrolled:
			sl.Enrolled--
			c.clashing = append(c.clashing, e)
		case c.busy[e.UserID]:
			sl.Waiting--
			c.clashing = append(c.clashing, e)
		case e.State == model.EnrolmentWaiting:
			waiting = append(waiting, e)
		default:
			c.staying = append(c.staying, e)
		}
	}
	next, err := promotable(tx, sl, waiting, sl.Left(), st)
	if err != nil {
		return err
	}
	c.promoted = next
	for _, e := range waiting {
		if !slices.ContainsFunc(next, func(p model.Enrolment) bool { return p.ID == e.ID }) {
			c.staying = append(c.staying, e)
		}
	}
	sl.Enrolled, sl.Waiting = sl.Enrolled+int64(len(next)), sl.Waiting-int64(len(next))
	return nil
}

// carryOut writes what becomes of those in a slot that has been changed.
func (s *Service) carryOut(tx *db.Tx, sl *model.Slot, c *consequences, st model.Step) error {
	for i := range c.clashing {
		if _, err := s.move(tx, &c.clashing[i], model.EnrolClash, st, (*model.Enrolment).Clash); err != nil {
			return err
		}
	}
	for i := range c.promoted {
		_, err := s.move(tx, &c.promoted[i], model.EnrolPromote, st, func(e *model.Enrolment, st model.Step) error {
			e.MoveTo(sl)
			e.Lead(sl)
			return e.Promote(sl, st)
		})
		if err != nil {
			return err
		}
	}
	for i := range c.staying {
		before, after := &c.staying[i], c.staying[i]
		after.MoveTo(sl)
		after.Lead(sl)
		if after == *before {
			continue
		}
		if err := db.Save(tx, before, &after); err != nil {
			return err
		}
	}
	for _, one := range c.calendars {
		if err := touch(tx, one); err != nil {
			return err
		}
	}
	return nil
}
