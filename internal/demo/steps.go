package demo

import (
	"context"
	"time"

	"dandelion/model"
	"dandelion/service/wish"
)

// hours is a time between two numbers of hours.
func (t *teller) hours(least, most int) time.Duration {
	return time.Duration(least)*time.Hour + time.Duration(t.IntN((most-least)*60))*time.Minute
}

// steps returns how a wish comes to be in state.
func (t *teller) steps(state model.WishState, p *plan) []step {
	publish := step{t.hours(1, 8), func(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
		d := []model.Difficulty{model.Easy, model.Easy, model.Medium, model.Hard}[p.n%4]
		return l.service.Publish(ctx, p.cast.worker, id, d)
	}}
	if p.n%9 == 4 { // urgent: looked at within two hours
		publish.after /= 8
	}
	early := publish.after
	reason := func(do func(*loader) func(context.Context, model.Actor, int64, string) (*wish.Seen, error), text string, who func(cast) model.Actor) func(context.Context, *loader, *plan, int64) (*wish.Seen, error) {
		return func(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
			return do(l)(ctx, who(p.cast), id, text)
		}
	}
	worker := func(c cast) model.Actor { return c.worker }
	switch state {
	case model.WishDraft, model.WishSubmitted:
		return nil
	case model.WishReturned:
		return []step{{early, func(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
			return l.service.Return(ctx, p.cast.worker, id, "信息不完整", "请补充方便联系的时间和具体需要")
		}}}
	case model.WishRejected:
		return []step{{early, func(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
			return l.service.Reject(ctx, p.cast.worker, id, "属于物业维修范围", "请拨打物业服务电话, 社区已帮您登记")
		}}}
	case model.WishTransferred:
		return []step{{early, func(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
			return l.service.Transfer(ctx, p.cast.worker, id, "grid_event", "涉及公共设施, 转网格办理")
		}}}
	case model.WishCancelled:
		return []step{{early, reason(func(l *loader) func(context.Context, model.Actor, int64, string) (*wish.Seen, error) {
			return l.service.Cancel
		},
			"家里人已经解决了", func(c cast) model.Actor { return c.requester })}}
	case model.WishOpen:
		return []step{publish}
	case model.WishDispatched:
		return []step{{early, dispatch}}
	case model.WishUnfulfilled:
		return []step{publish, {t.hours(10, 40), func(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
			return l.service.Fail(ctx, p.cast.worker, id, "型号已停产, 暂时没有替代品")
		}}, {t.hours(1, 6), func(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
			return l.service.ConfirmFail(ctx, p.cast.second, id)
		}}}
	}
	return t.served(state, publish, reason(func(l *loader) func(context.Context, model.Actor, int64, string) (*wish.Seen, error) {
		return l.service.SendBack
	}, "照片里还没有装好", worker))
}

// dispatch orders to the unit of the community, or to a member.
func dispatch(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	to := model.Order{OrgID: p.cast.unit}
	if p.n%2 == 0 {
		to = model.Order{UserID: p.cast.claimer.UserID}
	}
	return l.service.Dispatch(ctx, p.cast.worker, id, to, "请尽快联系居民")
}

// take lets the claimer take the wish: every other by an order to him, so that
// nobody holds too many claims.
func take(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	if _, err := l.service.Dispatch(ctx, p.cast.worker, id, model.Order{UserID: p.cast.claimer.UserID}, ""); err != nil {
		return nil, err
	}
	return l.service.Accept(ctx, p.cast.claimer, id, nil)
}

// served returns how a wish goes on once somebody takes it, as far as state.
func (t *teller) served(state model.WishState, publish step, sendBack func(context.Context, *loader, *plan, int64) (*wish.Seen, error)) []step {
	way := []step{
		publish,
		{t.hours(2, 30), take},
		{t.hours(2, 18), func(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
			return l.service.Start(ctx, p.cast.claimer, id)
		}},
		{t.hours(2, 60), report},
		{t.hours(1, 30), func(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
			return l.service.Verify(ctx, p.cast.worker, id)
		}},
		{t.hours(1, 60), evaluate},
	}
	switch state {
	case model.WishClaimed:
		return way[:2]
	case model.WishInService:
		return way[:3]
	case model.WishSuspended:
		return append(way[:3:3], step{t.hours(2, 20), func(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
			return l.service.Suspend(ctx, p.cast.worker, id, l.clock.Now().Add(12*day), "等待配件到货")
		}})
	case model.WishReported:
		return way[:4]
	case model.WishRework:
		return append(way[:4:4], step{t.hours(1, 20), sendBack})
	case model.WishAwaiting:
		return way[:5]
	}
	if t.IntN(8) == 0 { // nobody judged it
		way[5] = step{8 * day, func(context.Context, *loader, *plan, int64) (*wish.Seen, error) { return nil, nil }}
	}
	return way
}

func report(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	if p.text.kind == model.WishGoods {
		if _, err := l.service.HandGoods(ctx, p.cast.claimer, id, "受助人本人签收"); err != nil {
			return nil, err
		}
	}
	return l.service.Report(ctx, p.cast.claimer, id, p.text.done, int64(30+p.n%4*30))
}

// evaluate judges as people do: mostly well, sometimes not.
func evaluate(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	stars, solved := int64(5), model.SolvedYes
	switch p.n % 12 {
	case 1, 5, 8:
		stars = 4
	case 3:
		stars, solved = 3, model.SolvedPartly
	case 10:
		stars, solved = 2, model.SolvedNo
	}
	return l.service.Evaluate(ctx, p.cast.requester, id, stars, solved, "")
}
