package wish

import (
	"context"
	"fmt"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// plain makes a move of a verb that needs nothing but the step.
func plain(event model.WishEvent, reason string, verb func(*model.Wish, model.Step) error) move {
	return move{event: event, reason: reason, verb: func(_ *db.Tx, w *model.Wish, s model.Step) error { return verb(w, s) }}
}

// Return asks the requester for what is missing (退回补充).
func (s *Service) Return(ctx context.Context, who model.Actor, id int64, reason, missing string) (*Seen, error) {
	m := plain(model.WishReturn, reason, func(w *model.Wish, st model.Step) error { return w.Return(st, reason, missing) })
	m.note = missing
	return s.act(ctx, who, id, m)
}

// Reject declines a wish, with what the resident can do instead (不予受理).
func (s *Service) Reject(ctx context.Context, who model.Actor, id int64, why model.RejectCode, reason, next string) (*Seen, error) {
	m := plain(model.WishReject, reason, func(w *model.Wish, st model.Step) error { return w.Reject(st, why, reason, next) })
	m.note = next
	return s.act(ctx, who, id, m)
}

// Transfer passes a wish on to the grid or to deliberation (转办).
func (s *Service) Transfer(ctx context.Context, who model.Actor, id int64, to, reason string) (*Seen, error) {
	m := plain(model.WishTransfer, reason, func(w *model.Wish, st model.Step) error { return w.Transfer(st, reason) })
	m.note = to
	m.with = func(tx *db.Tx, _, w *model.Wish, _ model.Step) error {
		err := db.Add(tx, &model.Referral{
			ID: tx.NewID(), TenantID: w.TenantID, WishID: w.ID, To: to, Reason: reason, CreatedBy: who.UserID, CreatedAt: tx.Now,
		})
		if err != nil {
			return fmt.Errorf("wish: refer %d: %w", w.ID, err)
		}
		return nil
	}
	return s.act(ctx, who, id, m)
}

// Publish offers a wish to the volunteers of its community (发布).
func (s *Service) Publish(ctx context.Context, who model.Actor, id int64, d model.Difficulty) (*Seen, error) {
	return s.act(ctx, who, id, plain(model.WishPublish, "", func(w *model.Wish, st model.Step) error { return w.Publish(st, d) }))
}

// ApproveExtension grants the time that was asked for (同意延期).
func (s *Service) ApproveExtension(ctx context.Context, who model.Actor, id int64) (*Seen, error) {
	m := plain(model.WishApprove, "", (*model.Wish).ApproveExtension)
	m.closes = model.TaskExtend
	return s.act(ctx, who, id, m)
}

// RefuseExtension leaves the time as it is (不同意延期).
func (s *Service) RefuseExtension(ctx context.Context, who model.Actor, id int64, reason string) (*Seen, error) {
	m := plain(model.WishRefuse, reason, (*model.Wish).RefuseExtension)
	m.closes = model.TaskExtend
	return s.act(ctx, who, id, m)
}

// Revoke takes a claim away (撤单).
func (s *Service) Revoke(ctx context.Context, who model.Actor, id int64, reason string) (*Seen, error) {
	return s.act(ctx, who, id, plain(model.WishRevoke, reason, func(w *model.Wish, st model.Step) error { return w.Revoke(st, reason) }))
}

// Suspend stops the clock of a wish until a day (挂起).
func (s *Service) Suspend(ctx context.Context, who model.Actor, id int64, resume time.Time, reason string) (*Seen, error) {
	return s.act(ctx, who, id, plain(model.WishSuspend, reason, func(w *model.Wish, st model.Step) error {
		return w.Suspend(st, resume, reason)
	}))
}

// Resume takes a wish up again where it was (恢复办理).
func (s *Service) Resume(ctx context.Context, who model.Actor, id int64) (*Seen, error) {
	return s.act(ctx, who, id, plain(model.WishResume, "", (*model.Wish).Resume))
}

// Verify confirms what was reported (核实).
func (s *Service) Verify(ctx context.Context, who model.Actor, id int64) (*Seen, error) {
	return s.act(ctx, who, id, plain(model.WishVerify, "", (*model.Wish).Verify))
}

// SendBack has a report done again (退回返工).
func (s *Service) SendBack(ctx context.Context, who model.Actor, id int64, reason string) (*Seen, error) {
	return s.act(ctx, who, id, s.again(model.WishSendBack, reason, func(w *model.Wish, st model.Step) error {
		return w.SendBack(st, reason)
	}))
}

// Rework has a wish done again that is not solved (返工): at the resident's
// word, or a worker's after calling back.
func (s *Service) Rework(ctx context.Context, who model.Actor, id int64, reason string) (*Seen, error) {
	return s.act(ctx, who, id, s.again(model.WishRedo, reason, func(w *model.Wish, st model.Step) error {
		return w.Rework(st, reason)
	}))
}

// again makes a move into rework; one round too many is the township's to
// decide.
func (s *Service) again(event model.WishEvent, reason string, verb func(*model.Wish, model.Step) error) move {
	m := plain(event, reason, verb)
	m.opens = model.TaskDecide
	m.opensIf = func(w *model.Wish, st model.Step) bool { return w.TooOften(st.Policy) }
	return m
}

// Fail asks a second person to agree that a wish cannot come true (未能实现).
func (s *Service) Fail(ctx context.Context, who model.Actor, id int64, reason string) (*Seen, error) {
	m := plain(model.WishFail, reason, func(w *model.Wish, st model.Step) error { return w.Fail(st, reason) })
	m.opens = model.TaskConfirm
	return s.act(ctx, who, id, m)
}

// ConfirmFail gives a wish up, by a second person.
func (s *Service) ConfirmFail(ctx context.Context, who model.Actor, id int64) (*Seen, error) {
	return s.act(ctx, who, id, plain(model.WishConfirm, "", (*model.Wish).ConfirmFail))
}

// RefuseFail goes on with a wish that somebody wanted to give up.
func (s *Service) RefuseFail(ctx context.Context, who model.Actor, id int64, reason string) (*Seen, error) {
	m := plain(model.WishKeepOn, reason, (*model.Wish).RefuseFail)
	m.closes = model.TaskConfirm
	return s.act(ctx, who, id, m)
}

// Cancel ends a wish at the word of whoever asked for it (撤回).
func (s *Service) Cancel(ctx context.Context, who model.Actor, id int64, reason string) (*Seen, error) {
	return s.act(ctx, who, id, plain(model.WishCancel, reason, func(w *model.Wish, st model.Step) error { return w.Cancel(st, reason) }))
}
