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

// spare is how many more places are read than asked for: some of the people may
// have gone, or taken their names back a moment ago.
const spare = 10

// Query asks for a board. Period is a kind, which means the current one, or the
// name of a period; Scope 0 is the reader's own community, or county for boards
// of communities.
type Query struct {
	Of      model.BoardOf
	Measure model.Measure
	Period  string
	Scope   int64
	Limit   int
}

// Line is a place on a board that others may see.
type Line struct {
	Rank, SubjectID, Value int64
	Name                   string
}

// Mine is the reader's own place, which nobody else is told. Rank 0 is no place,
// or one that cannot be told now.
type Mine struct{ Rank, Value int64 }

// Board is a board as its reader may see it.
type Board struct {
	Key       model.BoardKey
	ScopeName string
	Lines     []Line
	Me        *Mine // nil on boards of organisations
	Total     int64 // how many are on it, with those who are not shown; 0: not known
	Stale     bool  // as it was some time ago, for Redis does not answer
	Frozen    bool  // the period is over, and this is for good
	AsOf      time.Time
}

// Get returns a board of who's county.
func (s *Service) Get(ctx context.Context, who model.Actor, q Query) (*Board, error) {
	switched := model.BoardOrgs
	if q.Of == model.BoardMembers {
		switched = model.BoardPeople
	}
	if err := s.open(ctx, who, switched); err != nil {
		return nil, err
	}
	b := &Board{Key: model.BoardKey{Tenant: who.TenantID, Of: q.Of, Measure: q.Measure}}
	if !slices.Contains(q.Of.Measures(), q.Measure) {
		return nil, model.ErrBoardMeasure
	}
	var marked model.BoardMark
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if b.Key.Period, err = model.PeriodNamed(q.Period, tx.Now); err != nil {
			return err
		}
		if err := b.scope(tx, who, q); err != nil {
			return err
		}
		b.AsOf = tx.Now
		marked, err = markIn(tx, who.TenantID, b.Key.Period)
		return err
	})
	if err != nil {
		return nil, err
	}
	if q.Of == model.BoardMembers && !marked.Complete {
		shown, err := s.live(ctx, who, b, q.Limit)
		if err != nil || shown {
			return b, err
		}
		b.Stale = true
	}
	b.AsOf, b.Frozen = marked.AsOf, marked.Complete
	return b, s.kept(ctx, who, b, q.Limit)
}

// open says whether a county has boards of that kind.
func (s *Service) open(ctx context.Context, who model.Actor, l model.Limit) error {
	if who.TenantID == 0 {
		return model.ErrNoHome
	}
	p, err := s.policies.Of(ctx, who.TenantID)
	switch {
	case err != nil:
		return err
	case p.Number(l) == 0:
		return model.ErrBoardOff
	}
	return nil
}

// scope finds where the board is asked for.
func (b *Board) scope(tx *db.Tx, who model.Actor, q Query) error {
	id := q.Scope
	if id == 0 {
		if id = who.HomePath.At(model.LevelCommunity); q.Of == model.BoardCommunities {
			id = who.TenantID
		}
	}
	if id == 0 {
		return model.ErrNoHome
	}
	o, err := db.Find[model.Org](tx, id, model.ErrOrgNotFound)
	switch {
	case err != nil:
		return err
	case o.TenantID != who.TenantID:
		return model.ErrOrgNotFound
	case o.Kind == model.OrgCommunity && q.Of == model.BoardCommunities:
		return model.ErrBoardScope
	case o.Kind != model.OrgCommunity && o.Kind != model.OrgTownship && o.Kind != model.OrgCounty:
		return model.ErrBoardScope
	}
	b.Key.Scope, b.ScopeName = o.ID, o.Name
	return nil
}

// markIn returns the mark of a period, or an empty one.
func markIn(tx *db.Tx, tenant int64, p model.Period) (model.BoardMark, error) {
	var m model.BoardMark
	err := tx.Where("tenant_id = ? AND period = ?", tenant, p).Take(&m).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return m, fmt.Errorf("board: mark of %s: %w", p, err)
	}
	return m, nil
}

