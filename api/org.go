package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/org"
)

func (s Services) orgRoutes() []route {
	return []route{
		get("/communities", "社区: communities to live in", model.SignedIn, s.listCommunities),
		get("/orgs", "组织: organisations of one's county", model.Consented, s.listOrgs),
		create("/orgs", "新建组织: found an organisation under another", model.ManageOrgs, s.createOrg),
		get("/orgs/{id}", "组织: one organisation", model.Consented, s.getOrg),
		patch("/orgs/{id}", "修改组织: name and skills", model.ManageOrgs, s.changeOrg),
		post("/orgs/{id}/close", "停用组织: take an organisation out of use", model.ManageOrgs, s.closeOrg),
		post("/orgs/{id}/reopen", "恢复组织: take a closed organisation into use again", model.ManageOrgs, s.reopenOrg),
		get("/grants", "授权: grants of a person or in an organisation", model.ManageGrants, s.listGrants),
		create("/grants", "授权: give somebody a role in an organisation", model.ManageGrants, s.giveGrant),
		post("/grants/{id}/revoke", "撤销授权: end a grant", model.ManageGrants, s.revokeGrant),
		post("/users/find", "查找人员: by phone number", model.ManageGrants, s.findUser),
		post("/users/{id}/disable", "停用账号: from its next request on", model.ManageGrants, s.disableUser),
		post("/users/{id}/enable", "启用账号: let an account in again", model.ManageGrants, s.enableUser),
		get("/audits", "审计日志: who did what, to whom, when, in which request", model.ReadAudit, s.listAudits),
		get("/policy", "时限与上限: the limits of one's county", model.EditPolicy, s.getPolicy),
		put("/policy/{name}", "修改时限与上限: set one limit", model.EditPolicy, s.setPolicy),
	}
}

type (
	orgKind model.OrgKind
	role    model.Role
)

// Schema describes an orgKind.
func (orgKind) Schema(huma.Registry) *huma.Schema { return oneOf(model.OrgKinds()...) }

// Schema describes a role.
func (role) Schema(huma.Registry) *huma.Schema { return oneOf(model.Roles()...) }

// placeView is a community to live in.
type placeView struct {
	ID       id     `json:"id"`
	Name     string `json:"name"`
	Township string `json:"township"`
	County   string `json:"county"`
}

func (s Services) listCommunities(ctx context.Context, who model.Actor, in *PageInput) (*page[placeView], error) {
	after, err := s.before(who, *in, "communities")
	if err != nil {
		return nil, err
	}
	all, err := s.Orgs.Communities(ctx, who, after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, *in, all, func(p org.Place) placeView {
		return placeView{idOf(p.ID), p.Name, p.Township, p.County}
	}, func(p org.Place) int64 { return p.ID }, "communities"), nil
}

// orgView is an organisation.
type orgView struct {
	ID          id       `json:"id"`
	Kind        orgKind  `json:"kind"`
	Name        string   `json:"name"`
	ParentID    id       `json:"parent_id,omitempty"`
	CommunityID id       `json:"community_id,omitempty"`
	Path        string   `json:"path" doc:"The ids from the county down"`
	Skills      []string `json:"skills" doc:"What a unit or team offers to do"`
	Active      bool     `json:"active"`
}

func showOrg(o model.Org) orgView {
	skills := o.Skills.List()
	if skills == nil {
		skills = []string{}
	}
	return orgView{idOf(o.ID), orgKind(o.Kind), o.Name, idOf(o.ParentID), idOf(o.CommunityID), string(o.Path), skills, o.State == model.OrgActive}
}

func viewOrg(o *model.Org, err error) (*orgView, error) {
	if err != nil {
		return nil, err
	}
	v := showOrg(*o)
	return &v, nil
}

type listOrgsInput struct {
	ParentID    id      `query:"parent_id"`
	CommunityID id      `query:"community_id"`
	Kind        orgKind `query:"kind"`
	PageInput
}

