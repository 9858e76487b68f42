package points

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/id"
	"dandelion/model"
)

// sweepPage is how many members one call of Expire looks at.
const sweepPage = 200

// Expire goes on with the passes over all members that are due: to tell them of
// points that will expire, and to let expire what has grown too old. It returns
// how many members it looked at; 0 when nothing is due. Any number of processes
// may do so at once: of each notice there is one, and the points of it expire
// with it or not at all.
func (s *Service) Expire(ctx context.Context) (int, error) {
	pass, err := s.duePass(ctx)
	if err != nil || pass == nil {
		return 0, err
	}
	var rows []model.PointBalance
	err = s.db.View(ctx, func(tx *db.Tx) (err error) {
		rows, err = gorm.G[model.PointBalance](tx.DB).Where("owner_id > ? AND account = ?", pass.LastOwner, model.AccountMember).
			Order("owner_id").Limit(sweepPage).Find(tx.Ctx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("points: members after %d: %w", pass.LastOwner, err)
	}
	for _, b := range rows {
		if b.Amount > 0 {
			if err := s.remind(ctx, *pass, b); err != nil {
				return 0, err
			}
		}
	}
	return len(rows) + 1, s.advance(ctx, *pass, rows)
}

// duePass returns the first pass that is due and not done; nil if there is none.
func (s *Service) duePass(ctx context.Context) (due *model.PointSweep, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		due = nil
		all := model.SweepsAt(tx.Now)
		if len(all) == 0 {
			return nil
		}
		rows, err := gorm.G[model.PointSweep](tx.DB).Where("season >= ?", all[0].Season).Find(tx.Ctx)
		if err != nil {
			return fmt.Errorf("points: passes: %w", err)
		}
		known := map[[2]int64]model.PointSweep{}
		for _, r := range rows {
			known[[2]int64{r.Season, r.Days}] = r
		}
		for _, p := range all {
			if r, ok := known[[2]int64{p.Season, p.Days}]; ok {
				p = r
			}
			if p.DoneAt == nil {
				due = &p
				return nil
			}
		}
		return nil
	})
	return due, err
}

// advance notes that a pass has come past rows. If another process has noted
// more, or less, that is no harm: what is looked at twice is found done.
func (s *Service) advance(ctx context.Context, pass model.PointSweep, rows []model.PointBalance) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		next := pass
		next.Version++
		if len(rows) > 0 {
			next.LastOwner = rows[len(rows)-1].OwnerID
		}
		if len(rows) < sweepPage {
			next.DoneAt = &tx.Now
		}
		if pass.Version == 0 {
			if err := db.Add(tx, &next); err != nil && !errors.Is(err, gorm.ErrDuplicatedKey) {
				return fmt.Errorf("points: begin pass: %w", err)
			}
			return nil
		}
		err := tx.Model(&model.PointSweep{}).Where("season = ? AND days = ? AND version = ?", pass.Season, pass.Days, pass.Version).
			Updates(map[string]any{"last_owner": next.LastOwner, "done_at": next.DoneAt, "version": next.Version}).Error
		if err != nil {
			return fmt.Errorf("points: advance pass: %w", err)
		}
		return nil
	})
}

// remind tells one member what of his points is too old or soon will be, and
// lets expire what is.
func (s *Service) remind(ctx context.Context, pass model.PointSweep, b model.PointBalance) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		held, err := balances(tx, []int64{b.OwnerID})
		if err != nil {
			return err
		}
		amount, err := olderThan(tx, b.OwnerID, held[account{b.OwnerID, model.AccountMember}].Amount, pass.Season)
		if err != nil || amount == 0 {
			return err
		}
		n := &model.PointNotice{
			ID: tx.NewID(), TenantID: b.TenantID, UserID: b.OwnerID, Season: pass.Season, Days: pass.Days, Amount: amount,
			ExpiresAt: model.ExpiryOf(pass.Season), CreatedAt: tx.Now,
		}
		if err := db.Add(tx, n); err != nil {
			return err
		}
		if pass.Days <= 0 {
			if _, err := s.book(tx, n.Posting(), held); err != nil {
				return err
			}
		}
		return s.events.Put(tx, model.Event{TenantID: n.TenantID, Subject: model.OfExpiry, SubjectID: n.ID, Name: "expiry_notice", Note: fmt.Sprint(n.Days)})
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return nil // he has been told
	}
	if err != nil {
		return fmt.Errorf("points: expiry of %d: %w", b.OwnerID, err)
	}
	return nil
}

// olderThan returns how much of a member's balance was credited in the given
// season or before it.
func olderThan(tx *db.Tx, user, balance, season int64) (int64, error) {
	var newer int64
	err := tx.Raw("SELECT COALESCE(SUM(amount), 0) FROM point_entries WHERE owner_id = ? AND account = ? AND id >= ? AND lot > ?",
		user, model.AccountMember, id.Floor(model.SeasonStart(season+1)), season).Scan(&newer).Error
	if err != nil {
		return 0, fmt.Errorf("points: credits of %d: %w", user, err)
	}
	return model.Expiring(balance, newer), nil
}
