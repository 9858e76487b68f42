package api

import (
	"context"

	"dandelion/model"
	"dandelion/service/wish"
)

func (s Services) wishRoutes() []route {
	return []route{
		get("/wishes", "心愿列表: pool, mine, claims, orders, queue, community", model.Consented, s.listWishes),
		create("/wishes", "点单: order a wish, as a draft or submitted at once", model.Consented, s.placeWish),
		get("/wishes/{id}", "心愿: one wish, and what can be done with it", model.Consented, s.getWish),
		put("/wishes/{id}", "修改草稿: change a draft, or what was returned", model.Consented, s.editWish),
		get("/wishes/{id}/history", "办理过程: what has happened to a wish", model.Consented, s.wishHistory),
		get("/wishes/{id}/suggestions", "派单建议: units, teams and members with the reasons", model.HandleWish, s.suggestWish),
		post("/wishes/{id}/reveal", "查看受助人信息: leaves a row that the beneficiary can read", model.Consented, s.revealWish),
		get("/wishes/{id}/reveals", "谁看过我的信息: who has looked at the beneficiary's data", model.Consented, s.wishReveals),
	}
}

type listWishesInput struct {
	View    wishListView `query:"view" required:"true" doc:"Which list"`
	OrgID   id           `query:"org_id" doc:"Whose queue or which community; absent: one's own"`
	State   wishState    `query:"state"`
	Kind    wishKind     `query:"kind"`
	Urgency urgency      `query:"urgency"`
	Light   light        `query:"light"`
	PageInput
}

func (s Services) listWishes(ctx context.Context, who model.Actor, in *listWishesInput) (*page[wishView], error) {
	before, err := s.before(who, in.PageInput, "wishes", in.View, in.OrgID, in.State, in.Kind, in.Urgency, in.Light)
	if err != nil {
		return nil, err
	}
	all, err := s.Wishes.List(ctx, who, wish.Filter{
		View: wish.View(in.View), OrgID: in.OrgID.n(), State: model.WishState(in.State), Kind: model.WishKind(in.Kind),
		Urgency: model.Urgency(in.Urgency), Light: model.Light(in.Light), Before: before, Limit: in.Limit + 1,
	})
	if err != nil {
		return nil, err
	}
	return pageOf(s, who, in.PageInput, all, showWish, func(v *wish.Seen) int64 { return v.ID },
		"wishes", in.View, in.OrgID, in.State, in.Kind, in.Urgency, in.Light), nil
}

type wishInput struct {
	ID id `path:"id"`
}

func (s Services) getWish(ctx context.Context, who model.Actor, in *wishInput) (*wishView, error) {
	return viewWish(s.Wishes.Get(ctx, who, in.ID.n()))
}
