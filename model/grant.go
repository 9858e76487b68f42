package model

import (
	"fmt"
	"time"
)

// NewGrant returns a grant of role in org and all that is below it, in force
// from now on.
func NewGrant(id, user int64, role Role, org *Org, by int64, now time.Time) *Grant {
	key := GrantKey(user, role, org.ID)
	return &Grant{
		ID: id, TenantID: org.TenantID, UserID: user, Role: role, OrgID: org.ID, OrgPath: org.Path, Subtree: true,
		GrantedBy: by, GrantedAt: now, ActiveKey: &key, Version: 1,
	}
}

// GrantKey is the unique key of a grant in force.
func GrantKey(user int64, role Role, org int64) string {
	return fmt.Sprintf("%d:%s:%d", user, role, org)
}

// Revoke ends g.
func (g *Grant) Revoke(by int64, now time.Time) error {
	if g.ActiveKey == nil {
		return ErrGrantRevoked
	}
	g.RevokedBy, g.RevokedAt, g.ActiveKey = by, &now, nil
	return nil
}

// Lapsed reports whether g has run out by itself.
func (g *Grant) Lapsed(now time.Time) bool { return g.ValidUntil != nil && !g.ValidUntil.After(now) }

var roleTitles = map[Role]string{
	RoleVolunteer: "志愿者", RoleMember: "在职党员", RoleLiaison: "单位联络员", RoleGrid: "网格员", RoleWorker: "社区工作者",
	RoleTownship: "乡镇（街道）工作人员", RoleCounty: "县级工作人员", RoleHandler: "部门承办人", RoleProperty: "物业经理",
	RoleHousing: "住建工作人员", RoleInstruct: "党建指导员", RoleVerifier: "核销员", RoleAuditor: "审计员", RoleAdmin: "县级管理员",
}

// Title returns what people call r.
func (r Role) Title() string { return roleTitles[r] }
