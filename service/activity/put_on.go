package activity

import (
	"context"
	"errors"
	"fmt"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/model"
)

// PutOn puts a volunteer on the list of a slot (代为报名), by its leader: whoever
// has no smartphone, or has come without having enrolled. Somebody who waits is
// given a place before his turn.
func (s *Service) PutOn(ctx context.Context, who model.Actor, slot, user int64) (*Listed, error) {
	var id int64
	err := s.stepping(ctx, who, func(tx *db.Tx, st model.Step) error {
		c, err := calendar(tx, who.TenantID, user)
		if err != nil {
			return err
		}
		sl, err := slotOf(tx, who, slot)
		switch {
		case err != nil:
			return err
		case !who.Leads(sl):
			return model.ErrSlotNotFound
		}
		if err := within(tx, sl, user); err != nil {
			return err
		}
		if id, err = s.putOn(tx, sl, user, c, st); err != nil {
			return err
		}
		return audit.Put(tx, who, "enrolment.put_on", model.OfEnrolment, id, map[string]any{"user_id": user, "slot_id": slot})
	})
	if err != nil {
		return nil, err
	}
	return s.listed(ctx, who, id)
}

// putOn gives somebody a place, or the one he waits for, and returns its id. The
// slot is written last.
func (s *Service) putOn(tx *db.Tx, sl *model.Slot, user int64, c *model.Calendar, st model.Step) (int64, error) {
	before, err := live(tx, sl.ID, user)
	switch {
	case err == nil && before.State == model.EnrolmentWaiting:
		if sl.Left() == 0 {
			return 0, model.ErrSlotFull
		}
		e, err := s.moveBy(tx, before, model.EnrolPromote, model.PartyLeader, st, promoteIn(sl))
		if err != nil {
			return 0, err
		}
		return e.ID, places(tx, sl, 1, -1, "enrolled < capacity AND waiting > 0")
	case err != nil && !errors.Is(err, model.ErrEnrolmentNotFound):
		return 0, err
	}
	his, err := around(tx, user, sl)
	if err != nil {
		return 0, err
	}
	e, err := sl.PutOn(tx.NewID(), user, his, st)
	if err != nil {
		return 0, err
	}
	return e.ID, s.enter(tx, sl, e, c, model.EnrolEnrol, model.PartyLeader, st)
}

// serving are the roles of those who can be put on a list.
var serving = []model.Role{model.RoleVolunteer, model.RoleMember, model.RoleLiaison}

// within says whether somebody is one of those whom the leader of a slot can put
// on its list: who serves its organisation, what is below that, or its community.
// Of others he cannot even tell that they are there.
func within(tx *db.Tx, sl *model.Slot, user int64) error {
	var found []int64
	err := tx.Raw(`SELECT u.id FROM users u JOIN grants g ON g.user_id = u.id LEFT JOIN members m ON m.user_id = u.id AND m.tenant_id = u.tenant_id
		WHERE u.id = ? AND u.tenant_id = ? AND u.state = ? AND u.consent <> '' AND g.tenant_id = u.tenant_id AND g.role IN ? AND g.active_key IS NOT NULL
		AND (g.valid_until IS NULL OR g.valid_until > ?)
		AND (g.org_path LIKE ? OR g.org_id = ? OR m.community_id = ? OR m.unit_id = ? OR m.team_id = ?) LIMIT 1`,
		user, sl.TenantID, model.UserActive, serving, tx.Now,
		string(sl.OrgPath)+"%", sl.CommunityID, sl.CommunityID, sl.OrgID, sl.OrgID).Scan(&found).Error
	switch {
	case err != nil:
		return fmt.Errorf("activity: whether %d can be in %d: %w", user, sl.ID, err)
	case len(found) == 0:
		return model.ErrUserNotFound
	}
	return nil
}
