// Package org keeps the organisations of a county, who holds which role in them,
// and who registers where (双报到).
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

var (
	errName   = fault.Define(fault.Invalid, "org.name", "名称须为 2–30 个可见的字")
	errSkills = fault.Define(fault.Invalid, "org.skills", "技能至多 12 项, 每项 1–16 字, 不含逗号")
)

// Events takes what happened, for history and for those who listen.
type Events interface {
	Put(tx *db.Tx, e model.Event) error
}

// Policies tells the limits that a tenant has set.
type Policies interface {
	Of(ctx context.Context, tenant int64) (model.Policy, error)
}

// Sealer keeps personal data from whoever reads the database.
type Sealer interface {
	Seal(aad, plain string) (string, error)
	Open(aad, sealed string) (string, error)
	Index(kind, value string) string
}

// Service keeps organisations, grants, rosters and registrations.
type Service struct {
	db       *db.DB
	events   Events
	policies Policies
	sealer   Sealer
}

// New returns a Service that keeps them in d.
func New(d *db.DB, events Events, policies Policies, sealer Sealer) *Service {
	return &Service{db: d, events: events, policies: policies, sealer: sealer}
}

// Place is a community to live in, with what it belongs to.
type Place struct {
	ID                       int64
	Name, Township, County   string
	TenantID, ParentTownship int64
}

// Communities returns the communities that who can choose to live in: of his
// county, or of all while he has none.
func (s *Service) Communities(ctx context.Context, who model.Actor, after int64, limit int) (all []Place, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		q := `SELECT c.id, c.name, c.tenant_id, t.id AS parent_township, t.name AS township, k.name AS county
			FROM orgs c JOIN orgs t ON t.id = c.parent_id JOIN orgs k ON k.id = c.tenant_id
			WHERE c.kind = ? AND c.state = ? AND c.id > ?`
		args := []any{model.OrgCommunity, model.OrgActive, after}
		if who.TenantID != 0 {
			q, args = q+" AND c.tenant_id = ?", append(args, who.TenantID)
		}
		return tx.Raw(q+" ORDER BY c.id LIMIT ?", append(args, limit)...).Scan(&all).Error
	})
	if err != nil {
		return nil, fmt.Errorf("org: communities: %w", err)
	}
	return all, nil
}

// Filter asks for organisations of one's county: below a parent, of a kind, of
// a community; at most Limit with ids greater than After.
type Filter struct {
	ParentID, CommunityID int64
	Kind                  model.OrgKind
	After                 int64
	Limit                 int
}

// List returns the organisations that f asks for, oldest first.
func (s *Service) List(ctx context.Context, who model.Actor, f Filter) (all []model.Org, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		q := gorm.G[model.Org](tx.DB).Where("tenant_id = ? AND id > ?", who.TenantID, f.After)
		if f.ParentID != 0 {
			q = q.Where("parent_id = ?", f.ParentID)
		}
		if f.CommunityID != 0 {
			q = q.Where("community_id = ?", f.CommunityID)
		}
		if f.Kind != "" {
			q = q.Where("kind = ?", f.Kind)
		}
		all, err = q.Order("id").Limit(f.Limit).Find(tx.Ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("org: list: %w", err)
	}
	return all, nil
}

// Get returns an organisation of who's county.
func (s *Service) Get(ctx context.Context, who model.Actor, id int64) (o *model.Org, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o, err = find(tx, who, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return o, nil
}

// find returns an organisation inside the wall of who's county.
func find(tx *db.Tx, who model.Actor, id int64) (*model.Org, error) {
	o, err := db.Find[model.Org](tx, id, model.ErrOrgNotFound)
	if err != nil {
		return nil, err
	}
	if o.TenantID != who.TenantID {
		return nil, model.ErrOrgNotFound
	}
	return o, nil
}

// managed returns an organisation that who administers.
func managed(tx *db.Tx, who model.Actor, id int64) (*model.Org, error) {
	o, err := find(tx, who, id)
	if err != nil {
		return nil, err
	}
	if !who.Holds(o.Path, model.RoleAdmin) {
		return nil, model.ErrOrgForeign
	}
	return o, nil
}

// Create founds an organisation under another.
func (s *Service) Create(ctx context.Context, who model.Actor, kind model.OrgKind, name string, parent int64, skills []string) (o *model.Org, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		above, err := managed(tx, who, parent)
		if err != nil {
			return err
		}
		clean, ok := model.CleanText(name, 2, 30)
		if !ok {
			return errName.At("body.name", "须为 2–30 个可见的字")
		}
		if o, err = model.NewOrg(tx.NewID(), kind, clean, above); err != nil {
			return err
		}
		if o.Skills, err = skillsOf(skills); err != nil {
			return err
		}
		o.CreatedAt, o.UpdatedAt = tx.Now, tx.Now
		if err := db.Add(tx, o); err != nil {
			return nameTaken(err)
		}
		if err := hold(tx, above); err != nil {
			return err
		}
		return audit.Put(tx, who, "org.create", model.OfOrg, o.ID, map[string]any{"kind": kind, "parent_id": parent})
	})
	if err != nil {
		return nil, fmt.Errorf("org: create: %w", err)
	}
	return o, nil
}

func nameTaken(err error) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return model.ErrOrgName
	}
	return err
}

func skillsOf(words []string) (model.Skills, error) {
	skills, ok := model.CleanSkills(words)
	if !ok {
		return "", errSkills.At("body.skills", model.SkillsRule)
	}
	return skills, nil
}

// Change renames an organisation or says anew what it offers to do; nil leaves
// it as it is.
func (s *Service) Change(ctx context.Context, who model.Actor, id int64, name *string, skills *[]string) (*model.Org, error) {
	return s.alter(ctx, who, id, "org.change", func(_ *db.Tx, o *model.Org) (err error) {
		if name != nil {
			clean, ok := model.CleanText(*name, 2, 30)
			if !ok {
				return errName.At("body.name", "须为 2–30 个可见的字")
			}
			o.Name = clean
		}
		if skills != nil {
			o.Skills, err = skillsOf(*skills)
		}
		return err
	})
}

// alter changes an organisation that who administers, and says so in the audit
// log.
func (s *Service) alter(ctx context.Context, who model.Actor, id int64, action string, change func(*db.Tx, *model.Org) error) (*model.Org, error) {
	var after model.Org
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := managed(tx, who, id)
		if err != nil {
			return err
		}
		after = *before
		if err := change(tx, &after); err != nil {
			return err
		}
		if err := db.Save(tx, before, &after); err != nil {
			return nameTaken(err)
		}
		return audit.Put(tx, who, action, model.OfOrg, id, nil)
	})
	if err != nil {
		return nil, fmt.Errorf("org: %s: %w", action, err)
	}
	return &after, nil
}
