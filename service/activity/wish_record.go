package activity

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// HearWish keeps the records of those who serve wishes: of a wish that is closed
// each who served it has one, of one that is done again nobody has. It looks at
// how the wish is now, so hearing twice, late or out of turn does no harm.
func (s *Service) HearWish(ctx context.Context, e model.Event) error {
	closed := string(model.WishClosed)
	if e.Subject != model.OfWish || e.ToState != closed && e.FromState != closed {
		return nil
	}
	policy, err := s.policies.Of(ctx, e.TenantID)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := db.Find[model.Wish](tx, e.SubjectID, model.ErrWishNotFound)
		if err != nil {
			return err
		}
		claims, err := gorm.G[model.Claim](tx.DB).Where("wish_id = ?", w.ID).Order("id").Find(tx.Ctx)
		if err != nil {
			return fmt.Errorf("activity: claims of %d: %w", w.ID, err)
		}
		for _, user := range servants(w, claims) {
			if err := s.keep(tx, policy, w, claims, user); err != nil {
				return err
			}
		}
		return nil
	})
}

// servants returns all who have ever served a wish, in the one order in which
// calendars are written.
func servants(w *model.Wish, claims []model.Claim) []int64 {
	all := team(w)
	for _, c := range claims {
		all = append(all, c.ClaimerID)
		all = append(all, c.Team.List()...)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(id int64) bool { return id == 0 })
}

// team returns those who serve a wish now.
func team(w *model.Wish) []int64 {
	if all := w.Team.List(); len(all) > 0 {
		return all
	}
	return []int64{w.ClaimerID}
}

// keep lets one person's records of a wish be as the wish is. His calendar is
// written in any case: whoever decides at the same moment by what the wish was
// before is stale.
func (s *Service) keep(tx *db.Tx, policy model.Policy, w *model.Wish, claims []model.Claim, user int64) error {
	c, err := calendar(tx, w.TenantID, user)
	if err != nil {
		return err
	}
	ids := []int64{w.ClaimID}
	for _, claim := range claims {
		ids = append(ids, claim.ID)
	}
	rows, err := gorm.G[model.ServiceRecord](tx.DB).Where("source_type = ? AND source_id IN ? AND user_id = ?", model.OfClaim, ids, user).Find(tx.Ctx)
	if err != nil {
		return fmt.Errorf("activity: records of wish %d: %w", w.ID, err)
	}
	counts := w.State == model.WishClosed && w.Minutes > 0 && slices.Contains(team(w), user)
	known, err := s.sort(tx, rows, w.ClaimID, counts)
	if err != nil {
		return err
	}
	if counts && !known {
		if err := s.serveWish(tx, policy, w, user); err != nil {
			return err
		}
	}
	return touch(tx, c)
}

// sort withdraws the records of a wish that no longer count, and reports whether
// there is the one that does: that of the claim, if any.
func (s *Service) sort(tx *db.Tx, rows []model.ServiceRecord, claim int64, counts bool) (known bool, err error) {
	for i := range rows {
		switch r := &rows[i]; {
		case counts && r.SourceID == claim:
			known = true
		case r.State == model.RecordValid:
			if err := s.withdraw(tx, r); err != nil {
				return known, err
			}
		}
	}
	return known, nil
}

// withdraw lets a record of a wish no longer count that is done again, on
// another claim: what comes of that has another record.
func (s *Service) withdraw(tx *db.Tx, r *model.ServiceRecord) error {
	after := *r
	if err := after.Withdraw(); err != nil {
		return err
	}
	return s.void(tx, r, &after, model.RecordWithdraw, "心愿重新办理", model.SystemActor(r.TenantID))
}

// serveWish adds the record of somebody who served a wish. It earns nothing: the
// wish has its own points.
func (s *Service) serveWish(tx *db.Tx, policy model.Policy, w *model.Wish, user int64) error {
	m, err := memberOf(tx, w.TenantID, user)
	if err != nil {
		return err
	}
	day, err := dayUse(tx, policy, user, model.WishDay(w, tx.Now), 0)
	if err != nil {
		return err
	}
	return s.record(tx, model.NewWishRecord(tx.NewID(), w, user, m, day, tx.Now), model.SystemActor(w.TenantID))
}
