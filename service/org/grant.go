package org

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

// Giving is a role that somebody is given in an organisation.
type Giving struct {
	UserID     int64
	Role       model.Role
	OrgID      int64
	OrgOnly    bool // without what is below
	ValidUntil *time.Time

	// Of a member or volunteer: where he belongs besides, and what he can do.
	GridID, UnitID, TeamID int64
	Skills                 []string
}

// Give grants a role (授权). A member or volunteer is registered with the
// community of the organisation at the same time.
func (s *Service) Give(ctx context.Context, who model.Actor, in Giving) (line *GrantLine, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := s.mayGive(tx, who, in)
		if err != nil {
			return err
		}
		g, err := give(tx, who, in, o)
		if err != nil {
			return err
		}
		line, err = lineOf(tx, g)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("org: give: %w", err)
	}
	return line, nil
}

// give writes a grant that may be given, the registration that goes with it, and
// a line of the audit log.
func give(tx *db.Tx, who model.Actor, in Giving, o *model.Org) (*model.Grant, error) {
	g := model.NewGrant(tx.NewID(), in.UserID, in.Role, o, who.UserID, tx.Now)
	g.Subtree, g.ValidUntil = !in.OrgOnly, in.ValidUntil
	if err := endLapsed(tx, g); err != nil {
		return nil, err
	}
	switch err := db.Add(tx, g); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return nil, model.ErrGrantTaken
	case err != nil:
		return nil, err
	}
	if err := register(tx, who, in, o); err != nil {
		return nil, err
	}
	return g, audit.Put(tx, who, "grant.give", model.OfGrant, g.ID, map[string]any{
		"user_id": in.UserID, "role": in.Role, "org_id": in.OrgID, "subtree": g.Subtree, "valid_until": in.ValidUntil,
	})
}

// mayGive says whether who may give what in asks for.
func (s *Service) mayGive(tx *db.Tx, who model.Actor, in Giving) (*model.Org, error) {
	o, err := managed(tx, who, in.OrgID)
	if err != nil {
		return nil, err
	}
	u, err := db.Find[model.User](tx, in.UserID, model.ErrUserNotFound)
	if err != nil {
		return nil, err
	}
	switch {
	case u.TenantID != who.TenantID:
		return nil, model.ErrUserNotFound
	case u.ID == who.UserID:
		return nil, model.ErrGrantSelf
	case u.State != model.UserActive:
		return nil, model.ErrDisabled
	case o.State != model.OrgActive:
		return nil, model.ErrOrgClosed
	case !in.Role.HeldIn(o.Kind):
		return nil, model.ErrGrantOrg.At("body.org_id", "须为可以授予这一角色的组织")
	case in.ValidUntil != nil && !in.ValidUntil.After(tx.Now):
		return nil, model.ErrGrantPast.At("body.valid_until", "须晚于现在")
	}
	return o, nil
}

// endLapsed ends a grant of the same key that has run out by itself, so that it
// does not stand in the way of a new one.
func endLapsed(tx *db.Tx, g *model.Grant) error {
	old, err := gorm.G[model.Grant](tx.DB).Where("active_key = ?", *g.ActiveKey).Take(tx.Ctx)
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return nil
	case err != nil:
		return err
	case !old.Lapsed(tx.Now):
		return model.ErrGrantTaken
	}
	ended := old
	if err := ended.Revoke(0, *old.ValidUntil); err != nil {
		return err
	}
	return db.Save(tx, &old, &ended)
}

// Revoke ends a grant.
func (s *Service) Revoke(ctx context.Context, who model.Actor, id int64, reason string) (line *GrantLine, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := db.Find[model.Grant](tx, id, model.ErrGrantNone)
		switch {
		case err != nil:
			return err
		case before.TenantID != who.TenantID:
			return model.ErrGrantNone
		case !who.Holds(before.OrgPath, model.RoleAdmin):
			return model.ErrOrgForeign
		case before.UserID == who.UserID:
			return model.ErrGrantSelf
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
		if line, err = lineOf(tx, &after); err != nil {
			return err
		}
		return audit.Put(tx, who, "grant.revoke", model.OfGrant, id, map[string]any{
			"user_id": after.UserID, "role": after.Role, "org_id": after.OrgID, "reason": reason,
		})
	})
	if err != nil {
		return nil, fmt.Errorf("org: revoke: %w", err)
	}
	return line, nil
}

// GrantFilter asks for the grants of a person, or in an organisation: at most
// Limit, older than Before.
type GrantFilter struct {
	UserID, OrgID int64
	Before        int64
	Limit         int
}

// GrantLine is a grant with what its person and organisation are called.
type GrantLine struct {
	model.Grant
	DisplayName, OrgName string
}

// lineOf returns g with the names.
func lineOf(tx *db.Tx, g *model.Grant) (*GrantLine, error) {
	line := &GrantLine{}
	err := tx.Raw(`SELECT COALESCE(u.display_name, '') AS display_name, o.name AS org_name
		FROM orgs o LEFT JOIN users u ON u.id = ? WHERE o.id = ?`, g.UserID, g.OrgID).Scan(line).Error
	if err != nil {
		return nil, fmt.Errorf("org: names of grant %d: %w", g.ID, err)
	}
	line.Grant = *g
	return line, nil
}

// Grants returns the grants that f asks for, in force or ended, newest first.
func (s *Service) Grants(ctx context.Context, who model.Actor, f GrantFilter) (all []GrantLine, err error) {
	column, value := "g.user_id", f.UserID
	if f.OrgID != 0 {
		column, value = "g.org_id", f.OrgID
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		return tx.Raw(`SELECT g.*, COALESCE(u.display_name, '') AS display_name, COALESCE(o.name, '') AS org_name
			FROM grants g LEFT JOIN users u ON u.id = g.user_id LEFT JOIN orgs o ON o.id = g.org_id
			WHERE `+column+` = ? AND g.tenant_id = ? AND g.id < ? ORDER BY g.id DESC LIMIT ?`,
			value, who.TenantID, db.Before(f.Before), f.Limit).Scan(&all).Error
	})
	if err != nil {
		return nil, fmt.Errorf("org: grants: %w", err)
	}
	return all, nil
}

// AuditFilter asks for lines of the audit log: about one subject or all, at
// most Limit, older than Before.
type AuditFilter struct {
	Subject   model.Subject
	SubjectID int64
	Before    int64
	Limit     int
}

// AuditLine is a line of the audit log with what its actor is called.
type AuditLine struct {
	model.Audit
	DisplayName string
}

// Audits returns the county's audit log, newest first, to its auditors.
func (s *Service) Audits(ctx context.Context, who model.Actor, f AuditFilter) (all []AuditLine, err error) {
	if !who.HoldsAt(who.TenantID, model.RoleAuditor) {
		return nil, model.ErrForbidden
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		q := `SELECT a.*, COALESCE(u.display_name, '') AS display_name FROM audits a LEFT JOIN users u ON u.id = a.actor_id
			WHERE a.tenant_id = ? AND a.id < ?`
		args := []any{who.TenantID, db.Before(f.Before)}
		if f.SubjectID != 0 {
			q, args = q+" AND a.subject = ? AND a.subject_id = ?", append(args, f.Subject, f.SubjectID)
		}
		return tx.Raw(q+" ORDER BY a.id DESC LIMIT ?", append(args, f.Limit)...).Scan(&all).Error
	})
	if err != nil {
		return nil, fmt.Errorf("org: audits: %w", err)
	}
	return all, nil
}
