package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/org"
)

func (s Services) registrationRoutes() []route {
	return []route{
		create("/registrations", "报到: register with a community and a post", model.Consented, s.register),
		get("/registrations", "报到审核: what a community has to decide on, or has come up to a township or county", model.HandleRegister, s.listRegistrations),
		get("/registrations/mine", "我的报到: one's own, newest first", model.Consented, s.listMyRegistrations),
		get("/registrations/{id}", "报到: one registration, with its history", model.Consented, s.getRegistration),
		post("/registrations/{id}/withdraw", "撤回: a registration, or the request to leave", model.Consented, s.withdrawRegistration),
		post("/registrations/{id}/resubmit", "重新提交: what was sent back", model.Consented, s.resubmitRegistration),
		create("/registrations/{id}/change", "申请变更: of community, unit or post", model.Consented, s.changeRegistration),
		post("/registrations/{id}/leave", "申请退出", model.Consented, s.leaveRegistration),
		put("/registrations/{id}/slip-consent", "同意公开明细: be named on the unit's slip", model.Consented, s.giveSlipConsent),
		remove("/registrations/{id}/slip-consent", "撤回同意: be named no more, at once", model.Consented, s.withdrawSlipConsent),
		post("/registrations/{id}/confirm", "确认报到: take a party member in", model.HandleRegister, s.confirmRegistration),
		post("/registrations/{id}/return", "退回补充", model.HandleRegister, s.returnRegistration),
		post("/registrations/{id}/reject", "不予通过", model.HandleRegister, s.rejectRegistration),
		post("/registrations/{id}/approve-leave", "同意退出", model.HandleRegister, s.approveLeave),
		post("/registrations/{id}/refuse-leave", "不同意退出", model.HandleRegister, s.refuseLeave),
	}
}

type registrationState model.RegistrationState

// Schema describes a registrationState.
func (registrationState) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.RegistrationStates()...)
}

// registrationView is a registration.
type registrationView struct {
	ID            id                 `json:"id"`
	State         registrationState  `json:"state"`
	StateTitle    string             `json:"state_title"`
	UserID        id                 `json:"user_id"`
	Name          string             `json:"name" doc:"In full for himself, and of one registration for who decides on it; else masked"`
	Unit          orgRef             `json:"unit"`
	Community     orgRef             `json:"community"`
	Grid          *orgRef            `json:"grid,omitempty"`
	Post          string             `json:"post" doc:"岗位"`
	Reason        string             `json:"reason,omitempty" doc:"Of the last step that has one"`
	OnRoster      bool               `json:"on_roster" doc:"The line of the unit's roster that it rests on is still there"`
	ReplacesID    id                 `json:"replaces_id,omitempty" doc:"Which registration it is a change of"`
	ChangeID      id                 `json:"change_id,omitempty" doc:"The change to it, that waits or has come in its place"`
	Escalated     bool               `json:"escalated" doc:"The community did not decide in time: the township, then the county, may too"`
	SlipConsentAt *time.Time         `json:"slip_consent_at,omitempty" doc:"When he agreed to be named on the unit's slip; absent: he has not"`
	DueAt         *time.Time         `json:"due_at,omitempty"`
	CreatedAt     time.Time          `json:"created_at"`
	ConfirmedAt   *time.Time         `json:"confirmed_at,omitempty"`
	EndedAt       *time.Time         `json:"ended_at,omitempty"`
	Actions       []string           `json:"actions" doc:"What the reader can do now"`
	History       []registrationLine `json:"history,omitempty" doc:"Of one registration, oldest first"`
}

// registrationLine is a line of a registration's history.
type registrationLine struct {
	Event      string    `json:"event"`
	Title      string    `json:"title"`
	StateTitle string    `json:"state_title"`
	Role       string    `json:"role" doc:"Who did it, in Chinese"`
	Reason     string    `json:"reason,omitempty"`
	At         time.Time `json:"at"`
}

func showRegistration(r *org.Registered) registrationView {
	v := registrationView{
		ID: idOf(r.ID), State: registrationState(r.State), StateTitle: r.State.Title(), UserID: idOf(r.UserID), Name: r.Name,
		Unit: orgRef{idOf(r.UnitID), r.UnitName}, Community: orgRef{idOf(r.CommunityID), r.CommunityName}, Post: r.Post, Reason: r.Reason,
		OnRoster: r.OnRoster, ReplacesID: idOf(r.ReplacesID), ChangeID: idOf(r.ChangeID), Escalated: r.Level < model.LevelCommunity,
		SlipConsentAt: r.SlipConsentAt, DueAt: r.DueAt, CreatedAt: r.CreatedAt, ConfirmedAt: r.ConfirmedAt, EndedAt: r.EndedAt, Actions: []string{},
	}
	if r.GridID != 0 {
		v.Grid = &orgRef{idOf(r.GridID), r.GridName}
	}
	for _, e := range r.Possible {
		v.Actions = append(v.Actions, string(e))
	}
	for _, e := range r.History {
		v.History = append(v.History, registrationLine{
			e.Name, model.RegistrationEvent(e.Name).Title(), model.RegistrationState(e.ToState).Title(),
			model.RegistrationParty(e.ActorRole).Title(), e.Reason, e.CreatedAt,
		})
	}
	return v
}

func viewRegistration(r *org.Registered, err error) (*registrationView, error) {
	if err != nil {
		return nil, err
	}
	v := showRegistration(r)
	return &v, nil
}

