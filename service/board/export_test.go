package board

import (
	"context"
	"crypto/rand"

	"dandelion/internal/db"
	"dandelion/model"
)

// Remember reads where somebody stands now, and returns how to write it later,
// when it may be old.
func (s *Service) Remember(ctx context.Context, tenant, user int64) (func(context.Context) error, error) {
	seed, err := s.seed(ctx, tenant)
	if err != nil {
		return nil, err
	}
	p, err := s.person(ctx, tenant, user)
	return func(ctx context.Context) error { return s.apply(ctx, keysOf(tenant, seed), tenant, "", p) }, err
}

// Seed returns what the keys of a tenant have in common.
func (s *Service) Seed(ctx context.Context, tenant int64) (string, error) { return s.seed(ctx, tenant) }

// Occupy takes the lease of a builder, and returns how to give it back.
func (s *Service) Occupy(ctx context.Context, tenant int64) (func() error, error) {
	b, err := s.beginner(ctx, tenant)
	return func() error {
		return lua.leave.Run(ctx, s.redis, []string{b.k.building()}, b.generation).Err()
	}, err
}

func (s *Service) beginner(ctx context.Context, tenant int64) (*builder, error) {
	seed, err := s.seed(ctx, tenant)
	if err != nil {
		return nil, err
	}
	b := &builder{s: s, k: keysOf(tenant, seed), tenant: tenant, generation: rand.Text()}
	return b, b.begin(ctx)
}

// Abandon builds most of a generation and dies; its lease runs out.
func (s *Service) Abandon(ctx context.Context, tenant int64) error {
	b, err := s.beginner(ctx, tenant)
	if err != nil {
		return err
	}
	if err := b.fill(ctx); err != nil {
		return err
	}
	return s.redis.Del(ctx, b.k.building()).Err()
}

// FreezeUntil freezes a period in steps of some rows, and dies when there are
// so many.
func (s *Service) FreezeUntil(ctx context.Context, tenant int64, p model.Period, rows int, die func()) error {
	f := &freezing{s: s, tenant: tenant, period: p, size: 5}
	if _, err := f.take(ctx); err != nil {
		return err
	}
	l, err := s.lay(ctx, tenant, p)
	if err != nil {
		return err
	}
	for _, of := range []model.BoardOf{model.BoardMembers} {
		for _, m := range of.Measures() {
			prefix := model.PeriodPrefix(tenant, p) + model.BoardKey{Of: of, Measure: m}.Short() + ":"
			err := f.step(ctx, false, func(tx *db.Tx) error {
				return tx.Where("board >= ? AND board < ?", prefix, after(prefix)).Delete(&model.BoardRow{}).Error
			})
			if err != nil {
				return err
			}
		}
	}
	return l.each(0, func(_ string, all []model.BoardRow) error {
		if rows -= len(all); rows < 0 {
			die()
		}
		return f.step(ctx, false, func(tx *db.Tx) error { return add(tx, all) })
	})
}