// live shows b as it is in Redis, if it is there.
func (s *Service) live(ctx context.Context, who model.Actor, b *Board, limit int) (bool, error) {
	m, boards, err := s.look(ctx, who.TenantID, who.UserID, limit+spare, suffix(b.Key))
	switch {
	case err != nil:
		return false, ctx.Err() // whatever it is, there is another way
	case len(boards) == 0 || !m.holds(b.Key.Period):
		return false, nil
	}
	one := boards[0]
	b.Total = one.total
	for _, p := range one.first {
		value, _ := model.Scored(p.score)
		b.Lines = append(b.Lines, Line{Rank: p.rank, SubjectID: p.user, Value: value})
	}
	b.Me = &Mine{Rank: one.me.rank}
	if one.me.rank > 0 {
		b.Me.Value, _ = model.Scored(one.me.score)
	}
	return true, s.db.View(ctx, func(tx *db.Tx) error { return b.name(tx, limit) })
}

// kept shows b as it is in SQL.
func (s *Service) kept(ctx context.Context, who model.Actor, b *Board, limit int) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		var rows []model.BoardRow
		err := tx.Raw("SELECT * FROM board_rows WHERE board = ? AND is_public = ? ORDER BY position LIMIT ?", b.Key.String(), true, limit+spare).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("board: rows of %s: %w", b.Key, err)
		}
		for _, r := range rows {
			b.Lines = append(b.Lines, Line{Rank: r.Position, SubjectID: r.SubjectID, Value: r.Value})
		}
		if b.Key.Of == model.BoardMembers {
			if err := b.mine(tx, who); err != nil {
				return err
			}
		}
		if b.Frozen || b.Key.Of != model.BoardMembers {
			if err := tx.Raw("SELECT position FROM board_rows WHERE board = ? ORDER BY position DESC LIMIT 1", b.Key.String()).Scan(&b.Total).Error; err != nil {
				return fmt.Errorf("board: length of %s: %w", b.Key, err)
			}
		}
		return b.name(tx, limit)
	})
}

// mine shows the reader his place on a frozen board, or what he stands at.
func (b *Board) mine(tx *db.Tx, who model.Actor) error {
	b.Me = &Mine{}
	if b.Frozen {
		var row model.BoardRow
		err := tx.Where("board = ? AND subject_id = ?", b.Key.String(), who.UserID).Take(&row).Error
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return fmt.Errorf("board: place of %d: %w", who.UserID, err)
		}
		b.Me = &Mine{Rank: row.Position, Value: row.Value}
		return nil
	}
	all, err := standings(tx, who, b.Key.Period)
	for _, st := range all {
		b.Me.Value = valueOf(&st, b.Key)
	}
	return err
}

// valueOf returns what a person stands at on a board; 0 if he is not on it.
func valueOf(st *model.Standing, k model.BoardKey) int64 {
	if k.Scope != k.Tenant && k.Scope != st.TownshipID && k.Scope != st.CommunityID {
		return 0
	}
	score := st.Scores()[slices.Index(model.BoardMembers.Measures(), k.Measure)]
	if score == 0 {
		return 0
	}
	value, _ := model.Scored(score)
	return value
}

func standings(tx *db.Tx, who model.Actor, periods ...model.Period) (all []model.Standing, err error) {
	err = tx.Where("tenant_id = ? AND period IN ? AND user_id = ?", who.TenantID, periods, who.UserID).Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("board: standings of %d: %w", who.UserID, err)
	}
	return all, nil
}

// name fills in what the lines are called, and leaves out those that have no
// name to show: people who are gone, or have taken theirs back. It asks for
// that each time, so that taking it back needs nothing else to work.
func (b *Board) name(tx *db.Tx, limit int) error {
	ids := make([]int64, len(b.Lines))
	for i, l := range b.Lines {
		ids[i] = l.SubjectID
	}
	query, args := "SELECT id, name FROM orgs WHERE tenant_id = ? AND id IN ?", []any{b.Key.Tenant, ids}
	if b.Key.Of == model.BoardMembers {
		query = `SELECT u.id, u.display_name AS name FROM users u JOIN board_choices c ON c.user_id = u.id
			WHERE u.tenant_id = ? AND u.id IN ? AND c.is_public = ? AND u.state = ?`
		args = append(args, true, model.UserActive)
	}
	var rows []struct {
		ID   int64
		Name string
	}
	if len(ids) > 0 {
		if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
			return fmt.Errorf("board: names: %w", err)
		}
	}
	names := map[int64]string{}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	shown := b.Lines[:0]
	for _, l := range b.Lines {
		if l.Name = names[l.SubjectID]; l.Name != "" && len(shown) < limit {
			shown = append(shown, l)
		}
	}
	b.Lines = shown
	return nil
}
