package model

import (
	"time"

	"dandelion/internal/fault"
)

// Faults of registrations.
var (
	ErrRegistrationNotFound = fault.Define(fault.NotFound, "registration.not_found", "没有这项报到")
	ErrRegistrationState    = fault.Define(fault.Conflict, "registration.state", "报到的当前状态不能这样操作")
	ErrRegistrationPlace    = fault.Define(fault.Invalid, "registration.place", "须选择在用的社区、本社区的网格和所在的共建单位")
	ErrRegistrationPost     = fault.Define(fault.Invalid, "registration.post", "岗位须为 2–20 个可见的字")
	ErrRegistrationTaken    = fault.Define(fault.Conflict, "registration.exists", "您已有一项报到, 如需更换社区、单位或岗位请申请变更")
	ErrRegistrationPending  = fault.Define(fault.Conflict, "registration.pending", "您的变更申请正在审核, 请等待结果或先撤回")
	ErrRegistrationSame     = fault.Define(fault.Conflict, "registration.same", "与现在的报到没有不同, 无需变更")
	ErrRegistrationPhone    = fault.Define(fault.Conflict, "registration.phone", "请先绑定本人手机号再报到")
	ErrRegistrationName     = fault.Define(fault.Conflict, "registration.name", "请先填写本人真实姓名再报到")
	ErrRegistrationMatch    = fault.Define(fault.Conflict, "registration.match", "未能与所选单位的在册党员名单核对一致, 请核对所选单位、姓名和手机号, 或联系单位联络员核实名单")
	ErrRegistrationRoster   = fault.Define(fault.Conflict, "registration.roster", "该人员已不在单位的在册党员名单中, 请退回或不予通过")
	ErrRegistrationSelf     = fault.Define(fault.Forbidden, "registration.self", "不能审核自己的报到, 请由其他工作人员办理")
	ErrRegistrationForeign  = fault.Define(fault.Forbidden, "registration.foreign", "这项报到由社区审核, 逾期未办才转乡镇（街道）或县级")
	ErrRegistrationConsent  = fault.Define(fault.Conflict, "registration.consent", "报到已结束, 不能再同意公开明细")
)

// Registration is a party member's registration with a community and a post, as
// he asks for it and the community confirms (双报到: with the unit he works for he
// is on its roster, with the community he registers).
//
// ActiveKey is unique and set on the one registration that a person has;
// PendingKey likewise on the one that he asks to have instead, which waits
// beside it and knows it as ReplacesID, and it knows that as ChangeID. GrantID is
// the role that it gave. Level is who decides: the community, and after each
// term the township and the county too; QueueOrgID is in whose queue it is.
type Registration struct {
	ID            int64             `gorm:"primaryKey;autoIncrement:false;index:idx_registrations_user,priority:2;index:idx_registrations_community,priority:3;index:idx_registrations_queue,priority:3;index:idx_registrations_unit,priority:3"`
	TenantID      int64             `gorm:"not null"`
	UserID        int64             `gorm:"not null;index:idx_registrations_user,priority:1;index:idx_registrations_unit,priority:2"`
	UnitID        int64             `gorm:"not null;index:idx_registrations_unit,priority:1"`
	RosterID      int64             `gorm:"not null"`
	CommunityID   int64             `gorm:"not null;index:idx_registrations_community,priority:1"`
	CommunityPath Path              `gorm:"size:255;not null"`
	GridID        int64             `gorm:"not null"` // 0: of no grid
	State         RegistrationState `gorm:"size:16;not null;index:idx_registrations_community,priority:2;index:idx_registrations_queue,priority:2"`
	Level         int64             `gorm:"not null"`
	QueueOrgID    int64             `gorm:"not null;index:idx_registrations_queue,priority:1"`
	Post          string            `gorm:"size:20;not null"`  // 岗位
	Reason        string            `gorm:"size:300;not null"` // of the last step that has one
	ReplacesID    int64             `gorm:"not null"`
	ChangeID      int64             `gorm:"not null"`
	GrantID       int64             `gorm:"not null"`
	SlipConsentAt *time.Time        // when he agreed to be named on the unit's slip; NULL: he has not
	DueAt         *time.Time
	DecidedBy     int64      `gorm:"not null"` // who of the staff decided last
	CreatedAt     time.Time  `gorm:"not null"`
	ConfirmedAt   *time.Time // when it came into force
	EndedAt       *time.Time
	UpdatedAt     time.Time `gorm:"not null"`
	ActiveKey     *int64    `gorm:"uniqueIndex:idx_registrations_active"`
	PendingKey    *int64    `gorm:"uniqueIndex:idx_registrations_pending"`
	Version       int64     `gorm:"not null"`
}

// RegistrationOrder is what somebody asks for. Grid is nil for none; RosterID is
// his line on the unit's roster.
type RegistrationOrder struct {
	Unit, Community, Grid *Org
	RosterID              int64
	Post                  string
}

