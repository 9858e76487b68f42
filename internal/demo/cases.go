package demo

import (
	"context"
	"fmt"
	"time"

	"dandelion/model"
)

// budget is what the first community means to give out in a season.
const budget = 600

// cases tells of a sanction that is in force, one that waits for a second
// person, one that is appealed, and an adjustment; and sets the budget of the
// community where it happens.
func (l *loader) cases(ctx context.Context) error {
	worker, second := l.actor("demo-worker"), l.actor("demo-worker2")
	for _, c := range []struct {
		ago    time.Duration
		about  string
		kind   model.PointCaseKind
		amount int64
		reason string
		answer string // "": not yet
		appeal string
	}{
		{60 * time.Hour, "demo-member2", model.CaseNoShow, 0, "约定时间未到场, 事先没有说明", "已向居民核实, 情况属实", ""},
		{50 * time.Hour, "demo-volunteer", model.CaseAdjustment, 5, "上月陪伴时长少记 1 小时, 补记", "已核对服务记录", ""},
		{40 * time.Hour, "demo-member", model.CaseNoShow, 0, "约定的维修没有上门", "居民反映属实", "当天在医院值班抢救病人, 已电话告知社区"},
		{20 * time.Hour, "demo-member3", model.CaseLateRelease, 0, "超过约定时间后才退单", "", ""},
	} {
		l.clock.Set(l.until.Add(-c.ago))
		v, err := l.points.Propose(ctx, worker, model.PointCaseOrder{Kind: c.kind, UserID: UserID(c.about), Amount: c.amount, Reason: c.reason})
		if err == nil && c.answer != "" {
			l.clock.Set(l.until.Add(-c.ago + 3*time.Hour))
			_, err = l.points.Approve(ctx, second, v.ID, c.answer)
		}
		if err == nil && c.appeal != "" {
			l.clock.Set(l.until.Add(-c.ago + 8*time.Hour))
			_, err = l.points.Appeal(ctx, l.actor(c.about), v.ID, c.appeal)
		}
		if err != nil {
			return fmt.Errorf("demo: %s of %s: %w", c.kind, c.about, err)
		}
	}
	if _, err := l.points.SetBudget(ctx, l.actor("demo-county"), CommunityID, 0, budget); err != nil {
		return fmt.Errorf("demo: budget: %w", err)
	}
	return nil
}

// actor returns the person with that code as his session would.
func (l *loader) actor(code string) model.Actor {
	for _, u := range l.world.users {
		if u.ID == UserID(code) {
			return actorOf(u, l.world.held()[u.ID])
		}
	}
	return model.Actor{}
}
