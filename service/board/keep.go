package board

import (
	"context"
	"errors"

	"dandelion/internal/db"
	"dandelion/internal/redis"
	"dandelion/model"
)

// Keep makes the boards in Redis again where that is due: where they are
// missing, where Redis has not heard of something, and once a day, which also
// throws away what is over. It is a background job of every replica; one of
// them builds. While Redis is down it does nothing, and what Redis loses again
// and again while it is being built, nobody has seen: it is still due, and the
// next call builds it.
func (s *Service) Keep(ctx context.Context) error {
	tenants, err := s.tenants(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, t := range tenants {
		due, err := s.due(ctx, t)
		if err == nil && due {
			_, err = s.Rebuild(ctx, t)
		}
		if err != nil && !errors.Is(err, redis.ErrDown) && !errors.Is(err, model.ErrBoardBusy) && !errors.Is(err, errGone) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// due reports whether the boards of a tenant are to be made again.
func (s *Service) due(ctx context.Context, tenant int64) (bool, error) {
	m, _, err := s.look(ctx, tenant, 0, 0)
	if err != nil || m.generation == "" {
		return err == nil, err
	}
	doubts, err := s.doubts(ctx, tenant)
	if err != nil || doubts > 0 {
		return err == nil, err
	}
	old := false
	err = s.db.View(ctx, func(tx *db.Tx) error {
		old = model.DayOf(m.begun) < model.DayOf(tx.Now.Add(-model.BoardGrace))
		return nil
	})
	return old, err
}
