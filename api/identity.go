package api

import (
	"context"
	"time"

	"dandelion/model"
	"dandelion/service/identity"
)

func (s Services) identityRoutes() []route {
	return []route{
		create("/auth/wechat", "微信登录: open a session with the code that wx.login gave", model.Anyone, s.login),
		post("/auth/logout", "退出登录: end this session", model.SignedIn, s.logout),
		post("/auth/revoke-all", "退出所有设备: end every session of one's account", model.SignedIn, s.revokeSessions),
		post("/auth/admin-code", "成为管理员: redeem the operator's one-time code", model.SignedIn, s.redeemAdminCode),
		get("/privacy-policy", "隐私政策: the current version, in short", model.Anyone, s.privacyPolicy),
		get("/me", "我的账号: account, grants and consents", model.SignedIn, s.getMe),
		patch("/me", "修改账号: names and the community one lives in", model.SignedIn, s.changeMe),
		post("/me/phone", "绑定手机号: with the code of WeChat's phone button", model.SignedIn, s.bindPhone),
		create("/me/consents", "同意隐私政策: consent to the current version", model.SignedIn, s.giveConsent),
		remove("/me/consents", "撤回同意: withdraw consent", model.SignedIn, s.withdrawConsent),
		request("/me/export", "申请导出个人信息: ask for a copy of one's data", model.SignedIn, s.askExport),
		request("/me/deletion", "申请注销账号: ask for one's data to be deleted", model.SignedIn, s.askDeletion),
		get("/me/requests", "我的个人信息申请: what was asked for, and by when", model.SignedIn, s.privacyRequests),
	}
}