// registrationBody is what somebody asks to be registered as.
type registrationBody struct {
	UnitID      id     `json:"unit_id" doc:"The unit he works for, on whose roster he is"`
	CommunityID id     `json:"community_id" doc:"The community he registers with"`
	GridID      id     `json:"grid_id,omitempty" doc:"The grid there in which he helps"`
	Post        string `json:"post" minLength:"2" maxLength:"20" doc:"岗位: what he would like to do, from what the community needs"`
}

func (b registrationBody) ordering() org.Ordering {
	return org.Ordering{UnitID: b.UnitID.n(), CommunityID: b.CommunityID.n(), GridID: b.GridID.n(), Post: b.Post}
}

func (s Services) register(ctx context.Context, who model.Actor, in *struct{ Body registrationBody }) (*registrationView, error) {
	return viewRegistration(s.Orgs.Register(ctx, who, in.Body.ordering()))
}

type changeRegistrationInput struct {
	ID   id `path:"id"`
	Body registrationBody
}

func (s Services) changeRegistration(ctx context.Context, who model.Actor, in *changeRegistrationInput) (*registrationView, error) {
	return viewRegistration(s.Orgs.ChangeRegistration(ctx, who, in.ID.n(), in.Body.ordering()))
}

type listRegistrationsInput struct {
	OrgID id                `query:"org_id" doc:"Of which community, township or county; absent: one's own"`
	State registrationState `query:"state" default:"submitted"`
	PageInput
}

func (s Services) listRegistrations(ctx context.Context, who model.Actor, in *listRegistrationsInput) (*page[registrationView], error) {
	keys := []any{"registrations", in.OrgID, in.State}
	after, err := s.before(who, in.PageInput, keys...)
	if err != nil {
		return nil, err
	}
	all, err := s.Orgs.RegistrationQueue(ctx, who, org.RegistrationFilter{
		OrgID: in.OrgID.n(), State: model.RegistrationState(in.State), After: after, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showRegistration, func(r *org.Registered) int64 { return r.ID }, keys...), nil
}

func (s Services) listMyRegistrations(ctx context.Context, who model.Actor, in *PageInput) (*page[registrationView], error) {
	before, err := s.before(who, *in, "my_registrations")
	if err != nil {
		return nil, err
	}
	all, err := s.Orgs.MyRegistrations(ctx, who, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, *in, all, showRegistration, func(r *org.Registered) int64 { return r.ID }, "my_registrations"), nil
}

func (s Services) getRegistration(ctx context.Context, who model.Actor, in *byID) (*registrationView, error) {
	return viewRegistration(s.Orgs.Registration(ctx, who, in.ID.n()))
}

func (s Services) withdrawRegistration(ctx context.Context, who model.Actor, in *byID) (*registrationView, error) {
	return viewRegistration(s.Orgs.Withdraw(ctx, who, in.ID.n()))
}

type resubmitInput struct {
	ID   id `path:"id"`
	Body struct {
		Post string `json:"post,omitempty" minLength:"2" maxLength:"20" doc:"Another post; absent: the same"`
	}
}

func (s Services) resubmitRegistration(ctx context.Context, who model.Actor, in *resubmitInput) (*registrationView, error) {
	return viewRegistration(s.Orgs.Resubmit(ctx, who, in.ID.n(), in.Body.Post))
}

func (s Services) giveSlipConsent(ctx context.Context, who model.Actor, in *byID) (*registrationView, error) {
	return viewRegistration(s.Orgs.SlipConsent(ctx, who, in.ID.n(), true))
}

func (s Services) withdrawSlipConsent(ctx context.Context, who model.Actor, in *byID) (*registrationView, error) {
	return viewRegistration(s.Orgs.SlipConsent(ctx, who, in.ID.n(), false))
}

func (s Services) confirmRegistration(ctx context.Context, who model.Actor, in *byID) (*registrationView, error) {
	return viewRegistration(s.Orgs.Confirm(ctx, who, in.ID.n()))
}

// registrationReason is the body of the steps that need a reason.
type registrationReason struct {
	ID   id `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"300" doc:"Told to the member, or by him to the community"`
	}
}

// stepRegistration answers a step that needs a reason and nothing else.
func stepRegistration(ctx context.Context, who model.Actor, in *registrationReason,
	do func(ctx context.Context, who model.Actor, id int64, reason string) (*org.Registered, error),
) (*registrationView, error) {
	reason, err := text("body.reason", in.Body.Reason, 2, 300)
	if err != nil {
		return nil, err
	}
	return viewRegistration(do(ctx, who, in.ID.n(), reason))
}

func (s Services) leaveRegistration(ctx context.Context, who model.Actor, in *registrationReason) (*registrationView, error) {
	return stepRegistration(ctx, who, in, s.Orgs.Leave)
}

func (s Services) returnRegistration(ctx context.Context, who model.Actor, in *registrationReason) (*registrationView, error) {
	return stepRegistration(ctx, who, in, s.Orgs.Return)
}

func (s Services) rejectRegistration(ctx context.Context, who model.Actor, in *registrationReason) (*registrationView, error) {
	return stepRegistration(ctx, who, in, s.Orgs.Reject)
}

func (s Services) approveLeave(ctx context.Context, who model.Actor, in *registrationReason) (*registrationView, error) {
	return stepRegistration(ctx, who, in, s.Orgs.ApproveLeave)
}

func (s Services) refuseLeave(ctx context.Context, who model.Actor, in *registrationReason) (*registrationView, error) {
	return stepRegistration(ctx, who, in, s.Orgs.RefuseLeave)
}
