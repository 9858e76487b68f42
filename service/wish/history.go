package wish

import (
	"context"
	"fmt"
	"math"

	"dandelion/internal/db"
	"dandelion/model"
)

// Line is one line of a wish's history, with what its actor is called.
type Line struct {
	model.Event
	DisplayName string
}

// upTo returns the id that a page ends before; 0 asks for the first page.
func upTo(before int64) int64 {
	if before == 0 {
		return math.MaxInt64
	}
	return before
}

// History returns what has happened to a wish, newest first, to those who may
// see it whole.
func (s *Service) History(ctx context.Context, who model.Actor, wish, before int64, limit int) (all []Line, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		w, err := find(tx, wish)
		if err != nil {
			return err
		}
		switch r := w.RelationTo(who); {
		case r == 0:
			return model.ErrWishNotFound
		case r == model.Candidate:
			return model.ErrWishWho
		}
		err = tx.Raw(`SELECT e.*, COALESCE(u.display_name, '') AS display_name FROM events e LEFT JOIN users u ON u.id = e.actor_id
			WHERE e.subject = ? AND e.subject_id = ? AND e.id < ? ORDER BY e.id DESC LIMIT ?`,
			model.OfWish, wish, upTo(before), limit).Scan(&all).Error
		if err != nil {
			return fmt.Errorf("wish: history of %d: %w", wish, err)
		}
		for i := range all {
			if w.Private(all[i].ActorID, who) {
				all[i].DisplayName = model.MaskName(all[i].DisplayName)
			}
		}
		return nil
	})
	return all, err
}

// Hear keeps the ratings of claimers: a projection, written as absolute values,
// so that hearing of a judgement twice does no harm.
func (s *Service) Hear(ctx context.Context, e model.Event) error {
	switch model.WishEvent(e.Name) {
	case model.WishEvaluate, model.WishReopen:
	default:
		return nil
	}
	if e.Subject != model.OfWish {
		return nil
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		var claimers []int64
		err := tx.Raw("SELECT DISTINCT claimer_id FROM evaluations WHERE wish_id = ?", e.SubjectID).Scan(&claimers).Error
		if err != nil {
			return fmt.Errorf("wish: claimers of %d: %w", e.SubjectID, err)
		}
		for _, c := range claimers {
			if err := rate(tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func rate(tx *db.Tx, claimer int64) error {
	var sum struct{ Stars, Rated int64 }
	err := tx.Raw("SELECT COALESCE(SUM(stars), 0) AS stars, COUNT(*) AS rated FROM evaluations WHERE claimer_id = ? AND stars > 0 AND state <> ?",
		claimer, model.EvaluationRemoved).Scan(&sum).Error
	if err != nil {
		return fmt.Errorf("wish: rating of %d: %w", claimer, err)
	}
	err = tx.Model(&model.Member{}).Where("user_id = ?", claimer).
		Updates(map[string]any{"stars": sum.Stars, "rated": sum.Rated, "updated_at": tx.Now}).Error
	if err != nil {
		return fmt.Errorf("wish: rate %d: %w", claimer, err)
	}
	return nil
}
