package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/activity"
)

func (s Services) disputeRoutes() []route {
	return []route{
		create("/enrolments/{id}/dispute", "对服务时长提出异议: about an absence, or too few minutes", model.Consented, s.fileDispute),
		get("/service/disputes", "我的异议: my disputes about hours", model.Consented, s.listDisputes),
		get("/service/disputes/queue", "待答复的异议: that an organisation has to answer", model.ReviewService, s.listDisputeQueue),
		get("/service/disputes/{id}", "异议: one dispute, with its history", model.Consented, s.getDispute),
		post("/service/disputes/{id}/uphold", "异议成立: by somebody who had no part in it", model.ReviewService, s.upholdDispute),
		post("/service/disputes/{id}/dismiss", "维持原记录: by somebody who had no part in it", model.ReviewService, s.dismissDispute),
	}
}

type (
	disputeState model.DisputeState
	disputeAbout model.DisputeAbout
)

// Schema describes a disputeState.
func (disputeState) Schema(huma.Registry) *huma.Schema { return oneOf(model.DisputeStates()...) }

// Schema describes a disputeAbout.
func (disputeAbout) Schema(huma.Registry) *huma.Schema { return oneOf(model.DisputeAbouts()...) }

// disputeView is a dispute about hours.
type disputeView struct {
	ID          id            `json:"id"`
	State       disputeState  `json:"state"`
	StateTitle  string        `json:"state_title"`
	EnrolmentID id            `json:"enrolment_id"`
	SlotID      id            `json:"slot_id"`
	Title       string        `json:"title"`
	Org         orgRef        `json:"org"`
	UserID      id            `json:"user_id"`
	UserName    string        `json:"user_name,omitempty"`
	About       disputeAbout  `json:"about"`
	AboutTitle  string        `json:"about_title"`
	OldMinutes  int64         `json:"old_minutes" doc:"That counted when it was filed"`
	Claimed     int64         `json:"claimed_minutes"`
	Granted     int64         `json:"granted_minutes"`
	Reason      string        `json:"reason"`
	Answer      string        `json:"answer,omitempty"`
	RecordID    id            `json:"record_id,omitempty" doc:"That came of it"`
	Told        string        `json:"told" doc:"How it stands and what comes next, in Chinese"`
	AnswerBy    time.Time     `json:"answer_by" doc:"As it was promised when it was filed"`
	Escalated   bool          `json:"escalated" doc:"It was not answered in time: the township has it"`
	CreatedAt   time.Time     `json:"created_at"`
	DecidedAt   *time.Time    `json:"decided_at,omitempty"`
	History     []disputeLine `json:"history,omitempty" doc:"Of one dispute, oldest first"`
}

// disputeLine is one line of a dispute's history. Who of the staff it was is not
// told.
type disputeLine struct {
	Event  string    `json:"event"`
	Title  string    `json:"title"`
	Role   string    `json:"role"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

func showDispute(d *activity.DisputeShown) disputeView {
	v := disputeView{
		ID: idOf(d.ID), State: disputeState(d.State), StateTitle: d.State.Title(), EnrolmentID: idOf(d.EnrolmentID), SlotID: idOf(d.SlotID), Title: d.Title,
		Org: orgRef{idOf(d.OrgID), d.OrgName}, UserID: idOf(d.UserID), UserName: d.UserName, About: disputeAbout(d.About), AboutTitle: d.About.Title(),
		OldMinutes: d.OldMinutes, Claimed: d.Claimed, Granted: d.Granted, Reason: d.Reason, Answer: d.Answer, RecordID: idOf(d.RecordID), Told: d.Told(),
		AnswerBy: d.AnswerBy, Escalated: d.Escalated, CreatedAt: d.CreatedAt, DecidedAt: d.DecidedAt,
	}
	for _, e := range d.History {
		v.History = append(v.History, disputeLine{e.Name, model.DisputeTitle(model.CheckEvent(e.Name)), e.ActorRole, e.Reason, e.CreatedAt})
	}
	return v
}

func viewDispute(d *activity.DisputeShown, err error) (*disputeView, error) {
	if err != nil {
		return nil, err
	}
	v := showDispute(d)
	return &v, nil
}

type disputeInput struct {
	ID   id `path:"id"`
	Body struct {
		Minutes int64  `json:"minutes" minimum:"1" maximum:"1440" doc:"What it should be; at most what was planned and 30 more"`
		Reason  string `json:"reason" minLength:"2" maxLength:"150"`
	}
}

func (s Services) fileDispute(ctx context.Context, who model.Actor, in *disputeInput) (*disputeView, error) {
	reason, err := text("body.reason", in.Body.Reason, 2, 150)
	if err != nil {
		return nil, err
	}
	return viewDispute(s.Activities.FileDispute(ctx, who, in.ID.n(), in.Body.Minutes, reason))
}

func (s Services) listDisputes(ctx context.Context, who model.Actor, in *PageInput) (*page[disputeView], error) {
	before, err := s.before(who, *in, "disputes")
	if err != nil {
		return nil, err
	}
	all, err := s.Activities.Disputes(ctx, who, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, *in, all, showDispute, func(d *activity.DisputeShown) int64 { return d.ID }, "disputes"), nil
}

func (s Services) listDisputeQueue(ctx context.Context, who model.Actor, in *deskInput) (*page[disputeView], error) {
	before, err := s.before(who, in.PageInput, "dispute_queue", in.OrgID)
	if err != nil {
		return nil, err
	}
	all, err := s.Activities.DisputeQueue(ctx, who, in.OrgID.n(), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showDispute, func(d *activity.DisputeShown) int64 { return d.ID }, "dispute_queue", in.OrgID), nil
}

func (s Services) getDispute(ctx context.Context, who model.Actor, in *byID) (*disputeView, error) {
	return viewDispute(s.Activities.Dispute(ctx, who, in.ID.n()))
}

type upholdInput struct {
	ID   id `path:"id"`
	Body struct {
		Minutes int64  `json:"minutes" minimum:"1" maximum:"1440" doc:"More than counted, at most what was claimed"`
		Answer  string `json:"answer" minLength:"2" maxLength:"150" doc:"Told to the volunteer"`
	}
}

func (s Services) upholdDispute(ctx context.Context, who model.Actor, in *upholdInput) (*disputeView, error) {
	answer, err := text("body.answer", in.Body.Answer, 2, 150)
	if err != nil {
		return nil, err
	}
	return viewDispute(s.Activities.UpholdDispute(ctx, who, in.ID.n(), in.Body.Minutes, answer))
}

func (s Services) dismissDispute(ctx context.Context, who model.Actor, in *answerInput) (*disputeView, error) {
	answer, err := text("body.answer", in.Body.Answer, 2, 150)
	if err != nil {
		return nil, err
	}
	return viewDispute(s.Activities.DismissDispute(ctx, who, in.ID.n(), answer))
}