type codeInput struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"128"`
	}
}

type sessionView struct {
	Token      string    `json:"token" doc:"Send it as Authorization: Bearer"`
	ExpiresAt  time.Time `json:"expires_at"`
	NewAccount bool      `json:"new_account"`
}

func (s Services) login(ctx context.Context, _ model.Actor, in *codeInput) (*sessionView, error) {
	v, err := s.Identity.Login(ctx, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &sessionView{v.Token, v.ExpiresAt, v.New}, nil
}

func (s Services) logout(ctx context.Context, who model.Actor, _ *struct{}) (*done, error) {
	return &done{"已退出登录。"}, s.Identity.Logout(ctx, who, noteOf(ctx).token)
}

func (s Services) revokeSessions(ctx context.Context, who model.Actor, _ *struct{}) (*done, error) {
	return &done{"已退出所有设备。"}, s.Identity.RevokeAll(ctx, who)
}

func (s Services) redeemAdminCode(ctx context.Context, who model.Actor, in *codeInput) (*done, error) {
	return &done{"您已成为县级管理员。"}, s.Identity.RedeemAdminCode(ctx, who, in.Body.Code)
}

// meView is one's own account.
type meView struct {
	ID          id            `json:"id"`
	DisplayName string        `json:"display_name,omitempty"`
	RealName    string        `json:"real_name,omitempty" doc:"Masked"`
	Phone       string        `json:"phone,omitempty" doc:"Masked"`
	TenantID    id            `json:"tenant_id,omitempty" doc:"The county"`
	Community   *orgRef       `json:"community,omitempty" doc:"The community or grid one lives in"`
	Grants      []heldView    `json:"grants"`
	Consents    []consentView `json:"consents"`
	NextStep    string        `json:"next_step" doc:"What is still missing, in plain Chinese"`
	CreatedAt   time.Time     `json:"created_at"`
}

type heldView struct {
	ID         id         `json:"id"`
	Role       role       `json:"role"`
	RoleTitle  string     `json:"role_title"`
	Org        orgRef     `json:"org"`
	Subtree    bool       `json:"subtree" doc:"With everything below"`
	ValidUntil *time.Time `json:"valid_until,omitempty"`
}

type consentView struct {
	Version     string     `json:"version"`
	GivenAt     time.Time  `json:"given_at"`
	WithdrawnAt *time.Time `json:"withdrawn_at,omitempty"`
}

func showConsent(c model.Consent) consentView {
	return consentView{c.Version, c.GivenAt, c.WithdrawnAt}
}

func (s Services) getMe(ctx context.Context, who model.Actor, _ *struct{}) (*meView, error) {
	p, err := s.Identity.Me(ctx, who)
	if err != nil {
		return nil, err
	}
	u := p.User
	v := &meView{
		ID: idOf(u.ID), DisplayName: u.DisplayName, RealName: p.Name, Phone: p.Phone, TenantID: idOf(u.TenantID),
		Grants: []heldView{}, Consents: []consentView{}, NextStep: missing(p), CreatedAt: u.CreatedAt,
	}
	if u.HomeID != 0 {
		v.Community = &orgRef{idOf(u.HomeID), p.Community}
	}
	for _, g := range p.Grants {
		v.Grants = append(v.Grants, heldView{idOf(g.ID), role(g.Role), g.Role.Title(), orgRef{idOf(g.OrgID), g.OrgName}, g.Subtree, g.ValidUntil})
	}
	for _, c := range p.Consents {
		v.Consents = append(v.Consents, showConsent(c))
	}
	return v, nil
}

// missing says what an account still needs.
func missing(p *identity.Profile) string {
	switch {
	case p.User.Consent == "":
		return "请先阅读并同意隐私政策。"
	case p.User.HomeID == 0:
		return "请选择您所在的社区。"
	case p.User.Phone == "":
		return "请绑定手机号, 方便帮忙的人联系您。"
	case p.User.Consent != p.Current:
		return "隐私政策已更新, 请阅读并同意新版本。"
	}
	return "您可以点单、查看心愿了。"
}

type changeMeInput struct {
	Body struct {
		DisplayName *string `json:"display_name,omitempty" minLength:"1" maxLength:"20"`
		RealName    *string `json:"real_name,omitempty" minLength:"1" maxLength:"20"`
		CommunityID *id     `json:"community_id,omitempty" doc:"The community, or a grid of it"`
	}
}

func (s Services) changeMe(ctx context.Context, who model.Actor, in *changeMeInput) (*meView, error) {
	c := identity.Change{DisplayName: in.Body.DisplayName, RealName: in.Body.RealName}
	if in.Body.CommunityID != nil {
		place := in.Body.CommunityID.n()
		c.PlaceID = &place
	}
	if err := s.Identity.Update(ctx, who, c); err != nil {
		return nil, err
	}
	return s.getMe(ctx, who, nil)
}

func (s Services) bindPhone(ctx context.Context, who model.Actor, in *codeInput) (*meView, error) {
	if err := s.Identity.BindPhone(ctx, who, in.Body.Code); err != nil {
		return nil, err
	}
	return s.getMe(ctx, who, nil)
}

type giveConsentInput struct {
	Body struct {
		Version string `json:"version" minLength:"1" maxLength:"16" doc:"The version that was read"`
	}
}

func (s Services) giveConsent(ctx context.Context, who model.Actor, in *giveConsentInput) (*consentView, error) {
	c, err := s.Identity.GiveConsent(ctx, who, in.Body.Version)
	if err != nil {
		return nil, err
	}
	v := showConsent(*c)
	return &v, nil
}

func (s Services) withdrawConsent(ctx context.Context, who model.Actor, _ *struct{}) (*done, error) {
	return &done{"已撤回同意, 系统不再收集您的个人信息。"}, s.Identity.WithdrawConsent(ctx, who)
}

// policyText says in short what is kept and why (PIPL articles 7 and 17).
const policyText = "我们只收集办理心愿所必需的信息: 您的微信标识、姓名、手机号、所在社区, 以及受助人的姓名、电话和地址。" +
	"受助人信息加密保存, 只有为该心愿服务的人可以查看, 每次查看都会留下记录, 您可以看到。" +
	"您可以随时查看、更正、导出、撤回同意或申请注销。"

type privacyPolicyView struct {
	Version string `json:"version"`
	Text    string `json:"text"`
}

func (s Services) privacyPolicy(context.Context, model.Actor, *struct{}) (*privacyPolicyView, error) {
	return &privacyPolicyView{s.Identity.PolicyVersion, policyText}, nil
}

// privacyRequestView is a request about one's own data.
type privacyRequestView struct {
	ID      id         `json:"id"`
	Kind    string     `json:"kind" enum:"export,deletion"`
	AskedAt time.Time  `json:"asked_at"`
	DueAt   time.Time  `json:"due_at" doc:"By when it will be done"`
	DoneAt  *time.Time `json:"done_at,omitempty"`
}

func showPrivacyRequest(r model.PrivacyRequest) privacyRequestView {
	return privacyRequestView{idOf(r.ID), string(r.Kind), r.AskedAt, r.DueAt, r.DoneAt}
}

func (s Services) askExport(ctx context.Context, who model.Actor, _ *struct{}) (*privacyRequestView, error) {
	return s.askPrivacy(ctx, who, model.PrivacyExport)
}

func (s Services) askDeletion(ctx context.Context, who model.Actor, _ *struct{}) (*privacyRequestView, error) {
	return s.askPrivacy(ctx, who, model.PrivacyDeletion)
}

func (s Services) askPrivacy(ctx context.Context, who model.Actor, kind model.PrivacyKind) (*privacyRequestView, error) {
	r, err := s.Identity.AskPrivacy(ctx, who, kind)
	if err != nil {
		return nil, err
	}
	v := showPrivacyRequest(*r)
	return &v, nil
}

// items is a list so short that it has no pages.
type items[T any] struct {
	Items []T `json:"items"`
}

func (s Services) privacyRequests(ctx context.Context, who model.Actor, _ *struct{}) (*items[privacyRequestView], error) {
	all, err := s.Identity.PrivacyRequests(ctx, who)
	if err != nil {
		return nil, err
	}
	v := &items[privacyRequestView]{Items: []privacyRequestView{}}
	for _, r := range all {
		v.Items = append(v.Items, showPrivacyRequest(r))
	}
	return v, nil
}
