package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"dandelion/model"
	"dandelion/service/points"
)

func (s Services) rewardRoutes() []route {
	return []route{
		get("/rewards", "兑换物品: what can be taken for points", model.Consented, s.listRewards),
		get("/rewards/{id}", "兑换物品: one reward", model.Consented, s.getReward),
		create("/rewards", "上架: offer a reward at the station of a community", model.EditPoints, s.createReward),
		patch("/rewards/{id}", "修改物品: edit, restock, close or open a reward", model.EditPoints, s.changeReward),
		create("/rewards/{id}/redeem", "兑换: take a reward for points", model.Consented, s.redeemReward),
		get("/redemptions", "我的兑换: one's own, without their codes", model.Consented, s.listRedemptions),
		get("/redemptions/{id}", "兑换: one of one's own, with its pick-up code", model.Consented, s.getRedemption),
		post("/redemptions/{id}/cancel", "取消兑换: give a reward back before it is picked up", model.Consented, s.cancelRedemption),
		put("/redemptions/{id}/proxy", "委托代领: let somebody else pick a reward up", model.Consented, s.nameProxy),
		remove("/redemptions/{id}/proxy", "撤回委托: withdraw the consent to a proxy", model.Consented, s.dropProxy),
		get("/redemptions/queue", "待领取: what waits to be picked up at a station", model.VerifyReward, s.listWaiting),
		post("/redemptions/check", "核对取货码: what a code is good for, and who may take it", model.VerifyReward, s.checkCode),
		post("/redemptions/pick-up", "核销领取: hand a reward over for its code", model.VerifyReward, s.pickUp),
		create("/points/donations", "捐赠积分: give points to the pool of one's community", model.Consented, s.donatePoints),
		get("/points/pools/{org_id}", "社区公益池: what the pool of a community holds", model.Consented, s.getPool),
	}
}

type rewardState model.RewardState

// Schema describes a rewardState.
func (rewardState) Schema(huma.Registry) *huma.Schema { return oneOf(model.RewardStates()...) }

// rewardView is a reward. It has a cost in points and no price.
type rewardView struct {
	ID         id          `json:"id"`
	State      rewardState `json:"state"`
	StateTitle string      `json:"state_title"`
	Org        orgRef      `json:"org" doc:"The community at whose station it is handed over"`
	Name       string      `json:"name"`
	Detail     string      `json:"detail"`
	Cost       int64       `json:"cost" doc:"In points"`
	Stock      int64       `json:"stock"`
	PerPerson  int64       `json:"per_person" doc:"How many one person may take in a season"`
	UpdatedAt  time.Time   `json:"updated_at"`
}

func showReward(o points.Offer) rewardView {
	return rewardView{
		idOf(o.ID), rewardState(o.State), o.State.Title(),
		orgRef{idOf(o.OrgID), o.OrgName},
		o.Name, o.Detail, o.Cost, o.Stock, o.PerPerson, o.UpdatedAt,
	}
}

func viewReward(o *points.Offer, err error) (*rewardView, error) {
	if err != nil {
		return nil, err
	}
	v := showReward(*o)
	return &v, nil
}

type listRewardsInput struct {
	OrgID id `query:"org_id" doc:"At which community; absent: in the whole county"`
	PageInput
}

func (s Services) listRewards(ctx context.Context, who model.Actor, in *listRewardsInput) (*page[rewardView], error) {
	before, err := s.before(who, in.PageInput, "rewards", in.OrgID)
	if err != nil {
		return nil, err
	}
	all, err := s.Points.Rewards(ctx, who, in.OrgID.n(), before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showReward, func(o points.Offer) int64 { return o.ID }, "rewards", in.OrgID), nil
}

func (s Services) getReward(ctx context.Context, who model.Actor, in *byID) (*rewardView, error) {
	return viewReward(s.Points.Reward(ctx, who, in.ID.n()))
}

type createRewardInput struct {
	Body struct {
		OrgID     id     `json:"org_id"`
		Name      string `json:"name" minLength:"2" maxLength:"30"`
		Detail    string `json:"detail,omitempty" maxLength:"300"`
		Cost      int64  `json:"cost" minimum:"1" maximum:"10000" doc:"In points"`
		Stock     int64  `json:"stock" minimum:"0" maximum:"100000"`
		PerPerson int64  `json:"per_person" minimum:"1" maximum:"10" doc:"How many one person may take in a season"`
	}
}

func (s Services) createReward(ctx context.Context, who model.Actor, in *createRewardInput) (*rewardView, error) {
	b := in.Body
	return viewReward(s.Points.CreateReward(ctx, who, b.OrgID.n(), model.RewardTerms{
		Name: b.Name, Detail: b.Detail, Cost: b.Cost, Stock: b.Stock, PerPerson: b.PerPerson,
	}))
}

type changeRewardInput struct {
	ID   id `path:"id"`
	Body struct {
		Name      *string `json:"name,omitempty" minLength:"2" maxLength:"30"`
		Detail    *string `json:"detail,omitempty" maxLength:"300"`
		Cost      *int64  `json:"cost,omitempty" minimum:"1" maximum:"10000" doc:"In points, of who takes it from now on"`
		PerPerson *int64  `json:"per_person,omitempty" minimum:"1" maximum:"10"`
		Restock   *int64  `json:"restock,omitempty" minimum:"-100000" maximum:"100000" doc:"How many more there are; negative: how many are gone"`
		Open      *bool   `json:"open,omitempty" doc:"false: nobody can take it any more"`
	}
}

func (s Services) changeReward(ctx context.Context, who model.Actor, in *changeRewardInput) (*rewardView, error) {
	b := in.Body
	return viewReward(s.Points.ChangeReward(ctx, who, in.ID.n(), model.RewardChange{
		Name: b.Name, Detail: b.Detail, Cost: b.Cost, PerPerson: b.PerPerson, Restock: b.Restock, Open: b.Open,
	}))
}

// donationView is points that were given to a community's pool.
type donationView struct {
	ID        id        `json:"id"`
	OrgID     id        `json:"org_id"`
	Amount    int64     `json:"amount"`
	Note      string    `json:"note,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

type donateInput struct {
	Body struct {
		Amount    int64  `json:"amount" minimum:"1" maximum:"100000"`
		Note      string `json:"note,omitempty" maxLength:"100"`
		RequestID string `json:"request_id,omitempty" pattern:"^[A-Za-z0-9_-]{8,64}$" doc:"What the client calls this: the same again gives nothing more"`
	}
}

func (s Services) donatePoints(ctx context.Context, who model.Actor, in *donateInput) (*donationView, error) {
	d, err := s.Points.Donate(ctx, who, in.Body.Amount, in.Body.Note, in.Body.RequestID)
	if err != nil {
		return nil, err
	}
	return &donationView{idOf(d.ID), idOf(d.OrgID), d.Amount, d.Note, d.CreatedAt}, nil
}

type poolInput struct {
	OrgID id `path:"org_id"`
}

// poolView is what a community's pool holds.
type poolView struct {
	Org    orgRef `json:"org"`
	Amount int64  `json:"amount"`
}

func (s Services) getPool(ctx context.Context, who model.Actor, in *poolInput) (*poolView, error) {
	p, err := s.Points.PoolOf(ctx, who, in.OrgID.n())
	if err != nil {
		return nil, err
	}
	return &poolView{orgRef{idOf(p.OrgID), p.OrgName}, p.Amount}, nil
}
