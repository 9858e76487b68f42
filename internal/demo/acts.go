package demo

import (
	"context"

	"dandelion/model"
	"dandelion/service/wish"
)

func wait(context.Context, *loader, *plan, int64) (*wish.Seen, error) { return nil, nil }

func giveBack(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Return(ctx, p.cast.worker, id, "信息不完整", "请补充方便联系的时间和具体需要")
}

func reject(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Reject(ctx, p.cast.worker, id, model.RejectElsewhere, "属于物业维修范围", "请拨打物业服务电话, 社区已帮您登记")
}

func transfer(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Transfer(ctx, p.cast.worker, id, "grid_event", "涉及公共设施, 转网格办理")
}

func cancel(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Cancel(ctx, p.cast.requester, id, "家里人已经解决了")
}

func publish(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	d := []model.Difficulty{model.Easy, model.Easy, model.Medium, model.Hard}[p.n%4]
	return l.service.Publish(ctx, p.cast.worker, id, d)
}

func fail(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Fail(ctx, p.cast.worker, id, "型号已停产, 暂时没有替代品")
}

func confirmFail(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.ConfirmFail(ctx, p.cast.second, id)
}

// dispatch orders to the unit of the community, or to a member.
func dispatch(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	if p.turn%2 == 0 {
		return orderUnit(ctx, l, p, id)
	}
	return orderClaimer(ctx, l, p, id)
}

func orderUnit(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Dispatch(ctx, p.cast.worker, id, model.Order{OrgID: p.cast.unit}, "请安排懂这方面的同志")
}

func orderClaimer(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Dispatch(ctx, p.cast.worker, id, model.Order{UserID: p.cast.claimer.UserID}, "请尽快联系居民")
}

func orderHelper(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Dispatch(ctx, p.cast.worker, id, model.Order{UserID: p.cast.helper.UserID}, "请看能不能帮忙")
}

func decline(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Decline(ctx, p.cast.helper, id, "这几天在外地出差")
}

func accept(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Accept(ctx, p.cast.claimer, id, nil)
}

func acceptForUnit(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Accept(ctx, p.cast.liaison, id, p.cast.team)
}

func claim(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Claim(ctx, p.cast.claimer, id, 0, nil)
}

func claimAsHelper(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Claim(ctx, p.cast.helper, id, 0, nil)
}

func release(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Release(ctx, p.cast.helper, id, "家里有急事, 请另请他人")
}

// appoint promises to come on the next day, and at the same hour.
func appoint(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Appoint(ctx, p.cast.claimer, id, l.clock.Now().Add(day))
}

func start(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Start(ctx, p.cast.claimer, id)
}

// extend asks for two days beyond the week that a service may take.
func extend(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Extend(ctx, p.cast.claimer, id, l.clock.Now().Add(9*day), "配件要从外地寄来")
}

func approve(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.ApproveExtension(ctx, p.cast.worker, id)
}

func suspend(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Suspend(ctx, p.cast.worker, id, l.clock.Now().Add(12*day), "等待配件到货")
}

func resume(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Resume(ctx, p.cast.worker, id)
}

// report is of what was done, and again of what was done again.
func report(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	if p.text.kind == model.WishGoods {
		if _, err := l.service.HandGoods(ctx, p.cast.claimer, id, "受助人本人签收"); err != nil {
			return nil, err
		}
	}
	return l.service.Report(ctx, p.cast.claimer, id, p.text.done, int64(30+p.n%4*30))
}

func verify(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Verify(ctx, p.cast.worker, id)
}

func sendBack(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.SendBack(ctx, p.cast.worker, id, "还没有全部办好")
}

func redo(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Rework(ctx, p.cast.requester, id, "用了一天又坏了")
}

func reopen(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	return l.service.Reopen(ctx, p.cast.requester, id, "过了几天又出了同样的问题")
}

// evaluate judges as people do: mostly well, sometimes not.
func evaluate(ctx context.Context, l *loader, p *plan, id int64) (*wish.Seen, error) {
	stars, solved, comment := int64(5), model.SolvedYes, "来得及时, 谢谢"
	switch p.turn % 12 {
	case 1, 5, 8:
		stars, comment = 4, "办好了"
	case 3:
		stars, solved, comment = 3, model.SolvedPartly, "办了一半, 还差一点"
	case 10:
		stars, solved, comment = 2, model.SolvedNo, "没有解决, 希望再来看看"
	case 2, 7:
		comment = ""
	}
	return l.service.Evaluate(ctx, p.cast.requester, id, stars, solved, comment)
}
