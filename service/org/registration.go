package org

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/model"
)

// Ordering is what somebody asks to be registered as.
type Ordering struct {
	UnitID, CommunityID int64
	GridID              int64 // 0: of no grid
	Post                string
}

// Register asks a community to take a party member in (报到). Whoever asks has to
// be on the roster of the unit, by name and phone.
func (s *Service) Register(ctx context.Context, who model.Actor, in Ordering) (*Registered, error) {
	return s.begin(ctx, who, func(tx *db.Tx, st model.Step) (*model.Registration, error) {
		o, err := s.ordered(tx, who, in)
		if err != nil {
			return nil, err
		}
		r, err := model.NewRegistration(tx.NewID(), *o, st)
		if err != nil {
			return nil, err
		}
		return r, s.add(tx, r, model.ErrRegistrationTaken)
	}, model.RegistrationSubmit)
}

// ChangeRegistration asks to be registered differently (变更): what is in force stays so until
// the new community has confirmed.
func (s *Service) ChangeRegistration(ctx context.Context, who model.Actor, id int64, in Ordering) (*Registered, error) {
	return s.begin(ctx, who, func(tx *db.Tx, st model.Step) (*model.Registration, error) {
		before, err := registration(tx, who, id)
		if err != nil {
			return nil, err
		}
		o, err := s.ordered(tx, who, in)
		if err != nil {
			return nil, err
		}
		after := *before
		r, err := after.Change(tx.NewID(), *o, st)
		if err != nil {
			return nil, err
		}
		if err := db.Save(tx, before, &after); err != nil {
			return nil, err
		}
		return r, s.add(tx, r, model.ErrRegistrationPending)
	}, model.RegistrationChange)
}

// begin adds a registration that make returns, and all that goes with it.
func (s *Service) begin(ctx context.Context, who model.Actor, make func(tx *db.Tx, st model.Step) (*model.Registration, error), e model.RegistrationEvent) (*Registered, error) {
	if who.TenantID == 0 {
		return nil, model.ErrNoHome
	}
	policy, err := s.policies.Of(ctx, who.TenantID)
	if err != nil {
		return nil, err
	}
	var id int64
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := make(tx, model.Step{Who: who, Now: tx.Now, Policy: policy})
		if err != nil {
			return err
		}
		id = r.ID
		if err := timer.Start(tx, model.RegistrationAlarm, r.ID, *r.DueAt); err != nil {
			return err
		}
		return s.tell(tx, who, "", r, e, "")
	})
	if err != nil {
		return nil, fmt.Errorf("org: %s registration: %w", e, err)
	}
	return s.Registration(ctx, who, id)
}

// add inserts r, unless its person has one already.
func (s *Service) add(tx *db.Tx, r *model.Registration, taken error) error {
	switch err := db.Add(tx, r); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return taken
	case err != nil:
		return fmt.Errorf("org: add registration: %w", err)
	}
	return nil
}

// ordered looks up what in names.
func (s *Service) ordered(tx *db.Tx, who model.Actor, in Ordering) (*model.RegistrationOrder, error) {
	o := &model.RegistrationOrder{Post: in.Post}
	for _, at := range []struct {
		id int64
		to **model.Org
	}{{in.CommunityID, &o.Community}, {in.UnitID, &o.Unit}, {in.GridID, &o.Grid}} {
		if at.id == 0 {
			continue
		}
		found, err := find(tx, who, at.id)
		if err != nil {
			return nil, err
		}
		*at.to = found
	}
	var err error
	o.RosterID, err = s.matched(tx, who.UserID, in.UnitID)
	return o, err
}

// matched returns the line of somebody on the roster of a unit. Whether it is
// his name or his number that is not there, the answer is the same, so that
// asking teaches nothing about others.
func (s *Service) matched(tx *db.Tx, user, unit int64) (int64, error) {
	u, err := db.Find[model.User](tx, user, model.ErrUserNotFound)
	if err != nil {
		return 0, err
	}
	name, err := s.sealer.Open(aad("users.name", u.ID), u.Name)
	if err != nil {
		return 0, fmt.Errorf("org: name of %d: %w", u.ID, err)
	}
	name, ok := model.PersonName(name)
	switch {
	case u.PhoneIndex == nil:
		return 0, model.ErrRegistrationPhone
	case !ok:
		return 0, model.ErrRegistrationName
	}
	var lines []model.RosterEntry
	err = tx.Where("active_key = ?", model.RosterKey(unit, *u.PhoneIndex)).Limit(1).Find(&lines).Error
	switch {
	case err != nil:
		return 0, fmt.Errorf("org: match with roster: %w", err)
	case len(lines) == 0 || !lines[0].Is(s.nameIndex(name), *u.PhoneIndex):
		return 0, model.ErrRegistrationMatch
	}
	return lines[0].ID, nil
}

// registration returns a registration that who may know of.
func registration(tx *db.Tx, who model.Actor, id int64) (*model.Registration, error) {
	r, err := db.Find[model.Registration](tx, id, model.ErrRegistrationNotFound)
	if err != nil {
		return nil, err
	}
	return r, r.Seen(who)
}

// tell writes a line of history about r.
func (s *Service) tell(tx *db.Tx, who model.Actor, from model.RegistrationState, r *model.Registration, e model.RegistrationEvent, reason string) error {
	by := model.RegistrationStaff
	switch {
	case who.System || e == model.RegistrationReplace || e == model.RegistrationDropChange:
		by = model.RegistrationSystem
	case who.UserID == r.UserID:
		by = model.RegistrationMember
	}
	return s.events.Put(tx, model.Event{
		TenantID: r.TenantID, Subject: model.OfRegistration, SubjectID: r.ID, Name: string(e), FromState: string(from), ToState: string(r.State),
		ActorID: who.UserID, ActorRole: string(by), Reason: reason, RequestID: who.RequestID,
	})
}

