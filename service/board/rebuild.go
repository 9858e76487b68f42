package board

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

const (
	lease    = 30 * time.Second // how long a builder may be silent
	tries    = 5                // generations that may be lost before a rebuild gives up
	chunk    = 400              // places in one command
	together = 3000             // words in one round trip
	sendings = 3                // of one of these, to a Redis that is slow to answer
	catchUp  = 500              // people who have changed meanwhile, at a time
)

// Rebuilt says what a rebuild has done.
type Rebuilt struct {
	Tenant int64
	People int // with a standing
	Tries  int
}

// Rebuild makes all boards of a tenant's current periods again, from the
// standings. Readers see the old ones until the new are complete, and none if
// there were none. What changes meanwhile is in the new ones too. If Redis
// loses them while they are being built, it begins again.
func (s *Service) Rebuild(ctx context.Context, tenant int64) (r Rebuilt, err error) {
	seed, err := s.seed(ctx, tenant)
	if err != nil {
		return r, err
	}
	doubts, err := s.doubts(ctx, tenant)
	if err != nil {
		return r, err
	}
	for r = (Rebuilt{Tenant: tenant}); r.Tries < tries; {
		r.Tries++
		b := &builder{s: s, k: keysOf(tenant, seed), tenant: tenant, generation: rand.Text()}
		err = b.build(ctx)
		r.People = b.people
		if !errors.Is(err, errGone) {
			break
		}
	}
	if err != nil {
		return r, fmt.Errorf("board: rebuild %d: %w", tenant, err)
	}
	return r, s.settle(ctx, tenant, doubts)
}

// RebuildAll makes the boards of all tenants again.
func (s *Service) RebuildAll(ctx context.Context) (all []Rebuilt, err error) {
	tenants, err := s.tenants(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tenants {
		r, err := s.Rebuild(ctx, t)
		if err != nil {
			return all, err
		}
		all = append(all, r)
	}
	return all, nil
}

// doubts returns how often Redis has not heard of a change.
func (s *Service) doubts(ctx context.Context, tenant int64) (n int64, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		return tx.Model(&model.BoardMark{}).Where("tenant_id = ? AND period = ?", tenant, model.BoardTick).Pluck("doubts", &n).Error
	})
	if err != nil {
		return 0, fmt.Errorf("board: doubts of %d: %w", tenant, err)
	}
	return n, nil
}

// settle takes back the doubts that there were before a rebuild. Those that
// have come since stay, and call for another.
func (s *Service) settle(ctx context.Context, tenant, doubts int64) error {
	if doubts == 0 {
		return nil
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Model(&model.BoardMark{}).Where("tenant_id = ? AND period = ?", tenant, model.BoardTick).
			Update("doubts", gorm.Expr("doubts - ?", doubts)).Error
	})
	if err != nil {
		return fmt.Errorf("board: settle %d: %w", tenant, err)
	}
	return nil
}

// builder builds one generation.
type builder struct {
	s          *Service
	k          keys
	tenant     int64
	generation string
	begun      time.Time
	people     int

	waiting []any // for the next round trip
}

func (b *builder) build(ctx context.Context) error {
	err := b.begin(ctx)
	if err != nil {
		return err
	}
	if err = b.fill(ctx); err == nil {
		err = b.finish(ctx)
	}
	if err != nil {
		// Whoever comes next need not wait for the lease to end. If this
		// fails too, he does.
		_ = lua.leave.Run(context.WithoutCancel(ctx), b.s.redis, []string{b.k.building()}, b.generation).Err()
		return err
	}
	return b.clean(ctx)
}

// begin takes the lease, if nobody has it.
func (b *builder) begin(ctx context.Context) error {
	err := b.s.db.View(ctx, func(tx *db.Tx) error { b.begun = tx.Now; return nil })
	if err != nil {
		return err
	}
	n, err := lua.begin.Run(ctx, b.s.redis, []string{b.k.building(), b.k.dirty(), b.k.generations()}, b.generation, lease.Milliseconds()).Int()
	if err == nil && n == 0 {
		return model.ErrBoardBusy
	}
	return err
}

// loaded are the standings of a period.
type loaded struct {
	period model.Period
	rows   []ranked
	err    error
}

// fill writes every board, one after the other: that is several times faster
// than person after person, for Redis finds its way better in one board than
// in a thousand. While it writes one period, the next is read.
func (b *builder) fill(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var reader sync.WaitGroup
	defer reader.Wait()
	defer cancel()
	public, err := b.s.choices(ctx, b.tenant)
	if err != nil {
		return err
	}
	periods := make(chan loaded)
	reader.Go(func() {
		defer close(periods)
		for _, p := range model.BoardPeriods(b.begun) {
			rows, err := b.s.ranked(ctx, b.tenant, p, public, nil)
			select {
			case periods <- loaded{p, rows, err}:
			case <-ctx.Done():
				return
			}
		}
	})
	for p := range periods {
		if p.err != nil {
			return p.err
		}
		if err := b.period(ctx, p); err != nil {
			return err
		}
	}
	return errors.Join(ctx.Err(), b.flush(ctx))
}

