package wish

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// Appoint records when the claimer will come (预约).
func (s *Service) Appoint(ctx context.Context, who model.Actor, id int64, at time.Time) (*Seen, error) {
	m := plain(model.WishAppoint, "", func(w *model.Wish, st model.Step) error { return w.Appoint(st, at) })
	m.note = model.Said(at)
	return s.act(ctx, who, id, m)
}

// Start begins the service (开始服务).
func (s *Service) Start(ctx context.Context, who model.Actor, id int64) (*Seen, error) {
	return s.act(ctx, who, id, plain(model.WishStart, "", (*model.Wish).Start))
}

// HandGoods records who took the goods (交付物品).
func (s *Service) HandGoods(ctx context.Context, who model.Actor, id int64, receipt string) (*Seen, error) {
	m := plain(model.WishHandGoods, "", func(w *model.Wish, st model.Step) error { return w.HandGoods(st, receipt) })
	m.note = receipt // which rework, when they are handed over anew, takes off the wish
	return s.act(ctx, who, id, m)
}

// Extend asks for more time (申请延期).
func (s *Service) Extend(ctx context.Context, who model.Actor, id int64, until time.Time, reason string) (*Seen, error) {
	m := plain(model.WishExtend, reason, func(w *model.Wish, st model.Step) error { return w.Extend(st, until, reason) })
	m.opens = model.TaskExtend
	return s.act(ctx, who, id, m)
}

// Report shows what was done (晒单).
func (s *Service) Report(ctx context.Context, who model.Actor, id int64, text string, minutes int64) (*Seen, error) {
	return s.act(ctx, who, id, plain(model.WishReport, "", func(w *model.Wish, st model.Step) error {
		return w.Report(st, text, minutes)
	}))
}

// Evaluate is the judgement of the beneficiary or of his named proxy (评单).
func (s *Service) Evaluate(ctx context.Context, who model.Actor, id, stars int64, solved model.Solved, comment string) (*Seen, error) {
	return s.act(ctx, who, id, move{
		event: model.WishEvaluate,
		verb:  func(_ *db.Tx, w *model.Wish, st model.Step) error { return w.Evaluate(st, stars, solved) },
		with: func(tx *db.Tx, before, w *model.Wish, st model.Step) error {
			e := judgement(tx, w)
			e.ByID, e.Comment = who.UserID, comment
			e.ByProxy = before.RelationTo(who)&model.BeneficiaryRel == 0
			return addEvaluation(tx, w, e)
		},
	})
}

func judgement(tx *db.Tx, w *model.Wish) *model.Evaluation {
	return &model.Evaluation{
		ID: tx.NewID(), TenantID: w.TenantID, WishID: w.ID, ClaimID: w.ClaimID, ClaimerID: w.ClaimerID,
		Stars: w.Stars, Solved: w.Solved, CreatedAt: tx.Now, Version: 1,
	}
}

func addEvaluation(tx *db.Tx, w *model.Wish, e *model.Evaluation) error {
	flags := w.Flags(e.ByProxy)
	e.Open(flags)
	e.Flags = strings.Join(flags, ",")
	if err := db.Add(tx, e); err != nil {
		return fmt.Errorf("wish: add evaluation of %d: %w", w.ID, err)
	}
	return nil
}

// Reopen has a closed wish done again (重新办理): the same people make good on a
// new claim, and the judgement no longer counts.
func (s *Service) Reopen(ctx context.Context, who model.Actor, id int64, reason string) (*Seen, error) {
	m := s.again(model.WishReopen, reason, nil)
	m.verb = func(tx *db.Tx, w *model.Wish, st model.Step) error { return w.Reopen(st, tx.NewID(), reason) }
	m.with = func(tx *db.Tx, before, w *model.Wish, st model.Step) error {
		e := model.Evaluation{}
		e.Remove()
		err := tx.Model(&e).Where("claim_id = ?", before.ClaimID).
			Updates(map[string]any{"state": e.State, "version": gorm.Expr("version + 1")}).Error
		if err != nil {
			return fmt.Errorf("wish: remove evaluation of %d: %w", w.ID, err)
		}
		return addClaim(tx, w, 0, st)
	}
	return s.act(ctx, who, id, m)
}
