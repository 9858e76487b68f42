package org

import (
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// registered are the roles whose holders communities can send wishes to.
var registered = []model.Role{model.RoleMember, model.RoleVolunteer}

// register notes where a member or volunteer belongs and what he can do. What
// is not told anew stays as it is, unless it was told in another county.
func register(tx *db.Tx, who model.Actor, in Giving, o *model.Org) error {
	if !slices.Contains(registered, in.Role) {
		return nil
	}
	m, err := memberOf(tx, who, in, o)
	if err != nil {
		return err
	}
	var old model.Member
	err = tx.Where("user_id = ?", m.UserID).Take(&old).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		if err = db.Add(tx, m); errors.Is(err, gorm.ErrDuplicatedKey) {
			return db.ErrStale // he has just been registered: add to that
		}
		return err
	case err != nil:
		return fmt.Errorf("org: member %d: %w", m.UserID, err)
	case old.TenantID == m.TenantID:
		keep(m, &old)
	}
	return tx.Model(&model.Member{}).Where("user_id = ?", m.UserID).Updates(map[string]any{
		"tenant_id": m.TenantID, "community_id": m.CommunityID, "grid_id": m.GridID, "unit_id": m.UnitID, "team_id": m.TeamID,
		"skills": m.Skills, "updated_at": tx.Now,
	}).Error
}

// memberOf returns the registration that in asks for.
func memberOf(tx *db.Tx, who model.Actor, in Giving, o *model.Org) (*model.Member, error) {
	skills, err := skillsOf(in.Skills)
	if err != nil {
		return nil, err
	}
	m := &model.Member{
		UserID: in.UserID, TenantID: o.TenantID, CommunityID: o.CommunityID, GridID: in.GridID, UnitID: in.UnitID, TeamID: in.TeamID,
		Skills: skills, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	for _, place := range []struct {
		id   int64
		kind model.OrgKind
		path string
	}{{in.GridID, model.OrgGrid, "body.grid_id"}, {in.UnitID, model.OrgUnit, "body.unit_id"}, {in.TeamID, model.OrgTeam, "body.team_id"}} {
		if err := serving(tx, who, place.id, place.kind, place.path); err != nil {
			return nil, err
		}
	}
	switch o.Kind {
	case model.OrgCommunity:
		m.CommunityID = o.ID
	case model.OrgUnit:
		m.UnitID = o.ID
	case model.OrgTeam:
		m.TeamID = o.ID
	}
	return m, nil
}

// serving checks that id, if any is named at path, is an organisation of that
// kind in use.
func serving(tx *db.Tx, who model.Actor, id int64, kind model.OrgKind, path string) error {
	if id == 0 {
		return nil
	}
	o, err := find(tx, who, id)
	switch {
	case err != nil:
		return err
	case o.Kind != kind:
		return model.ErrGrantOrg.At(path, "须为相应类别的组织")
	case o.State != model.OrgActive:
		return model.ErrOrgClosed
	}
	return nil
}

// keep fills in what m leaves out.
func keep(m, old *model.Member) {
	for _, f := range []struct{ to, from *int64 }{
		{&m.CommunityID, &old.CommunityID}, {&m.GridID, &old.GridID}, {&m.UnitID, &old.UnitID}, {&m.TeamID, &old.TeamID},
	} {
		if *f.to == 0 {
			*f.to = *f.from
		}
	}
	if m.Skills == "" {
		m.Skills = old.Skills
	}
}

// leave ends the registration of whoever has lost the last role that it stood
// on, so that nobody is sent a wish that he may not take.
func leave(tx *db.Tx, ended *model.Grant) error {
	if !slices.Contains(registered, ended.Role) {
		return nil
	}
	var others int64
	err := tx.Model(&model.Grant{}).Where("user_id = ? AND role IN ? AND active_key IS NOT NULL AND (valid_until IS NULL OR valid_until > ?)",
		ended.UserID, registered, tx.Now).Count(&others).Error
	if err == nil && others == 0 {
		_, err = gorm.G[model.Member](tx.DB).Where("user_id = ? AND tenant_id = ?", ended.UserID, ended.TenantID).Delete(tx.Ctx)
	}
	if err != nil {
		return fmt.Errorf("org: member %d leaves: %w", ended.UserID, err)
	}
	return nil
}

// Enlist makes somebody new a volunteer of a community (登记志愿者), at the word of
// the staff who look after it.
func (s *Service) Enlist(tx *db.Tx, who model.Actor, user int64, community *model.Org, skills []string) error {
	if !who.Holds(community.Path, model.RoleWorker, model.RoleTownship, model.RoleCounty) {
		return model.ErrOrgForeign
	}
	_, err := give(tx, who, Giving{UserID: user, Role: model.RoleVolunteer, OrgID: community.ID, Skills: skills}, community)
	if err != nil {
		return fmt.Errorf("org: enlist %d: %w", user, err)
	}
	return nil
}