// period writes the boards of one period; with those of all time it writes who
// everybody is.
func (b *builder) period(ctx context.Context, p loaded) error {
	if p.period == model.AllTime {
		b.people = len(p.rows)
		if err := b.versions(ctx, p.rows); err != nil {
			return err
		}
	}
	for m, measure := range model.BoardMembers.Measures() {
		boards := map[int64][]*ranked{}
		for _, r := range order(p.rows, m) {
			for _, scope := range r.scopes(b.tenant) {
				boards[scope] = append(boards[scope], r)
			}
		}
		for scope, rows := range boards {
			key := suffix(model.BoardKey{Period: p.period, Of: model.BoardMembers, Measure: measure, Scope: scope})
			if err := b.board(ctx, key, m, rows); err != nil {
				return err
			}
			shown := slices.DeleteFunc(rows, func(r *ranked) bool { return !r.public })
			if err := b.board(ctx, key+":p", m, shown); err != nil {
				return err
			}
		}
	}
	return nil
}

// board writes one sorted set.
func (b *builder) board(ctx context.Context, key string, measure int, rows []*ranked) error {
	for some := range slices.Chunk(rows, chunk) {
		args := make([]any, 0, 2*len(some))
		for _, r := range some {
			args = append(args, strconv.FormatInt(r.scores[measure], 10), padded(r.user))
		}
		if err := b.write(ctx, "ZADD", key, args); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) versions(ctx context.Context, rows []ranked) error {
	for some := range slices.Chunk(rows, chunk) {
		args := make([]any, 0, 2*len(some))
		for _, r := range some {
			args = append(args, padded(r.user), fmt.Sprintf("%d|%d|%d", r.version, r.community, r.township))
		}
		if err := b.write(ctx, "HSET", "v", args); err != nil {
			return err
		}
	}
	return nil
}

// write runs one command on one key of the generation, together with others:
// they are sent as one program, which a Redis in this process can take as well
// as one that is far away.
func (b *builder) write(ctx context.Context, command, key string, args []any) error {
	full := b.k.of(b.generation, key)
	if len(b.waiting) == 0 {
		b.waiting = append(b.waiting, b.generation, lease.Milliseconds())
	}
	b.waiting = append(b.waiting, "SADD", b.k.of(b.generation, "keys"), 1, full, command, full, len(args))
	b.waiting = append(b.waiting, args...)
	if len(b.waiting) < together {
		return nil
	}
	return b.flush(ctx)
}

// flush sends what waits. Where the generation is gone, nothing is written. To
// send it twice does no harm, so one late answer does not undo all the work.
func (b *builder) flush(ctx context.Context) error {
	if len(b.waiting) == 0 {
		return nil
	}
	var n int
	var err error
	for range sendings {
		if n, err = lua.write.Run(ctx, b.s.redis, []string{b.k.building()}, b.waiting...).Int(); err == nil || ctx.Err() != nil {
			break
		}
	}
	clear(b.waiting)
	b.waiting = b.waiting[:0]
	if err == nil && n == 0 {
		return errGone
	}
	return err
}

// finish adds what has changed meanwhile until nothing has, and then makes the
// generation the current one, in the same moment.
func (b *builder) finish(ctx context.Context) error {
	for {
		n, err := lua.finish.Run(ctx, b.s.redis, []string{b.k.building(), b.k.marker(), b.k.dirty()},
			b.generation, mark{b.generation, b.begun}.String()).Int()
		switch {
		case err != nil:
			return err
		case n < 0:
			return errGone
		case n == 0:
			return nil
		}
		changed, err := b.s.redis.SPopN(ctx, b.k.dirty(), catchUp).Result()
		if err != nil {
			return err
		}
		for _, name := range changed {
			p, err := b.s.person(ctx, b.tenant, unpadded(name))
			if err != nil {
				return err
			}
			if err := b.s.apply(ctx, b.k, b.tenant, b.generation, p); err != nil {
				return err
			}
		}
	}
}

// clean throws away the generations that nobody reads any more: the one before,
// and those whose builders died. A sibling may have begun another meanwhile.
func (b *builder) clean(ctx context.Context) error {
	all, err := b.s.redis.SMembers(ctx, b.k.generations()).Result()
	if err != nil {
		return err
	}
	for _, g := range all {
		dead, err := b.drop(ctx, g)
		if err != nil {
			return err
		}
		if !dead {
			continue
		}
		if err := b.s.redis.SRem(ctx, b.k.generations(), g).Err(); err != nil {
			return err
		}
	}
	return nil
}

// drop throws a generation away, unless it is alive.
func (b *builder) drop(ctx context.Context, generation string) (dead bool, err error) {
	names := []string{b.k.of(generation, "keys"), b.k.building(), b.k.marker()}
	for n := 1; n > 0; {
		if n, err = lua.drop.Run(ctx, b.s.redis, names, generation).Int(); err != nil || n < 0 {
			return false, err
		}
	}
	return true, nil
}
