package activity

import (
	"context"
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
)

// Volunteer is somebody who can be put on a list, as whoever makes it sees him:
// his name in full to those who organise what his organisation does, and to
// other leaders masked; his number masked.
type Volunteer struct {
	UserID      int64
	Name, Phone string
	Offline     bool
}

// volunteer is a row of a list of people before it is opened.
type volunteer struct {
	UserID int64
	Phone  string
	Who    person `gorm:"embedded"`
}

// Volunteers returns the registered members and volunteers of an organisation
// that who organises, in the order of their ids.
func (s *Service) Volunteers(ctx context.Context, who model.Actor, org, after int64, limit int) (all []Volunteer, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o, err := orgOf(tx, who, org)
		switch {
		case err != nil:
			return err
		case !who.Organises(o.Path):
			return model.ErrOrgForeign
		}
		all, err = s.volunteersOf(tx, o, after, limit, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// VolunteersFor returns those of the organisation of a slot, to its leader.
func (s *Service) VolunteersFor(ctx context.Context, who model.Actor, slot, after int64, limit int) (all []Volunteer, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		sl, err := slotOf(tx, who, slot)
		switch {
		case err != nil:
			return err
		case !who.Leads(sl):
			return model.ErrSlotNotFound
		}
		o, err := orgOf(tx, who, sl.OrgID)
		if err != nil {
			return err
		}
		all, err = s.volunteersOf(tx, o, after, limit, who.Organises(o.Path))
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// registers say where an organisation of each kind keeps its people: who is
// registered with it, and in a team or social organisation also who has a role
// in it.
var registers = map[model.OrgKind]string{
	model.OrgCommunity: "SELECT m.user_id FROM members m WHERE m.community_id = @org AND m.user_id > @after",
	model.OrgUnit:      "SELECT m.user_id FROM members m WHERE m.unit_id = @org AND m.user_id > @after",
	model.OrgTeam:      "SELECT m.user_id FROM members m WHERE m.team_id = @org AND m.user_id > @after UNION " + withRole,
	model.OrgSocial:    withRole,
}

const withRole = "SELECT DISTINCT g.user_id FROM grants g WHERE g.org_id = @org AND g.user_id > @after AND g.active_key IS NOT NULL"

// volunteersOf returns the people of o who serve, with their names in full or
// masked.
func (s *Service) volunteersOf(tx *db.Tx, o *model.Org, after int64, limit int, full bool) ([]Volunteer, error) {
	register, ok := registers[o.Kind]
	if !ok {
		return nil, model.ErrActivityOrg
	}
	var rows []volunteer
	err := tx.Raw(`SELECT u.id AS user_id, u.phone, u.display_name, u.name AS sealed, u.open_id
		FROM (`+register+`) p JOIN users u ON u.id = p.user_id
		WHERE u.tenant_id = @tenant AND u.state = @active AND u.consent <> '' AND EXISTS (SELECT 1 FROM grants h WHERE h.user_id = u.id
			AND h.tenant_id = u.tenant_id AND h.role IN @roles AND h.active_key IS NOT NULL AND (h.valid_until IS NULL OR h.valid_until > @now))
		ORDER BY u.id LIMIT @limit`, map[string]any{
		"org": o.ID, "after": after, "tenant": o.TenantID, "active": model.UserActive, "roles": serving, "now": tx.Now, "limit": limit,
	}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("activity: volunteers of %d: %w", o.ID, err)
	}
	all := make([]Volunteer, len(rows))
	for i, r := range rows {
		name, err := s.open(r.UserID, r.Who)
		if err != nil {
			return nil, err
		}
		phone, err := s.sealer.Open(fmt.Sprintf("users.phone:%d", r.UserID), r.Phone)
		if err != nil {
			return nil, fmt.Errorf("activity: phone of %d: %w", r.UserID, err)
		}
		if !full {
			name = model.MaskName(name)
		}
		all[i] = Volunteer{r.UserID, name, model.MaskPhone(phone), model.OfflineID(r.Who.OpenID)}
	}
	return all, nil
}
