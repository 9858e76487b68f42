package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/points"
)

type (
	redemptionState model.RedemptionState
	takenBy         model.TakenBy
)

// Schema describes a redemptionState.
func (redemptionState) Schema(huma.Registry) *huma.Schema { return oneOf(model.RedemptionStates()...) }

// Schema describes a takenBy.
func (takenBy) Schema(huma.Registry) *huma.Schema {
	return oneOf(model.TakenByOwner, model.TakenByProxy)
}

// redemptionView is a redemption as its owner sees it.
type redemptionView struct {
	ID         id              `json:"id"`
	State      redemptionState `json:"state"`
	StateTitle string          `json:"state_title"`
	RewardID   id              `json:"reward_id"`
	RewardName string          `json:"reward_name"`
	Cost       int64           `json:"cost" doc:"In points, as it was"`
	Org        orgRef          `json:"org" doc:"Where to pick it up"`
	Code       string          `json:"code,omitempty" doc:"取货码: of one that waits, and not in lists"`
	Proxy      string          `json:"proxy,omitempty" doc:"Who may pick it up instead; not in lists"`
	ProxyAt    *time.Time      `json:"proxy_at,omitempty" doc:"When the owner consented to that"`
	TakenBy    takenBy         `json:"taken_by,omitempty"`
	ExpiresAt  time.Time       `json:"expires_at"`
	CreatedAt  time.Time       `json:"created_at"`
	EndedAt    *time.Time      `json:"ended_at,omitempty"`
}

func showRedemption(d points.Redeemed) redemptionView {
	return redemptionView{
		ID: idOf(d.ID), State: redemptionState(d.State), StateTitle: d.State.Title(), RewardID: idOf(d.RewardID), RewardName: d.RewardName, Cost: d.Cost,
		Org: orgRef{idOf(d.OrgID), d.OrgName}, Code: d.Code, Proxy: d.ProxyName, ProxyAt: d.ProxyAt, TakenBy: takenBy(d.TakenBy),
		ExpiresAt: d.ExpiresAt, CreatedAt: d.CreatedAt, EndedAt: d.EndedAt,
	}
}

func viewRedemption(d *points.Redeemed, err error) (*redemptionView, error) {
	if err != nil {
		return nil, err
	}
	v := showRedemption(*d)
	return &v, nil
}

type redeemInput struct {
	ID   id `path:"id"`
	Body struct {
		RequestID string `json:"request_id,omitempty" pattern:"^[A-Za-z0-9_-]{8,64}$" doc:"What the client calls this: the same again takes nothing more"`
	}
}

func (s Services) redeemReward(ctx context.Context, who model.Actor, in *redeemInput) (*redemptionView, error) {
	return viewRedemption(s.Points.Redeem(ctx, who, in.ID.n(), in.Body.RequestID))
}

func (s Services) listRedemptions(ctx context.Context, who model.Actor, in *PageInput) (*page[redemptionView], error) {
	before, err := s.before(who, *in, "redemptions")
	if err != nil {
		return nil, err
	}
	all, err := s.Points.Redemptions(ctx, who, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, *in, all, showRedemption, func(d points.Redeemed) int64 { return d.ID }, "redemptions"), nil
}

func (s Services) getRedemption(ctx context.Context, who model.Actor, in *byID) (*redemptionView, error) {
	return viewRedemption(s.Points.Redemption(ctx, who, in.ID.n()))
}

func (s Services) cancelRedemption(ctx context.Context, who model.Actor, in *byID) (*redemptionView, error) {
	return viewRedemption(s.Points.CancelRedemption(ctx, who, in.ID.n()))
}

type proxyInput struct {
	ID   id `path:"id"`
	Body struct {
		Name    string `json:"name" minLength:"2" maxLength:"16"`
		Consent bool   `json:"consent" enum:"true" doc:"同意由此人代领本人的兑换物品"`
	}
}

func (s Services) nameProxy(ctx context.Context, who model.Actor, in *proxyInput) (*redemptionView, error) {
	name, err := text("body.name", in.Body.Name, 2, 16)
	if err != nil {
		return nil, err
	}
	return viewRedemption(s.Points.NameProxy(ctx, who, in.ID.n(), name))
}

func (s Services) dropProxy(ctx context.Context, who model.Actor, in *byID) (*redemptionView, error) {
	return viewRedemption(s.Points.DropProxy(ctx, who, in.ID.n()))
}

// waitingView is a redemption as the verifier sees it.
type waitingView struct {
	ID         id              `json:"id"`
	State      redemptionState `json:"state"`
	RewardID   id              `json:"reward_id"`
	RewardName string          `json:"reward_name"`
	Owner      string          `json:"owner" doc:"The masked name"`
	Proxy      string          `json:"proxy,omitempty" doc:"Who may take it instead, in lists masked; absent: nobody"`
	ProxyAt    *time.Time      `json:"proxy_at,omitempty" doc:"When the owner consented to that"`
	TakenBy    takenBy         `json:"taken_by,omitempty"`
	ExpiresAt  time.Time       `json:"expires_at"`
	CreatedAt  time.Time       `json:"created_at"`
}

func showWaiting(w *points.Waiting) waitingView {
	return waitingView{
		idOf(w.ID), redemptionState(w.State), idOf(w.RewardID), w.RewardName, w.OwnerName, w.ProxyName, w.ProxyAt, takenBy(w.TakenBy),
		w.ExpiresAt, w.CreatedAt,
	}
}

func viewWaiting(w *points.Waiting, err error) (*waitingView, error) {
	if err != nil {
		return nil, err
	}
	v := showWaiting(w)
	return &v, nil
}

type queueInput struct {
	OrgID id `query:"org_id" doc:"At which community; absent: where one verifies"`
	PageInput
}

func (s Services) listWaiting(ctx context.Context, who model.Actor, in *queueInput) (*page[waitingView], error) {
	after, err := s.before(who, in.PageInput, "waiting", in.OrgID)
	if err != nil {
		return nil, err
	}
	all, err := s.Points.Queue(ctx, who, in.OrgID.n(), after, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showWaiting, func(w *points.Waiting) int64 { return w.ID }, "waiting", in.OrgID), nil
}

type pickUpCode struct {
	Body struct {
		Code string `json:"code" minLength:"10" maxLength:"16" doc:"取货码, as it is read; small letters, spaces and hyphens do not matter"`
	}
}

func (s Services) checkCode(ctx context.Context, who model.Actor, in *pickUpCode) (*waitingView, error) {
	return viewWaiting(s.Points.CheckCode(ctx, who, in.Body.Code))
}

type pickUpInput struct {
	Body struct {
		Code    string  `json:"code" minLength:"10" maxLength:"16" doc:"取货码, as it is read; small letters, spaces and hyphens do not matter"`
		TakenBy takenBy `json:"taken_by" doc:"Who takes it away: proxy only if the owner has named one"`
	}
}

func (s Services) pickUp(ctx context.Context, who model.Actor, in *pickUpInput) (*waitingView, error) {
	return viewWaiting(s.Points.PickUp(ctx, who, in.Body.Code, model.TakenBy(in.Body.TakenBy)))
}
