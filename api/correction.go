package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/activity"
)

func (s Services) correctionRoutes() []route {
	return []route{
		create("/service/records/{id}/corrections", "申请更正时长: ask that a record say other minutes", model.Consented, s.requestCorrection),
		get("/service/corrections", "待审核的更正: that an organisation has to decide on", model.ReviewService, s.listCorrections),
		post("/service/corrections/{id}/approve", "同意更正: by a second person", model.ReviewService, s.approveCorrection),
		post("/service/corrections/{id}/refuse", "不同意更正: by a second person", model.ReviewService, s.refuseCorrection),
	}
}

type correctionState model.CorrectionState

// Schema describes a correctionState.
func (correctionState) Schema(huma.Registry) *huma.Schema { return oneOf(model.CorrectionStates()...) }

// correctionView is a correction of hours.
type correctionView struct {
	ID          id              `json:"id"`
	State       correctionState `json:"state"`
	StateTitle  string          `json:"state_title"`
	RecordID    id              `json:"record_id"`
	NewRecordID id              `json:"new_record_id,omitempty" doc:"That took its place"`
	UserID      id              `json:"user_id" doc:"Whose hours they are"`
	UserName    string          `json:"user_name,omitempty"`
	Title       string          `json:"title"`
	Day         string          `json:"day" format:"date"`
	Org         orgRef          `json:"org"`
	OldMinutes  int64           `json:"old_minutes"`
	NewMinutes  int64           `json:"new_minutes"`
	Reason      string          `json:"reason"`
	Answer      string          `json:"answer,omitempty"`
	CreatedAt   time.Time       `json:"created_at"`
	DecidedAt   *time.Time      `json:"decided_at,omitempty"`
}

func showCorrection(c activity.CorrectionShown) correctionView {
	return correctionView{
		idOf(c.ID), correctionState(c.State), c.State.Title(), idOf(c.RecordID), idOf(c.NewRecordID), idOf(c.UserID), c.UserName, c.Title, string(c.Day),
		orgRef{idOf(c.OrgID), c.OrgName},
		c.OldMinutes, c.NewMinutes, c.Reason, c.Answer, c.CreatedAt, c.DecidedAt,
	}
}

func viewCorrection(c *activity.CorrectionShown, err error) (*correctionView, error) {
	if err != nil {
		return nil, err
	}
	v := showCorrection(*c)
	return &v, nil
}

type minutesInput struct {
	ID   id `path:"id"`
	Body struct {
		Minutes int64  `json:"minutes" minimum:"0" maximum:"1440" doc:"What it should be; at most what was planned and 30 more"`
		Reason  string `json:"reason" minLength:"2" maxLength:"150"`
	}
}

func (s Services) requestCorrection(ctx context.Context, who model.Actor, in *minutesInput) (*correctionView, error) {
	reason, err := text("body.reason", in.Body.Reason, 2, 150)
	if err != nil {
		return nil, err
	}
	return viewCorrection(s.Activities.RequestCorrection(ctx, who, in.ID.n(), in.Body.Minutes, reason))
}

type deskInput struct {
	OrgID id `query:"org_id" doc:"Whose desk; absent: that of one's own organisation"`
	PageInput
}

func (s Services) listCorrections(ctx context.Context, who model.Actor, in *deskInput) (*page[correctionView], error) {
	before, err := s.before(who, in.PageInput, "corrections", in.OrgID)
	if err != nil {
		return nil, err
	}
	all, err := s.Activities.Corrections(ctx, who, in.OrgID.n(), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showCorrection, func(c activity.CorrectionShown) int64 { return c.ID }, "corrections", in.OrgID), nil
}

type answerInput struct {
	ID   id `path:"id"`
	Body struct {
		Answer string `json:"answer" minLength:"2" maxLength:"150" doc:"Told to the person concerned"`
	}
}

// correctionStep is a decision on a correction.
type correctionStep func(ctx context.Context, who model.Actor, id int64, answer string) (*activity.CorrectionShown, error)

func decideCorrection(ctx context.Context, who model.Actor, in *answerInput, do correctionStep) (*correctionView, error) {
	answer, err := text("body.answer", in.Body.Answer, 2, 150)
	if err != nil {
		return nil, err
	}
	return viewCorrection(do(ctx, who, in.ID.n(), answer))
}

func (s Services) approveCorrection(ctx context.Context, who model.Actor, in *answerInput) (*correctionView, error) {
	return decideCorrection(ctx, who, in, s.Activities.ApproveCorrection)
}

func (s Services) refuseCorrection(ctx context.Context, who model.Actor, in *answerInput) (*correctionView, error) {
	return decideCorrection(ctx, who, in, s.Activities.RefuseCorrection)
}