// check says whether o can be asked for by somebody of tenant, and cleans its
// post.
func (o *RegistrationOrder) check(tenant int64) error {
	stands := func(at *Org, kind OrgKind) bool {
		return at != nil && at.Kind == kind && at.TenantID == tenant && at.State == OrgActive
	}
	switch {
	case !stands(o.Community, OrgCommunity):
		return ErrRegistrationPlace.At("body.community_id", "须为在用的社区")
	case !stands(o.Unit, OrgUnit):
		return ErrRegistrationPlace.At("body.unit_id", "须为在用的共建单位")
	case o.Grid != nil && (!stands(o.Grid, OrgGrid) || o.Grid.ParentID != o.Community.ID):
		return ErrRegistrationPlace.At("body.grid_id", "须为本社区在用的网格")
	}
	post, ok := CleanText(o.Post, 2, 20)
	if !ok {
		return ErrRegistrationPost.At("body.post", "须为 2–20 个可见的字")
	}
	o.Post = post
	return nil
}

// fill makes r what o asks for, waiting for the community from now on.
func (r *Registration) fill(o *RegistrationOrder, st Step) {
	r.UnitID, r.RosterID, r.CommunityID, r.CommunityPath, r.Post = o.Unit.ID, o.RosterID, o.Community.ID, o.Community.Path, o.Post
	r.GridID = 0
	if o.Grid != nil {
		r.GridID = o.Grid.ID
	}
	r.await(st)
}

// await puts r into the queue of its community, with a new term.
func (r *Registration) await(st Step) {
	due := st.Now.Add(st.Policy.Span(RegisterTime))
	r.Level, r.QueueOrgID, r.DueAt = LevelCommunity, r.CommunityID, &due
}

// NewRegistration returns the registration that st.Who asks for (报到). That he
// has no other, its unique key sees to.
func NewRegistration(id int64, o RegistrationOrder, st Step) (*Registration, error) {
	to, ok := registrationMoves(RegistrationSubmit, "", RegistrationMember)
	if !ok || st.Who.UserID == 0 {
		return nil, ErrRegistrationState
	}
	if err := o.check(st.Who.TenantID); err != nil {
		return nil, err
	}
	user := st.Who.UserID
	r := &Registration{
		ID: id, TenantID: st.Who.TenantID, UserID: user, State: to, CreatedAt: st.Now, UpdatedAt: st.Now, ActiveKey: &user, Version: 1,
	}
	r.fill(&o, st)
	return r, nil
}

// Change returns the registration that st.Who asks to have instead of r (变更). R
// stays in force until that is confirmed.
func (r *Registration) Change(id int64, o RegistrationOrder, st Step) (*Registration, error) {
	if r.UserID != st.Who.UserID || st.Who.UserID == 0 {
		return nil, ErrRegistrationNotFound
	}
	to, ok := registrationMoves(RegistrationChange, r.State, RegistrationMember)
	switch {
	case !ok:
		return nil, ErrRegistrationState
	case r.ChangeID != 0:
		return nil, ErrRegistrationPending
	}
	n, err := NewRegistration(id, o, st)
	if err != nil {
		return nil, err
	}
	if n.UnitID == r.UnitID && n.CommunityID == r.CommunityID && n.GridID == r.GridID && n.Post == r.Post {
		return nil, ErrRegistrationSame
	}
	n.ReplacesID, n.PendingKey, n.ActiveKey = r.ID, n.ActiveKey, nil
	r.State, r.ChangeID = to, n.ID
	return n, nil
}

// Live reports whether r is in force: confirmed, also while leaving is reviewed.
func (r *Registration) Live() bool {
	return r.State == RegistrationConfirmed || r.State == RegistrationLeaving
}

// Deciders returns the roles in which one may decide on r now. The community
// always may; who comes in its place when it has not, too.
func (r *Registration) Deciders() []Role {
	roles := []Role{RoleWorker}
	if r.Level <= LevelTownship {
		roles = append(roles, RoleTownship)
	}
	if r.Level <= LevelCounty {
		roles = append(roles, RoleCounty)
	}
	return roles
}

// Seen says whether a may know of r: his own, or one that is registered where he
// is of the staff.
func (r *Registration) Seen(a Actor) error {
	switch {
	case a.UserID == 0 || r.TenantID != a.TenantID && r.UserID != a.UserID:
		return ErrRegistrationNotFound
	case r.UserID == a.UserID, a.Holds(r.CommunityPath, RoleWorker, RoleTownship, RoleCounty):
		return nil
	}
	return ErrRegistrationNotFound
}

// Possible returns what a can do with r now, in the order of the table.
func (r *Registration) Possible(a Actor) []RegistrationEvent {
	all := []RegistrationEvent{}
	by := r.partyOf(a)
	for _, t := range registrationFlow {
		waits := r.ChangeID != 0 && (t.Event == RegistrationChange || t.Event == RegistrationAskLeave)
		if t.From == r.State && t.By == by && !waits {
			all = append(all, t.Event)
		}
	}
	return all
}

// partyOf returns what a is to r, "" if nothing that lets him do anything.
func (r *Registration) partyOf(a Actor) RegistrationParty {
	switch {
	case a.UserID == 0:
		return ""
	case a.UserID == r.UserID:
		return RegistrationMember
	case r.Seen(a) == nil && a.Holds(r.CommunityPath, r.Deciders()...):
		return RegistrationStaff
	}
	return ""
}
