package board

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// errTaken says that another replica is freezing the same period.
var errTaken = errors.New("board: another replica freezes this period")

// freezing is the freezing of one period, under a lease: the time in its mark,
// which each of its transactions moves on. Whoever finds another time there
// has lost it, and writes nothing.
type freezing struct {
	s      *Service
	tenant int64
	period model.Period
	asOf   time.Time
	size   int // rows in one transaction
}

// Freeze writes every place on every board of a period that is over, and last
// of all that they are complete. What a replica that died has left half-way is
// thrown away and written again; what is complete is never touched.
func (s *Service) Freeze(ctx context.Context, tenant int64, p model.Period) error {
	f := &freezing{s: s, tenant: tenant, period: p, size: 4 * atOnce}
	switch free, err := f.take(ctx); {
	case err != nil:
		return fmt.Errorf("board: freeze %s: %w", p, err)
	case !free:
		return nil
	}
	l, err := s.lay(ctx, tenant, p)
	if err == nil {
		err = f.write(ctx, l)
	}
	if err != nil && !errors.Is(err, errTaken) {
		return fmt.Errorf("board: freeze %s: %w", p, err)
	}
	return nil
}

// take takes the lease, if nobody has it and nobody is done. A time in the mark
// that is so late can only be that of another who freezes.
func (f *freezing) take(ctx context.Context) (free bool, err error) {
	err = f.s.db.Update(ctx, func(tx *db.Tx) error {
		free, f.asOf = false, tx.Now
		m, err := markIn(tx, f.tenant, f.period)
		if err != nil || m.Complete || !f.period.Over(tx.Now, model.SettleTime) {
			return err
		}
		if m.Period == "" {
			free = true
			return addMark(tx, &model.BoardMark{TenantID: f.tenant, Period: f.period, AsOf: tx.Now})
		}
		if f.period.Over(m.AsOf, model.SettleTime) && m.AsOf.After(tx.Now.Add(-2*writeTime)) {
			return nil
		}
		free, err = f.moved(tx, m.AsOf, false)
		return err
	})
	return free, err
}

// moved moves the lease on from a time to now, if it still stands there.
func (f *freezing) moved(tx *db.Tx, from time.Time, complete bool) (bool, error) {
	res := tx.Model(&model.BoardMark{}).Where("tenant_id = ? AND period = ? AND complete = ? AND as_of = ?", f.tenant, f.period, false, from).
		Updates(map[string]any{"as_of": tx.Now, "complete": complete})
	return res.RowsAffected == 1, res.Error
}

// step does a part of the work in one transaction, if the lease is still ours.
func (f *freezing) step(ctx context.Context, complete bool, do func(tx *db.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	next := f.asOf
	err := f.s.db.Update(ctx, func(tx *db.Tx) error {
		next = tx.Now
		switch ours, err := f.moved(tx, f.asOf, complete); {
		case err != nil:
			return err
		case !ours:
			return errTaken
		}
		return do(tx)
	})
	f.asOf = next
	return err
}

// write replaces what there is of the period's boards, and marks them complete.
func (f *freezing) write(ctx context.Context, l *layout) error {
	for _, of := range model.BoardOfs() {
		for _, m := range of.Measures() {
			prefix := model.PeriodPrefix(f.tenant, f.period) + model.BoardKey{Of: of, Measure: m}.Short() + ":"
			err := f.step(ctx, false, func(tx *db.Tx) error {
				return tx.Where("board >= ? AND board < ?", prefix, after(prefix)).Delete(&model.BoardRow{}).Error
			})
			if err != nil {
				return err
			}
		}
	}
	var waiting []model.BoardRow
	flush := func() error {
		for some := range slices.Chunk(waiting, f.size) {
			if err := f.step(ctx, false, func(tx *db.Tx) error { return add(tx, some) }); err != nil {
				return err
			}
		}
		waiting = waiting[:0]
		return nil
	}
	err := l.each(0, func(_ string, rows []model.BoardRow) error {
		if waiting = append(waiting, rows...); len(waiting) < f.size {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return err
	}
	return f.step(ctx, true, func(*db.Tx) error { return nil })
}
