package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/points"
)

func (s Services) pointCaseRoutes() []route {
	return []route{
		create("/points/cases", "提出积分处理: propose a sanction or an adjustment", model.HandlePoints, s.proposePointCase),
		get("/points/cases", "积分处理: about me, or that an organisation has to act on", model.Consented, s.listPointCases),
		get("/points/cases/{id}", "积分处理: one case, with its history", model.Consented, s.getPointCase),
		post("/points/cases/{id}/approve", "同意积分处理: by a second person; books it", model.HandlePoints, s.approvePointCase),
		post("/points/cases/{id}/refuse", "不同意积分处理: by a second person", model.HandlePoints, s.refusePointCase),
		post("/points/cases/{id}/appeal", "申诉: the person concerned asks for another look", model.Consented, s.appealPointCase),
		post("/points/cases/{id}/uphold", "申诉成立: by a third person; reverses what was booked", model.HandlePoints, s.upholdPointCase),
		post("/points/cases/{id}/dismiss", "维持原决定: by a third person", model.HandlePoints, s.dismissPointCase),
	}
}

type (
	pointCaseKind  model.PointCaseKind
	pointCaseState model.PointCaseState
	pointCaseList  points.CaseView
)

// Schema describes a pointCaseKind.
func (pointCaseKind) Schema(huma.Registry) *huma.Schema { return oneOf(model.PointCaseKinds()...) }

// Schema describes a pointCaseState.
func (pointCaseState) Schema(huma.Registry) *huma.Schema { return oneOf(model.PointCaseStates()...) }

// Schema describes a pointCaseList.
func (pointCaseList) Schema(huma.Registry) *huma.Schema { return oneOf(points.CaseViews()...) }

// pointCaseView is a sanction or an adjustment. Who of the staff did what is
// not told to the person concerned.
type pointCaseView struct {
	ID          id              `json:"id"`
	Kind        pointCaseKind   `json:"kind"`
	KindTitle   string          `json:"kind_title"`
	State       pointCaseState  `json:"state"`
	StateTitle  string          `json:"state_title"`
	Change      int64           `json:"change" doc:"What it does to the points; negative takes"`
	RuleVersion int64           `json:"rule_version" doc:"By which rules; 0: the built-in ones"`
	UserID      id              `json:"user_id"`
	UserName    string          `json:"user_name,omitempty"`
	Community   orgRef          `json:"community"`
	WishID      id              `json:"wish_id,omitempty"`
	WishTitle   string          `json:"wish_title,omitempty" doc:"Masked"`
	Document    string          `json:"document,omitempty" doc:"凭证号"`
	Reason      string          `json:"reason"`
	Answer      string          `json:"answer,omitempty" doc:"Of the second person"`
	Appeal      string          `json:"appeal,omitempty"`
	Ruling      string          `json:"ruling,omitempty" doc:"On the appeal"`
	Told        string          `json:"told" doc:"How it stands and what comes next, in Chinese"`
	ProposedBy  id              `json:"proposed_by,omitempty"`
	ReviewedBy  id              `json:"reviewed_by,omitempty"`
	DecidedBy   id              `json:"decided_by,omitempty"`
	Escalated   bool            `json:"escalated" doc:"The appeal was not decided in time"`
	QueueOrgID  id              `json:"queue_org_id,omitempty" doc:"Whose workers have to act"`
	AppealUntil *time.Time      `json:"appeal_until,omitempty"`
	DueAt       *time.Time      `json:"due_at,omitempty"`
	CreatedAt   time.Time       `json:"created_at"`
	Actions     []string        `json:"actions" doc:"What the reader can do now"`
	History     []pointCaseLine `json:"history,omitempty" doc:"Of one case, oldest first"`
}

// pointCaseLine is one line of a case's history.
type pointCaseLine struct {
	Event      string    `json:"event"`
	Title      string    `json:"title"`
	StateTitle string    `json:"state_title,omitempty"`
	Role       string    `json:"role,omitempty"`
	ActorID    id        `json:"actor_id,omitempty" doc:"Absent: the system"`
	Reason     string    `json:"reason,omitempty"`
	At         time.Time `json:"at"`
}

func showPointCase(c *points.Case) pointCaseView {
	v := pointCaseView{
		ID: idOf(c.ID), Kind: pointCaseKind(c.Kind), KindTitle: c.Kind.Title(), State: pointCaseState(c.State), StateTitle: c.State.Title(),
		Change: c.Change, RuleVersion: c.RuleVersion, UserID: idOf(c.UserID), UserName: c.UserName, Community: orgRef{idOf(c.CommunityID), c.CommunityName},
		WishID: idOf(c.WishID), WishTitle: c.WishTitle, Reason: c.Reason, Answer: c.Answer, Appeal: c.PointCase.Appeal, Ruling: c.Ruling, Told: c.Told,
		Escalated: c.Escalated, QueueOrgID: idOf(c.QueueOrgID), AppealUntil: c.AppealUntil, DueAt: c.DueAt, CreatedAt: c.CreatedAt, Actions: []string{},
	}
	if c.RequestID != nil {
		v.Document = *c.RequestID
	}
	concerned := c.Party&model.CaseConcerned != 0
	if !concerned {
		v.ProposedBy, v.ReviewedBy, v.DecidedBy = idOf(c.ProposedBy), idOf(c.ReviewedBy), idOf(c.DecidedBy)
	}
	for _, e := range c.Possible {
		v.Actions = append(v.Actions, string(e))
	}
	for _, e := range c.History {
		l := pointCaseLine{
			Event: e.Name, Title: model.PointCaseEvent(e.Name).Title(), StateTitle: model.PointCaseState(e.ToState).Title(), Role: e.ActorRole,
			Reason: e.Reason, At: e.CreatedAt,
		}
		if !concerned || e.ActorID == c.UserID {
			l.ActorID = idOf(e.ActorID)
		}
		v.History = append(v.History, l)
	}
	return v
}

