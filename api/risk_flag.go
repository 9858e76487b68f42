package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/activity"
)

func (s Services) riskRoutes() []route {
	return []route{
		get("/risk-flags", "风险提示: check-ins that somebody should look at, of one's communities", model.ReviewService, s.listRiskFlags),
		post("/risk-flags/{id}/review", "核查风险提示: nothing is wrong, or something is", model.ReviewService, s.reviewRiskFlag),
	}
}

type (
	riskKind     model.RiskKind
	riskState    model.RiskState
	riskDecision string
)

// The decisions on a risk flag.
const (
	riskDismissed riskDecision = "dismissed"
	riskUpheld    riskDecision = "upheld"
)

// riskEvents say which event each decision is.
var riskEvents = map[riskDecision]model.CheckEvent{riskDismissed: model.RiskDismiss, riskUpheld: model.RiskUphold}

// Schema describes a riskKind.
func (riskKind) Schema(huma.Registry) *huma.Schema { return oneOf(model.RiskKinds()...) }

// Schema describes a riskState.
func (riskState) Schema(huma.Registry) *huma.Schema { return oneOf(model.RiskStates()...) }

// Schema describes a riskDecision.
func (riskDecision) Schema(huma.Registry) *huma.Schema { return oneOf(riskDismissed, riskUpheld) }

// riskFlagView is a risk flag as those who review it see it.
type riskFlagView struct {
	ID           id         `json:"id"`
	Kind         riskKind   `json:"kind"`
	KindTitle    string     `json:"kind_title" doc:"The kind in Chinese"`
	State        riskState  `json:"state"`
	StateTitle   string     `json:"state_title" doc:"The state in Chinese"`
	Detail       string     `json:"detail" doc:"What is odd, in Chinese; never a place"`
	SlotID       id         `json:"slot_id"`
	SlotTitle    string     `json:"slot_title"`
	CommunityID  id         `json:"community_id"`
	AttendanceID id         `json:"attendance_id,omitempty" doc:"Absent: about the slot as a whole"`
	UserID       id         `json:"user_id,omitempty"`
	UserName     string     `json:"user_name,omitempty" doc:"Masked"`
	ReviewedBy   id         `json:"reviewed_by,omitempty"`
	ReviewedAt   *time.Time `json:"reviewed_at,omitempty"`
	Note         string     `json:"note,omitempty"`
	CreatedAt    time.Time  `json:"created_at"`
}

func showRiskFlag(f activity.Flagged) riskFlagView {
	return riskFlagView{
		ID: idOf(f.ID), Kind: riskKind(f.Kind), KindTitle: f.Kind.Title(), State: riskState(f.State), StateTitle: f.State.Title(), Detail: f.Detail,
		SlotID: idOf(f.SlotID), SlotTitle: f.SlotTitle, CommunityID: idOf(f.CommunityID), AttendanceID: idOf(f.AttendanceID),
		UserID: idOf(f.UserID), UserName: f.UserName, ReviewedBy: idOf(f.ReviewedBy), ReviewedAt: f.ReviewedAt, Note: f.Note, CreatedAt: f.CreatedAt,
	}
}

type listRiskInput struct {
	State       riskState `query:"state" default:"open"`
	CommunityID id        `query:"community_id" doc:"Of which community; absent: of all that one works for"`
	PageInput
}

func (s Services) listRiskFlags(ctx context.Context, who model.Actor, in *listRiskInput) (*page[riskFlagView], error) {
	before, err := s.before(who, in.PageInput, "risk_flags", in.State, in.CommunityID)
	if err != nil {
		return nil, err
	}
	all, err := s.Activities.RiskFlags(ctx, who, activity.RiskFilter{
		CommunityID: in.CommunityID.n(), State: model.RiskState(in.State), Before: before, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showRiskFlag, func(f activity.Flagged) int64 { return f.ID }, "risk_flags", in.State, in.CommunityID), nil
}

type reviewRiskInput struct {
	ID   id `path:"id"`
	Body struct {
		Decision riskDecision `json:"decision" doc:"dismissed: nothing is wrong; upheld: something is"`
		Note     string       `json:"note" minLength:"2" maxLength:"200" doc:"What was found out"`
	}
}

func (s Services) reviewRiskFlag(ctx context.Context, who model.Actor, in *reviewRiskInput) (*riskFlagView, error) {
	note, err := text("body.note", in.Body.Note, 2, 200)
	if err != nil {
		return nil, err
	}
	f, err := s.Activities.ReviewFlag(ctx, who, in.ID.n(), riskEvents[in.Body.Decision], note)
	if err != nil {
		return nil, err
	}
	v := showRiskFlag(*f)
	return &v, nil
}
