package board

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

const (
	recordEvery = 5 * time.Minute // after something has changed
	recordAtAll = time.Hour       // members come and go without a word to the boards
	kept        = 100             // places of a current board that are kept, of those who may be shown
	atOnce      = 1000            // rows in one statement
	writeTime   = time.Minute     // of one transaction: a clean sweep may be long
)

// Record writes boards to SQL where that is due: those of organisations, what
// is shown of current boards while Redis is down, and for good the boards of
// periods that are over. It is a background job of every replica; a lease
// keeps two from doing the same.
func (s *Service) Record(ctx context.Context) error {
	tenants, err := s.tenants(ctx)
	if err != nil {
		return err
	}
	for _, t := range tenants {
		if err := s.record(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) record(ctx context.Context, tenant int64) error {
	turn, now, err := s.turn(ctx, tenant)
	if err != nil || !turn {
		return err
	}
	s.heard.Delete(tenant)
	over, err := s.over(ctx, tenant)
	if err != nil {
		return err
	}
	for _, p := range over {
		if err := s.Freeze(ctx, tenant, p); err != nil {
			return err
		}
	}
	for _, p := range model.PeriodsAt(now) {
		if err := s.snapshot(ctx, tenant, p); err != nil {
			return err
		}
	}
	return nil
}

// turn takes the lease of a tenant's next record, if it is due.
func (s *Service) turn(ctx context.Context, tenant int64) (turn bool, now time.Time, err error) {
	if _, err := s.seed(ctx, tenant); err != nil {
		return false, now, err
	}
	every := recordAtAll
	if _, heard := s.heard.Load(tenant); heard {
		every = recordEvery
	}
	due := false
	err = s.db.View(ctx, func(tx *db.Tx) error {
		m, err := markIn(tx, tenant, model.BoardTick)
		due = !m.AsOf.After(tx.Now.Add(-every))
		return err
	})
	if err != nil || !due {
		return false, now, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		now = tx.Now
		res := tx.Model(&model.BoardMark{}).Where("tenant_id = ? AND period = ? AND as_of <= ?", tenant, model.BoardTick, tx.Now.Add(-every)).
			Update("as_of", tx.Now)
		turn = res.RowsAffected == 1
		return res.Error
	})
	if err != nil {
		return false, now, fmt.Errorf("board: turn of %d: %w", tenant, err)
	}
	return turn, now, nil
}

// over returns the periods that are over and not yet frozen. It finds the
// periods that there are by leaps in the primary key, of which there are some
// seventy a year.
func (s *Service) over(ctx context.Context, tenant int64) (all []model.Period, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var frozen []model.Period
		err := tx.Model(&model.BoardMark{}).Where("tenant_id = ? AND complete = ?", tenant, true).Pluck("period", &frozen).Error
		for p := model.Period(""); err == nil; {
			var next []model.Period
			err = tx.Raw("SELECT period FROM standings WHERE tenant_id = ? AND period > ? ORDER BY period LIMIT 1", tenant, p).Scan(&next).Error
			if len(next) == 0 {
				break
			}
			if p = next[0]; p.Over(tx.Now, model.SettleTime) && !slices.Contains(frozen, p) {
				all = append(all, p)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("board: periods of %d: %w", tenant, err)
	}
	return all, nil
}

// snapshot writes what is shown of the boards of a current period while Redis
// does not answer, and the boards of organisations. Boards that are as they
// were are left alone.
func (s *Service) snapshot(ctx context.Context, tenant int64, p model.Period) error {
	var asOf time.Time
	_ = s.db.View(ctx, func(tx *db.Tx) error { asOf = tx.Now; return nil })
	l, err := s.lay(ctx, tenant, p)
	if err != nil {
		return err
	}
	boards := map[string][]model.BoardRow{}
	err = l.each(kept, func(board string, rows []model.BoardRow) error { boards[board] = rows; return nil })
	if err != nil {
		return err
	}
	old, err := s.laid(ctx, tenant, p)
	if err != nil {
		return err
	}
	for name := range old {
		if boards[name] == nil {
			boards[name] = []model.BoardRow{}
		}
	}
	var changed []string
	var rows []model.BoardRow
	write := func() error {
		err := s.replace(ctx, changed, rows)
		changed, rows = nil, nil
		return err
	}
	for name, now := range boards {
		if slices.EqualFunc(now, old[name], same) {
			continue
		}
		changed, rows = append(changed, name), append(rows, now...)
		if len(rows) >= atOnce || len(changed) >= kept {
			if err := write(); err != nil {
				return err
			}
		}
	}
	if err := write(); err != nil {
		return err
	}
	return s.mark(ctx, tenant, p, asOf)
}

func same(a, b model.BoardRow) bool {
	return a.Position == b.Position && a.SubjectID == b.SubjectID && a.Value == b.Value && a.ReachedAt.Equal(b.ReachedAt) && a.IsPublic == b.IsPublic
}

// laid returns the boards of a period as they are in SQL.
func (s *Service) laid(ctx context.Context, tenant int64, p model.Period) (map[string][]model.BoardRow, error) {
	all := map[string][]model.BoardRow{}
	prefix := model.PeriodPrefix(tenant, p)
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var rows []model.BoardRow
		err := tx.Raw("SELECT * FROM board_rows WHERE board >= ? AND board < ? ORDER BY board, position", prefix, after(prefix)).Scan(&rows).Error
		for _, r := range rows {
			all[r.Board] = append(all[r.Board], r)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("board: rows of %s: %w", p, err)
	}
	return all, nil
}

// after returns the first text that does not begin with prefix, which ends in
// a colon.
func after(prefix string) string { return prefix[:len(prefix)-1] + ";" }

// replace writes whole boards at once, so that nobody reads half of one.
func (s *Service) replace(ctx context.Context, boards []string, rows []model.BoardRow) error {
	if len(boards) == 0 {
		return nil
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if err := tx.Where("board IN ?", boards).Delete(&model.BoardRow{}).Error; err != nil {
			return err
		}
		return add(tx, rows)
	})
	if err != nil {
		return fmt.Errorf("board: write %s: %w", boards[0], err)
	}
	return nil
}

func add(tx *db.Tx, rows []model.BoardRow) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.CreateInBatches(rows, atOnce).Error
}

// mark says of when the snapshot of a period is. A period that has been frozen
// meanwhile stays so.
func (s *Service) mark(ctx context.Context, tenant int64, p model.Period, asOf time.Time) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := markIn(tx, tenant, p)
		if err != nil || m.Complete {
			return err
		}
		if m.Period == "" {
			return addMark(tx, &model.BoardMark{TenantID: tenant, Period: p, AsOf: asOf})
		}
		return tx.Model(&model.BoardMark{}).Where("tenant_id = ? AND period = ? AND complete = ?", tenant, p, false).Update("as_of", asOf).Error
	})
	if err != nil {
		return fmt.Errorf("board: mark %s: %w", p, err)
	}
	return nil
}

func addMark(tx *db.Tx, m *model.BoardMark) error {
	err := db.Add(tx, m)
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return db.ErrStale
	}
	return err
}