func (s Services) listOrgs(ctx context.Context, who model.Actor, in *listOrgsInput) (*page[orgView], error) {
	after, err := s.before(who, in.PageInput, "orgs", in.ParentID, in.CommunityID, in.Kind)
	if err != nil {
		return nil, err
	}
	all, err := s.Orgs.List(ctx, who, org.Filter{
		ParentID: in.ParentID.n(), CommunityID: in.CommunityID.n(), Kind: model.OrgKind(in.Kind), After: after, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showOrg, func(o model.Org) int64 { return o.ID }, "orgs", in.ParentID, in.CommunityID, in.Kind), nil
}

type byID struct {
	ID id `path:"id"`
}

func (s Services) getOrg(ctx context.Context, who model.Actor, in *byID) (*orgView, error) {
	return viewOrg(s.Orgs.Get(ctx, who, in.ID.n()))
}

type createOrgInput struct {
	Body struct {
		Kind     orgKind  `json:"kind"`
		Name     string   `json:"name" minLength:"2" maxLength:"30"`
		ParentID id       `json:"parent_id"`
		Skills   []string `json:"skills,omitempty" maxItems:"12"`
	}
}

func (s Services) createOrg(ctx context.Context, who model.Actor, in *createOrgInput) (*orgView, error) {
	b := in.Body
	return viewOrg(s.Orgs.Create(ctx, who, model.OrgKind(b.Kind), b.Name, b.ParentID.n(), b.Skills))
}

type changeOrgInput struct {
	ID   id `path:"id"`
	Body struct {
		Name   *string   `json:"name,omitempty" minLength:"2" maxLength:"30"`
		Skills *[]string `json:"skills,omitempty" maxItems:"12"`
	}
}

func (s Services) changeOrg(ctx context.Context, who model.Actor, in *changeOrgInput) (*orgView, error) {
	return viewOrg(s.Orgs.Change(ctx, who, in.ID.n(), in.Body.Name, in.Body.Skills))
}

func (s Services) closeOrg(ctx context.Context, who model.Actor, in *byID) (*orgView, error) {
	return viewOrg(s.Orgs.Close(ctx, who, in.ID.n()))
}

func (s Services) reopenOrg(ctx context.Context, who model.Actor, in *byID) (*orgView, error) {
	return viewOrg(s.Orgs.Reopen(ctx, who, in.ID.n()))
}

// grantView is a grant, in force or ended.
type grantView struct {
	ID         id         `json:"id"`
	UserID     id         `json:"user_id"`
	Name       string     `json:"name,omitempty"`
	Role       role       `json:"role"`
	RoleTitle  string     `json:"role_title"`
	Org        orgRef     `json:"org"`
	Subtree    bool       `json:"subtree"`
	ValidUntil *time.Time `json:"valid_until,omitempty"`
	GrantedBy  id         `json:"granted_by,omitempty" doc:"Absent: the operator"`
	GrantedAt  time.Time  `json:"granted_at"`
	RevokedAt  *time.Time `json:"revoked_at,omitempty"`
}

func showGrant(g org.GrantLine) grantView {
	return grantView{
		idOf(g.ID), idOf(g.UserID), g.DisplayName, role(g.Role), g.Role.Title(),
		orgRef{idOf(g.OrgID), g.OrgName},
		g.Subtree, g.ValidUntil,
		idOf(g.GrantedBy), g.GrantedAt, g.RevokedAt,
	}
}

func viewGrant(g *org.GrantLine, err error) (*grantView, error) {
	if err != nil {
		return nil, err
	}
	v := showGrant(*g)
	return &v, nil
}

type listGrantsInput struct {
	UserID id `query:"user_id" doc:"Whose grants; or"`
	OrgID  id `query:"org_id" doc:"the grants in which organisation"`
	PageInput
}

func (s Services) listGrants(ctx context.Context, who model.Actor, in *listGrantsInput) (*page[grantView], error) {
	if (in.UserID == "") == (in.OrgID == "") {
		return nil, errRequest.At("query.user_id", must+"与 org_id 填写其中一项")
	}
	before, err := s.before(who, in.PageInput, "grants", in.UserID, in.OrgID)
	if err != nil {
		return nil, err
	}
	all, err := s.Orgs.Grants(ctx, who, org.GrantFilter{UserID: in.UserID.n(), OrgID: in.OrgID.n(), Before: before, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showGrant, func(g org.GrantLine) int64 { return g.ID }, "grants", in.UserID, in.OrgID), nil
}

type giveGrantInput struct {
	Body struct {
		UserID     id         `json:"user_id"`
		Role       role       `json:"role"`
		OrgID      id         `json:"org_id"`
		OrgOnly    bool       `json:"org_only,omitempty" doc:"Without what is below the organisation"`
		ValidUntil *time.Time `json:"valid_until,omitempty" doc:"Absent: until it is revoked"`
		GridID     id         `json:"grid_id,omitempty" doc:"Of a member or volunteer: the grid he helps in"`
		UnitID     id         `json:"unit_id,omitempty" doc:"Of a member or volunteer: the unit he works for"`
		TeamID     id         `json:"team_id,omitempty" doc:"Of a member or volunteer: the team he goes with"`
		Skills     []string   `json:"skills,omitempty" maxItems:"12" doc:"Of a member or volunteer: what he can do"`
	}
}

func (s Services) giveGrant(ctx context.Context, who model.Actor, in *giveGrantInput) (*grantView, error) {
	b := in.Body
	g := org.Giving{
		UserID: b.UserID.n(), Role: model.Role(b.Role), OrgID: b.OrgID.n(), OrgOnly: b.OrgOnly,
		GridID: b.GridID.n(), UnitID: b.UnitID.n(), TeamID: b.TeamID.n(), Skills: b.Skills,
	}
	if b.ValidUntil != nil {
		until := moment(*b.ValidUntil)
		g.ValidUntil = &until
	}
	return viewGrant(s.Orgs.Give(ctx, who, g))
}

func (s Services) revokeGrant(ctx context.Context, who model.Actor, in *because) (*grantView, error) {
	reason, err := in.reason()
	if err != nil {
		return nil, err
	}
	return viewGrant(s.Orgs.Revoke(ctx, who, in.ID.n(), reason))
}
