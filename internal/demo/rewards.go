package demo

import (
	"context"
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/points"
)

// offered is what the station of the first community has for points. The costs
// are such that a member who served a few wishes can take one or two.
var offered = []model.RewardTerms{
	{Name: "洗衣液 2 升", Detail: "居家常用, 共建单位捐助", Cost: 20, Stock: 60, PerPerson: 2},
	{Name: "东北大米 5 公斤", Detail: "共建单位捐助, 请自备袋子", Cost: 30, Stock: 40, PerPerson: 1},
	{Name: "晴雨伞", Detail: "印有“红色蒲公英”字样", Cost: 15, Stock: 80, PerPerson: 1},
	{Name: "社区义剪服务一次", Detail: "每周三下午, 凭取货码到社区服务站", Cost: 8, Stock: 30, PerPerson: 3},
	{Name: "图书一本", Detail: "社区书屋任选一本带走", Cost: 6, Stock: 100, PerPerson: 5},
	{Name: "体检陪同服务一次", Detail: "由志愿者陪同长辈到县人民医院体检", Cost: 12, Stock: 20, PerPerson: 2},
	{Name: "毛巾礼盒", Detail: "纯棉, 两条装", Cost: 10, Stock: 50, PerPerson: 2},
	{Name: "小家电检修一次", Detail: "志愿服务队上门检修", Cost: 10, Stock: 0, PerPerson: 2},
}

// rewards fills the station and lets the members to log in as take something:
// what waits, what was fetched, what was given back, and a donation. All of it
// goes through the service.
func (l *loader) rewards(ctx context.Context) error {
	held := l.world.held()
	as := func(code string) model.Actor { return actorOf(l.person(code), held[UserID(code)]) }
	l.clock.Set(l.until.Add(-2 * day))
	ids := make([]int64, len(offered))
	for i, t := range offered {
		o, err := l.points.CreateReward(ctx, as("demo-county"), CommunityID, t)
		if err != nil {
			return fmt.Errorf("demo: reward %s: %w", t.Name, err)
		}
		ids[i] = o.ID
	}
	rich, err := l.spenders(ctx)
	if err != nil {
		return err
	}
	taken := make([]*points.Redeemed, 4)
	for i := range taken {
		l.clock.Set(l.until.Add(-day))
		if taken[i], err = l.points.Redeem(ctx, rich[i%len(rich)], ids[3+i%2], ""); err != nil {
			return fmt.Errorf("demo: redeem: %w", err)
		}
	}
	l.clock.Set(l.until.Add(-day / 2))
	if _, err := l.points.NameProxy(ctx, rich[0], taken[0].ID, "王建军"); err != nil {
		return fmt.Errorf("demo: proxy: %w", err)
	}
	if _, err := l.points.PickUp(ctx, as("demo-verifier"), taken[2].Code, model.TakenByOwner); err != nil {
		return fmt.Errorf("demo: pick up: %w", err)
	}
	if _, err := l.points.CancelRedemption(ctx, rich[3%len(rich)], taken[3].ID); err != nil {
		return fmt.Errorf("demo: cancel: %w", err)
	}
	if _, err := l.points.Donate(ctx, rich[0], 2, "给社区的孩子们添几本书", ""); err != nil {
		return fmt.Errorf("demo: donate: %w", err)
	}
	return nil
}

// person returns who logs in with code.
func (l *loader) person(code string) *model.User {
	for _, u := range l.world.users {
		if u.ID == UserID(code) {
			return u
		}
	}
	return &model.User{}
}

// spenders returns members of the first community who have points to spend, the
// richest first; those to log in as come before the others.
func (l *loader) spenders(ctx context.Context) ([]model.Actor, error) {
	var owners []int64
	err := l.db.View(ctx, func(tx *db.Tx) error {
		return tx.Raw(`SELECT owner_id FROM point_balances WHERE account = ? AND amount >= 20 AND tenant_id = ?
			ORDER BY CASE WHEN owner_id < ? THEN 0 ELSE 1 END, amount DESC, owner_id`, model.AccountMember, CountyID, firstMember).Scan(&owners).Error
	})
	if err != nil {
		return nil, fmt.Errorf("demo: who has points: %w", err)
	}
	held, byID := l.world.held(), map[int64]*model.User{}
	for _, u := range l.world.users {
		byID[u.ID] = u
	}
	var all []model.Actor
	for _, id := range owners {
		if u := byID[id]; u != nil && u.HomePath.At(model.LevelCommunity) == CommunityID {
			all = append(all, actorOf(u, held[id]))
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("demo: of %d nobody of community %d has points to spend", len(owners), CommunityID)
	}
	return all, nil
}
