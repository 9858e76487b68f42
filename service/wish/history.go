package wish

import (
	"context"
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
)

// Line is one line of a wish's history, with what its actor is called.
type Line struct {
	model.Event
	DisplayName string
}

// told is a line of history with the wish it is about, and without a line if
// there is none left: whether who asks may see it is known in the same read.
type told struct {
	model.Wish
	Event       model.Event `gorm:"embedded;embeddedPrefix:event_"`
	DisplayName string
}

// History returns what has happened to a wish, newest first, to those who may
// see it whole.
func (s *Service) History(ctx context.Context, who model.Actor, wish, before int64, limit int) (all []Line, err error) {
	var rows []told
	err = s.db.View(ctx, func(tx *db.Tx) error {
		err := tx.Raw(`SELECT w.*, e.id AS event_id, e.name AS event_name, e.from_state AS event_from_state, e.to_state AS event_to_state,
				e.actor_id AS event_actor_id, e.actor_role AS event_actor_role, e.reason AS event_reason, e.note AS event_note,
				e.created_at AS event_created_at, COALESCE(u.display_name, '') AS display_name
			FROM wishes w
			LEFT JOIN (SELECT * FROM events WHERE subject = ? AND subject_id = ? AND id < ? ORDER BY id DESC LIMIT ?) e ON e.subject_id = w.id
			LEFT JOIN users u ON u.id = e.actor_id
			WHERE w.id = ? ORDER BY e.id DESC`, model.OfWish, wish, db.Before(before), limit, wish).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("wish: history of %d: %w", wish, err)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0:
		return nil, model.ErrWishNotFound
	}
	w := &rows[0].Wish
	switch r := w.RelationTo(who); {
	case r == 0:
		return nil, model.ErrWishNotFound
	case r == model.Candidate:
		return nil, model.ErrWishWho
	}
	for _, row := range rows {
		if row.Event.ID == 0 {
			break
		}
		if w.Private(row.Event.ActorID, who) {
			row.DisplayName = model.MaskName(row.DisplayName)
		}
		all = append(all, Line{row.Event, row.DisplayName})
	}
	return all, nil
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
