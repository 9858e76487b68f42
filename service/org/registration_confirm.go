package org

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
)

// Confirm takes a party member in (确认报到): with his registration he becomes a
// member of the community, in one transaction. If it is a change, what it
// replaces ends with it.
func (s *Service) Confirm(ctx context.Context, who model.Actor, id int64) (*Registered, error) {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := registration(tx, who, id)
		if err != nil {
			return err
		}
		st := model.Step{Who: who, Now: tx.Now}
		after := *before
		if err := after.Confirmable(st); err != nil {
			return err
		}
		if after.RosterID, err = s.stillMatched(tx, before); err != nil {
			return err
		}
		g, err := enlist(tx, who, &after)
		if err != nil {
			return err
		}
		old, err := s.replace(tx, before, st)
		if err != nil {
			return err
		}
		if err := after.Confirm(st, g.ID, old); err != nil {
			return err
		}
		m := registrationStep{event: model.RegistrationConfirm, staff: true}
		if old != nil && old.GrantID != g.ID {
			m.with = func(tx *db.Tx, _ *model.Registration, st model.Step) error { return delist(tx, st.Who, old.GrantID) }
		}
		return s.settle(tx, before, &after, m, st)
	})
	if err != nil {
		return nil, fmt.Errorf("org: confirm registration %d: %w", id, err)
	}
	return s.Registration(ctx, who, id)
}

// stillMatched looks once more whether r's person is on the roster. If he is
// taken off at the same time, he was taken in just before.
func (s *Service) stillMatched(tx *db.Tx, r *model.Registration) (int64, error) {
	u, err := db.Find[model.User](tx, r.UserID, model.ErrUserNotFound)
	switch {
	case err != nil:
		return 0, err
	case u.TenantID != r.TenantID:
		return 0, model.ErrUserNotFound
	case u.State != model.UserActive:
		return 0, model.ErrDisabled.Saying("该人员的账号已停用")
	}
	line, err := s.matched(tx, r.UserID, r.UnitID)
	if fault.Of(err) != nil {
		return 0, model.ErrRegistrationRoster
	}
	return line, err
}

// replace ends the registration in whose place change comes, and returns it; nil
// if change begins something.
func (s *Service) replace(tx *db.Tx, change *model.Registration, st model.Step) (*model.Registration, error) {
	if change.ReplacesID == 0 {
		return nil, nil
	}
	before, err := db.Find[model.Registration](tx, change.ReplacesID, model.ErrRegistrationNotFound)
	if err != nil {
		return nil, err
	}
	after := *before
	if err := after.Replace(st, change.ID); err != nil {
		return nil, err
	}
	if err := db.Save(tx, before, &after); err != nil {
		return nil, err
	}
	return &after, s.tell(tx, st.Who, before.State, &after, model.RegistrationReplace, "")
}

// enlist gives r's person the role of a member in r's community, if he has not
// got it for good, and notes where he belongs.
func enlist(tx *db.Tx, who model.Actor, r *model.Registration) (*model.Grant, error) {
	o, err := find(tx, who, r.CommunityID)
	switch {
	case err != nil:
		return nil, err
	case o.State != model.OrgActive:
		return nil, model.ErrOrgClosed
	}
	g, err := lasting(tx, model.NewGrant(tx.NewID(), r.UserID, model.RoleMember, o, who.UserID, tx.Now))
	if err != nil {
		return nil, err
	}
	in := Giving{UserID: r.UserID, Role: model.RoleMember, OrgID: o.ID, GridID: r.GridID, UnitID: r.UnitID}
	if err := register(tx, who, in, o); err != nil {
		return nil, err
	}
	// What is not told anew would stay; but a grid is one of a community.
	err = tx.Model(&model.Member{}).Where("user_id = ?", r.UserID).Update("grid_id", r.GridID).Error
	if err != nil {
		return nil, fmt.Errorf("org: grid of member %d: %w", r.UserID, err)
	}
	return g, audit.Put(tx, who, "grant.register", model.OfGrant, g.ID, map[string]any{
		"user_id": g.UserID, "role": g.Role, "org_id": g.OrgID, "registration_id": r.ID,
	})
}

// lasting puts g in force until it is revoked, and returns it or the one of the
// same key that is in force already.
func lasting(tx *db.Tx, g *model.Grant) (*model.Grant, error) {
	switch err := endLapsed(tx, g); {
	case errors.Is(err, model.ErrGrantTaken):
		return renew(tx, *g.ActiveKey)
	case err != nil:
		return nil, err
	}
	switch err := db.Add(tx, g); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return nil, db.ErrStale // it has just been given: look again
	case err != nil:
		return nil, fmt.Errorf("org: give role: %w", err)
	}
	return g, nil
}

// renew takes the end off the grant of a key that has one.
func renew(tx *db.Tx, key string) (*model.Grant, error) {
	before, err := gorm.G[model.Grant](tx.DB).Where("active_key = ?", key).Take(tx.Ctx)
	if err != nil || before.ValidUntil == nil {
		return &before, err
	}
	after := before
	after.ValidUntil = nil
	return &after, db.Save(tx, &before, &after)
}

// delist ends the role that came with a registration, unless somebody has ended
// it before.
func delist(tx *db.Tx, who model.Actor, grant int64) error {
	before, err := db.Find[model.Grant](tx, grant, model.ErrGrantNone)
	if err != nil || before.ActiveKey == nil {
		return err
	}
	after := *before
	if err := after.Revoke(who.UserID, tx.Now); err != nil {
		return err
	}
	if err := db.Save(tx, before, &after); err != nil {
		return err
	}
	if err := leave(tx, &after); err != nil {
		return err
	}
	return audit.Put(tx, who, "grant.leave", model.OfGrant, grant, map[string]any{"user_id": after.UserID, "role": after.Role, "org_id": after.OrgID})
}
