package board

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/redis"
	"dandelion/model"
)

// Hear brings the boards up to date with what has happened to a person. What
// it writes is where he stands now, so it may hear of things late, twice or
// out of turn. If Redis does not hear it, SQL remembers that a rebuild is due.
func (s *Service) Hear(ctx context.Context, e model.Event) error {
	if e.Subject != model.OfPoints && e.Subject != model.OfBoardName {
		return nil
	}
	s.heard.Store(e.TenantID, true)
	return s.hear(ctx, e.TenantID, e.SubjectID)
}

func (s *Service) hear(ctx context.Context, tenant, user int64) error {
	seed, err := s.seed(ctx, tenant)
	if err != nil {
		return err
	}
	p, err := s.person(ctx, tenant, user)
	if err != nil {
		return err
	}
	switch err := s.apply(ctx, keysOf(tenant, seed), tenant, "", p); {
	case err == nil || ctx.Err() != nil:
		return err
	default:
		return s.doubt(ctx, tenant)
	}
}

// doubt notes that the boards in Redis may be wrong.
func (s *Service) doubt(ctx context.Context, tenant int64) error {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Model(&model.BoardMark{}).Where("tenant_id = ? AND period = ?", tenant, model.BoardTick).
			Update("doubts", gorm.Expr("doubts + 1")).Error
	})
	if err != nil {
		return fmt.Errorf("board: doubt %d: %w", tenant, err)
	}
	return nil
}

// errGone says that a generation is not being built any more.
var errGone = errors.New("board: the generation is gone")

// apply writes where a person stands into a generation; "": the current one.
func (s *Service) apply(ctx context.Context, k keys, tenant int64, generation string, p *person) error {
	if len(p.standings) == 0 {
		return nil
	}
	n, err := lua.apply.Run(ctx, s.redis, []string{k.marker(), k.building(), k.dirty()}, p.arguments(k, generation, tenant)...).Int()
	switch {
	case err != nil:
		return fmt.Errorf("board: apply %d: %w", p.id, err)
	case n < 0:
		return errGone
	}
	return nil
}

// person is where somebody stands in each period of now. Every deed changes
// his standing of all time, so its version, with that of his choice, says how
// new all of it is.
type person struct {
	id, version int64
	public      bool
	standings   []model.Standing
}

// person reads one person in one statement, so that what it reads was true at
// one moment.
func (s *Service) person(ctx context.Context, tenant, user int64) (*person, error) {
	p := &person{id: user}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var rows []struct {
			model.Standing
			IsPublic bool
			Chosen   int64
		}
		err := tx.Raw(`SELECT s.*, COALESCE(c.is_public, ?) AS is_public, COALESCE(c.version, 0) AS chosen
			FROM standings s LEFT JOIN board_choices c ON c.user_id = s.user_id
			WHERE s.tenant_id = ? AND s.period IN ? AND s.user_id = ?`, false, tenant, model.BoardPeriods(tx.Now), user).Scan(&rows).Error
		for _, r := range rows {
			p.standings = append(p.standings, r.Standing)
			p.public = r.IsPublic
			if r.Period == model.AllTime {
				p.version = r.Version + r.Chosen
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("board: standings of %d: %w", user, err)
	}
	return p, nil
}

// measureNames are the measures of people, as the names of boards have them.
func measureNames() []string {
	var all []string
	for _, m := range model.BoardMembers.Measures() {
		all = append(all, model.BoardKey{Of: model.BoardMembers, Measure: m}.Short())
	}
	return all
}

// arguments returns what the script apply is told of p.
func (p *person) arguments(k keys, generation string, tenant int64) []any {
	public := "0"
	if p.public {
		public = "1"
	}
	var community, township int64
	for _, s := range p.standings {
		if s.Period == model.AllTime {
			community, township = s.CommunityID, s.TownshipID
		}
	}
	args := []any{k.prefix, generation, padded(p.id), p.version, public, community, township, tenant, strings.Join(measureNames(), ",")}
	for _, s := range p.standings {
		args = append(args, string(s.Period), s.CommunityID, s.TownshipID)
		for _, score := range s.Scores() {
			if score == 0 {
				args = append(args, "")
			} else {
				args = append(args, score)
			}
		}
	}
	return args
}

// place is somebody's place on a board.
type place struct {
	user, rank, score int64
}

// seen is one board as it was at a moment.
type seen struct {
	total int64
	me    place // rank 0: not on it
	first []place
}

// look reads boards in one round trip; no mark if there are none to read.
func (s *Service) look(ctx context.Context, tenant, user int64, first int, suffixes ...string) (mark, []seen, error) {
	seed, err := s.seed(ctx, tenant)
	if err != nil {
		return mark{}, nil, err
	}
	k := keysOf(tenant, seed)
	args := []any{k.prefix, padded(user), first}
	for _, x := range suffixes {
		args = append(args, x)
	}
	reply, err := lua.look.Run(ctx, s.redis, []string{k.marker()}, args...).Slice()
	switch {
	case errors.Is(err, redis.Nil):
		return mark{}, nil, nil
	case err != nil:
		return mark{}, nil, fmt.Errorf("board: look: %w", err)
	}
	text, _ := reply[0].(string)
	var all []seen
	for _, one := range reply[1:] {
		values, _ := one.([]any)
		all = append(all, seenOf(values, user))
	}
	return markOf(text), all, nil
}

// seenOf reads the answer of the script look about one board.
func seenOf(values []any, user int64) seen {
	b := seen{total: number(values[0])}
	if values[1] != nil {
		b.me = place{user, number(values[1]) + 1, number(values[2])}
	}
	for v := values[3:]; len(v) >= 3; v = v[3:] {
		name, _ := v[0].(string)
		b.first = append(b.first, place{unpadded(name), number(v[2]) + 1, number(v[1])})
	}
	return b
}

// number reads an integer that Redis may have written as a float.
func number(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case string:
		f, _ := strconv.ParseFloat(v, 64)
		return int64(f)
	}
	return 0
}