func viewPointCase(c *points.Case, err error) (*pointCaseView, error) {
	if err != nil {
		return nil, err
	}
	v := showPointCase(c)
	return &v, nil
}

type proposePointCaseInput struct {
	Body struct {
		Kind     pointCaseKind `json:"kind"`
		UserID   id            `json:"user_id" doc:"The person concerned"`
		Amount   int64         `json:"amount,omitempty" minimum:"-1000" maximum:"1000" doc:"Of an adjustment: signed. Of a sanction: how much to take; absent: what the rule says"`
		WishID   id            `json:"wish_id,omitempty" doc:"What it is about"`
		ClaimID  id            `json:"claim_id,omitempty" doc:"Or, more exactly"`
		Reason   string        `json:"reason" minLength:"2" maxLength:"300" doc:"Told to the person concerned"`
		Document string        `json:"document,omitempty" pattern:"^[A-Za-z0-9_-]{8,64}$" doc:"凭证号: the same number proposes the same case once"`
	}
}

func (s Services) proposePointCase(ctx context.Context, who model.Actor, in *proposePointCaseInput) (*pointCaseView, error) {
	b := in.Body
	reason, err := text("body.reason", b.Reason, 2, 300)
	if err != nil {
		return nil, err
	}
	return viewPointCase(s.Points.Propose(ctx, who, model.PointCaseOrder{
		Kind: model.PointCaseKind(b.Kind), UserID: b.UserID.n(), Amount: b.Amount, WishID: b.WishID.n(), ClaimID: b.ClaimID.n(), Reason: reason, RequestID: b.Document,
	}))
}

type listPointCasesInput struct {
	View  pointCaseList  `query:"view" required:"true"`
	OrgID id             `query:"org_id" doc:"Of a queue or community; absent: one's own organisation's"`
	State pointCaseState `query:"state"`
	PageInput
}

func (s Services) listPointCases(ctx context.Context, who model.Actor, in *listPointCasesInput) (*page[pointCaseView], error) {
	keys := []any{"point_cases", in.View, in.OrgID, in.State}
	before, err := s.before(who, in.PageInput, keys...)
	if err != nil {
		return nil, err
	}
	all, err := s.Points.Cases(ctx, who, points.CaseFilter{
		View: points.CaseView(in.View), OrgID: in.OrgID.n(), State: model.PointCaseState(in.State), Before: before, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showPointCase, func(c *points.Case) int64 { return c.ID }, keys...), nil
}

func (s Services) getPointCase(ctx context.Context, who model.Actor, in *byID) (*pointCaseView, error) {
	return viewPointCase(s.Points.Case(ctx, who, in.ID.n()))
}

type pointCaseReason struct {
	ID   id `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"300" doc:"Told to the person concerned"`
	}
}

// pointCaseStep is a step of a case that needs a reason and nothing else.
type pointCaseStep func(ctx context.Context, who model.Actor, id int64, reason string) (*points.Case, error)

func stepPointCase(ctx context.Context, who model.Actor, in *pointCaseReason, do pointCaseStep) (*pointCaseView, error) {
	reason, err := text("body.reason", in.Body.Reason, 2, 300)
	if err != nil {
		return nil, err
	}
	return viewPointCase(do(ctx, who, in.ID.n(), reason))
}

func (s Services) approvePointCase(ctx context.Context, who model.Actor, in *pointCaseReason) (*pointCaseView, error) {
	return stepPointCase(ctx, who, in, s.Points.Approve)
}

func (s Services) refusePointCase(ctx context.Context, who model.Actor, in *pointCaseReason) (*pointCaseView, error) {
	return stepPointCase(ctx, who, in, s.Points.Refuse)
}

func (s Services) appealPointCase(ctx context.Context, who model.Actor, in *pointCaseReason) (*pointCaseView, error) {
	return stepPointCase(ctx, who, in, s.Points.Appeal)
}

func (s Services) upholdPointCase(ctx context.Context, who model.Actor, in *pointCaseReason) (*pointCaseView, error) {
	return stepPointCase(ctx, who, in, s.Points.Uphold)
}

func (s Services) dismissPointCase(ctx context.Context, who model.Actor, in *pointCaseReason) (*pointCaseView, error) {
	return stepPointCase(ctx, who, in, s.Points.Dismiss)
}
