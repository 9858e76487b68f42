package model

import (
	"slices"
	"time"

	"dandelion/internal/fault"
)

// Faults of who may do what.
var (
	ErrForbidden    = fault.Define(fault.Forbidden, "permission.denied", "没有此操作的权限")
	ErrConsent      = fault.Define(fault.Forbidden, "consent.required", "请先阅读并同意隐私政策")
	ErrNoHome       = fault.Define(fault.Conflict, "account.no_community", "请先选择所在社区")
	ErrGrantNone    = fault.Define(fault.NotFound, "grant.not_found", "授权不存在")
	ErrGrantTaken   = fault.Define(fault.Conflict, "grant.exists", "该人员在此组织已有相同角色")
	ErrGrantOrg     = fault.Define(fault.Invalid, "grant.org", "这一角色不能授予在该类组织")
	ErrGrantSelf    = fault.Define(fault.Forbidden, "grant.self", "不能给自己授权或撤销自己的授权")
	ErrGrantRole    = fault.Define(fault.Forbidden, "grant.role", "无权授予这一角色")
	ErrGrantPast    = fault.Define(fault.Invalid, "grant.valid_until", "有效期须晚于现在")
	ErrGrantRevoked = fault.Define(fault.Conflict, "grant.revoked", "授权已撤销")
)

// Role is a duty that somebody holds in one organisation.
type Role string

// The roles. Everybody with an account is a resident (居民); that is no grant.
const (
	RoleVolunteer Role = "volunteer"        // 志愿者
	RoleMember    Role = "member"           // 在职党员
	RoleLiaison   Role = "liaison"          // 单位联络员、服务队队长
	RoleGrid      Role = "grid_worker"      // 网格员
	RoleWorker    Role = "worker"           // 社区工作者
	RoleTownship  Role = "township_officer" // 乡镇（街道）工作人员
	RoleCounty    Role = "county_officer"   // 县级工作人员
	RoleHandler   Role = "handler"          // 部门承办人
	RoleProperty  Role = "property_manager" // 物业经理
	RoleHousing   Role = "housing_officer"  // 住建工作人员
	RoleInstruct  Role = "instructor"       // 党建指导员
	RoleVerifier  Role = "verifier"         // 核销员
	RoleAuditor   Role = "auditor"          // 审计员
	RoleAdmin     Role = "admin"            // 县级管理员
)

// roleOrgs says in which kinds of organisation each role can be held.
var roleOrgs = map[Role][]OrgKind{
	RoleVolunteer: {OrgCommunity, OrgTeam, OrgSocial},
	RoleMember:    {OrgCommunity, OrgUnit, OrgTeam},
	RoleLiaison:   {OrgUnit, OrgTeam, OrgSocial},
	RoleGrid:      {OrgGrid},
	RoleWorker:    {OrgCommunity},
	RoleTownship:  {OrgTownship},
	RoleCounty:    {OrgCounty},
	RoleHandler:   {OrgDepartment},
	RoleProperty:  {OrgProperty},
	RoleHousing:   {OrgDepartment},
	RoleInstruct:  {OrgProperty, OrgBranch},
	RoleVerifier:  {OrgCommunity},
	RoleAuditor:   {OrgCounty, OrgTownship, OrgCommunity},
	RoleAdmin:     {OrgCounty},
}

// Roles returns the roles in the order of the list above.
func Roles() []Role {
	return []Role{
		RoleVolunteer, RoleMember, RoleLiaison, RoleGrid, RoleWorker, RoleTownship, RoleCounty, RoleHandler,
		RoleProperty, RoleHousing, RoleInstruct, RoleVerifier, RoleAuditor, RoleAdmin,
	}
}

// HeldIn reports whether r can be held in an organisation of kind k.
func (r Role) HeldIn(k OrgKind) bool { return slices.Contains(roleOrgs[r], k) }

// Grant gives a user a role in an organisation, with what is below it or
// without, until it lapses or is revoked (授权). ActiveKey is unique and set
// while the grant is in force, so that nobody holds the same role twice.
type Grant struct {
	ID         int64 `gorm:"primaryKey;autoIncrement:false"`
	TenantID   int64 `gorm:"not null"`
	UserID     int64 `gorm:"not null;index:idx_grants_user,priority:1"`
	Role       Role  `gorm:"size:24;not null"`
	OrgID      int64 `gorm:"not null;index:idx_grants_org,priority:1"`
	OrgPath    Path  `gorm:"size:255;not null"`
	Subtree    bool  `gorm:"not null"`
	ValidUntil *time.Time
	GrantedBy  int64     `gorm:"not null"` // 0: the operator's command
	GrantedAt  time.Time `gorm:"not null"`
	RevokedBy  int64     `gorm:"not null"`
	RevokedAt  *time.Time
	ActiveKey  *string `gorm:"size:96;uniqueIndex:idx_grants_active"`
	Version    int64   `gorm:"not null"`
}

// Held is what an actor needs to know of a grant in force.
type Held struct {
	Role    Role
	OrgID   int64
	Path    Path
	Subtree bool
}

// Actor is who is asking, and within which request. It is built once, from the
// session, and passed by value; the zero Actor is a visitor.
type Actor struct {
	UserID    int64
	TenantID  int64 // the county; 0 until a community is chosen
	HomeID    int64 // the community (or grid) that the person lives in; 0: not chosen
	HomePath  Path
	Consent   string // the version of the privacy policy consented to; "": none
	Held      []Held
	RequestID string
	System    bool // the system itself, when a timer fires
}