// Registered is a registration as somebody may see it, with what the people and
// places on it are called.
type Registered struct {
	model.Registration
	Name                              string // in full for himself and for who decides on it by itself, else masked
	UnitName, CommunityName, GridName string
	OnRoster                          bool // the line it rests on is still there
	Possible                          []model.RegistrationEvent
	History                           []model.Event // of one that was asked for by itself, oldest first
}

// registeredRow is how it is read.
type registeredRow struct {
	model.Registration
	SealedName, DisplayName           string
	UnitName, CommunityName, GridName string
	RosterState                       model.RosterState
}

const registeredRows = `SELECT r.*, u.name AS sealed_name, u.display_name, n.name AS unit_name, c.name AS community_name,
		COALESCE(g.name, '') AS grid_name, COALESCE(e.state, '') AS roster_state
	FROM registrations r JOIN users u ON u.id = r.user_id JOIN orgs n ON n.id = r.unit_id JOIN orgs c ON c.id = r.community_id
		LEFT JOIN orgs g ON g.id = r.grid_id LEFT JOIN roster_entries e ON e.id = r.roster_id `

func (s *Service) registered(row *registeredRow, who model.Actor, alone bool) (*Registered, error) {
	name, err := s.sealer.Open(aad("users.name", row.UserID), row.SealedName)
	if err != nil {
		return nil, fmt.Errorf("org: name of %d: %w", row.UserID, err)
	}
	r := &Registered{
		Registration: row.Registration, Name: cmp.Or(name, row.DisplayName), UnitName: row.UnitName, CommunityName: row.CommunityName,
		GridName: row.GridName, OnRoster: row.RosterState == model.RosterActive, Possible: row.Possible(who),
	}
	decides := alone && who.Holds(r.CommunityPath, r.Deciders()...)
	if r.UserID != who.UserID && !decides {
		r.Name = model.MaskName(r.Name)
	}
	return r, nil
}

// Registration returns one registration with its history.
func (s *Service) Registration(ctx context.Context, who model.Actor, id int64) (*Registered, error) {
	var rows []registeredRow
	var history []model.Event
	err := s.db.View(ctx, func(tx *db.Tx) error {
		if err := tx.Raw(registeredRows+"WHERE r.id = ?", id).Scan(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return model.ErrRegistrationNotFound
		}
		if err := rows[0].Seen(who); err != nil {
			return err
		}
		return tx.Where("subject = ? AND subject_id = ?", model.OfRegistration, id).Order("id").Limit(200).Find(&history).Error
	})
	if err != nil {
		return nil, fmt.Errorf("org: registration %d: %w", id, err)
	}
	r, err := s.registered(&rows[0], who, true)
	if err != nil {
		return nil, err
	}
	r.History = history
	return r, nil
}

// MyRegistrations returns who's own registrations, newest first.
func (s *Service) MyRegistrations(ctx context.Context, who model.Actor, before int64, limit int) ([]*Registered, error) {
	return s.registrations(ctx, who, "WHERE r.user_id = ? AND r.id < ? ORDER BY r.id DESC LIMIT ?", who.UserID, db.Before(before), limit)
}

func (s *Service) registrations(ctx context.Context, who model.Actor, where string, args ...any) ([]*Registered, error) {
	var rows []registeredRow
	err := s.db.View(ctx, func(tx *db.Tx) error { return tx.Raw(registeredRows+where, args...).Scan(&rows).Error })
	if err != nil {
		return nil, fmt.Errorf("org: registrations: %w", err)
	}
	all := make([]*Registered, len(rows))
	for i := range rows {
		if all[i], err = s.registered(&rows[i], who, false); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// RegistrationFilter asks for what waits in a queue: of a community all in a
// state, of a township or county what has come up to it. At most Limit, with ids
// greater than After. OrgID 0 is who's own.
type RegistrationFilter struct {
	OrgID int64
	State model.RegistrationState
	After int64
	Limit int
}

// registrars are the roles whose holders decide on registrations.
var registrars = []model.Role{model.RoleWorker, model.RoleTownship, model.RoleCounty}

// RegistrationQueue returns what f asks for, the oldest first (审核队列).
func (s *Service) RegistrationQueue(ctx context.Context, who model.Actor, f RegistrationFilter) ([]*Registered, error) {
	for _, role := range registrars {
		for _, h := range who.Held {
			if f.OrgID == 0 && h.Role == role {
				f.OrgID = h.OrgID
			}
		}
	}
	o, err := s.Get(ctx, who, f.OrgID)
	if err != nil {
		return nil, err
	}
	column := map[model.OrgKind]string{
		model.OrgCommunity: "r.community_id", model.OrgTownship: "r.queue_org_id", model.OrgCounty: "r.queue_org_id",
	}[o.Kind]
	switch {
	case column == "":
		return nil, model.ErrOrgNotFound
	case !who.Holds(o.Path, registrars...):
		return nil, model.ErrForbidden
	}
	return s.registrations(ctx, who, "WHERE "+column+" = ? AND r.state = ? AND r.id > ? ORDER BY r.id LIMIT ?", o.ID, f.State, f.After, f.Limit)
}