// SystemActor returns the system acting in a tenant.
func SystemActor(tenant int64) Actor { return Actor{TenantID: tenant, System: true} }

// Holds reports whether a holds one of roles over the organisation at path.
func (a Actor) Holds(path Path, roles ...Role) bool {
	return slices.ContainsFunc(a.Held, func(h Held) bool {
		return slices.Contains(roles, h.Role) && (h.Path == path || h.Subtree && path.Within(h.Path))
	})
}

// HoldsAt reports whether a holds role in the organisation itself.
func (a Actor) HoldsAt(org int64, role Role) bool {
	return slices.ContainsFunc(a.Held, func(h Held) bool { return h.OrgID == org && h.Role == role })
}

// RoleAt returns the role in which a acts on the organisation at path, of
// those given; "" if a holds none of them.
func (a Actor) RoleAt(path Path, roles ...Role) Role {
	for _, r := range roles {
		if a.Holds(path, r) {
			return r
		}
	}
	return ""
}

// Orgs returns the ids of every organisation that a lives in or serves, and of
// those above them: where a is somebody, so what is offered there concerns a.
func (a Actor) Orgs() []int64 {
	ids := a.HomePath.IDs()
	for _, h := range a.Held {
		if h.serves() {
			ids = append(ids, h.Path.IDs()...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (h Held) serves() bool {
	return h.Role == RoleVolunteer || h.Role == RoleMember || h.Role == RoleLiaison
}

// serves reports whether a may fulfil wishes anywhere.
func (a Actor) serves() bool { return slices.ContainsFunc(a.Held, Held.serves) }

// Permission names something that can be done. Each route of the API declares
// one, and this file says who holds it; the finer rules (one's own wish, one's
// own community) belong to the nouns.
type Permission string

// The permissions.
const (
	Anyone       Permission = "anyone"       // no session needed
	SignedIn     Permission = "signed_in"    // any session
	Consented    Permission = "consented"    // any session that has consented to the privacy policy
	ServeWish    Permission = "wish.serve"   // accept, claim and fulfil wishes
	HandleWish   Permission = "wish.handle"  // review, publish, dispatch, verify
	ManageOrgs   Permission = "org.manage"   // organisations
	ManageGrants Permission = "grant.manage" // grants and accounts
	EditPolicy   Permission = "policy.edit"  // the tenant's limits
	ReadAudit    Permission = "audit.read"   // the audit log

	HandlePoints    Permission = "points.handle"    // sanctions, adjustments, budgets
	EditPoints      Permission = "points.edit"      // the rules, levels and budgets of points
	ReconcilePoints Permission = "points.reconcile" // whether the ledger adds up
	VerifyReward    Permission = "reward.verify"    // hand rewards over

	JoinActivity   Permission = "activity.join"       // take part in activities
	ManageActivity Permission = "activity.manage"     // invite to activities, and lead them
	ReviewService  Permission = "service.review"      // corrections, disputes and risk flags; the export of records
	HandleRegister Permission = "registration.handle" // confirm who registers with a community
	ReadRoster     Permission = "roster.read"         // a unit's own party members
	ManageRoster   Permission = "roster.manage"       // bring them onto its books
)

// holders says who holds each permission; nil: everybody who has a session.
var holders = map[Permission][]Role{
	Anyone:       nil,
	SignedIn:     nil,
	Consented:    nil,
	ServeWish:    {RoleVolunteer, RoleMember, RoleLiaison},
	HandleWish:   {RoleWorker, RoleTownship, RoleCounty},
	ManageOrgs:   {RoleAdmin},
	ManageGrants: {RoleAdmin},
	EditPolicy:   {RoleCounty, RoleAdmin},
	ReadAudit:    {RoleAuditor},

	HandlePoints:    {RoleWorker, RoleTownship, RoleCounty},
	EditPoints:      {RoleCounty, RoleAdmin},
	ReconcilePoints: {RoleCounty, RoleAuditor, RoleAdmin},
	VerifyReward:    {RoleVerifier},

	JoinActivity:   {RoleVolunteer, RoleMember, RoleLiaison},
	ManageActivity: {RoleLiaison, RoleWorker, RoleTownship, RoleCounty},
	ReviewService:  {RoleWorker, RoleTownship, RoleCounty},
	HandleRegister: {RoleWorker, RoleTownship, RoleCounty},
	ReadRoster:     {RoleLiaison, RoleWorker, RoleTownship, RoleCounty},
	ManageRoster:   {RoleLiaison, RoleWorker, RoleTownship, RoleCounty, RoleAdmin},
}

// Declared reports whether p is one of the permissions above.
func (p Permission) Declared() bool { _, ok := holders[p]; return ok }

// Admit says why a may not use p, or nil. A permission that nobody declared
// admits nobody.
func (a Actor) Admit(p Permission) error {
	roles, ok := holders[p]
	switch {
	case !ok:
		return ErrForbidden
	case p == Anyone:
		return nil
	case a.UserID == 0:
		return ErrForbidden
	case p == SignedIn:
		return nil
	case roles != nil && !slices.ContainsFunc(a.Held, func(h Held) bool { return slices.Contains(roles, h.Role) }):
		return ErrForbidden
	case a.Consent == "":
		return ErrConsent
	}
	return nil
}
