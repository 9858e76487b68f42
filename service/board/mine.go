package board

import (
	"context"

	"dandelion/internal/db"
	"dandelion/model"
)

// Place is where the reader stands on one board.
type Place struct {
	Key         model.BoardKey
	Kind        model.PeriodKind
	Rank, Value int64 // 0: not on it, or, of the rank, not known now
	Total       int64
}

// Mine returns where who stands in his community by every measure, in every
// current period; stale if Redis does not answer and only the values are known.
func (s *Service) Mine(ctx context.Context, who model.Actor) (all []Place, stale bool, err error) {
	if err := s.open(ctx, who, model.BoardPeople); err != nil {
		return nil, false, err
	}
	home := who.HomePath.At(model.LevelCommunity)
	var held []model.Standing
	err = s.db.View(ctx, func(tx *db.Tx) (err error) {
		for _, k := range model.PeriodKinds() {
			for _, m := range model.BoardMembers.Measures() {
				key := model.BoardKey{Tenant: who.TenantID, Period: model.PeriodAt(k, tx.Now), Of: model.BoardMembers, Measure: m, Scope: home}
				all = append(all, Place{Key: key, Kind: k})
			}
		}
		held, err = standings(tx, who, model.PeriodsAt(tx.Now)...)
		return err
	})
	if err != nil || len(held) == 0 {
		return all, false, err
	}
	// Where he stands is where he belonged when he did it, which need not be
	// where he lives now.
	for i := range all {
		for _, st := range held {
			if st.Period == all[i].Key.Period {
				all[i].Key.Scope = st.CommunityID
				all[i].Value = valueOf(&st, all[i].Key)
			}
		}
	}
	return s.places(ctx, who, all)
}

// places fills in the ranks, in one round trip.
func (s *Service) places(ctx context.Context, who model.Actor, all []Place) ([]Place, bool, error) {
	suffixes := make([]string, len(all))
	for i, p := range all {
		suffixes[i] = suffix(p.Key)
	}
	m, boards, err := s.look(ctx, who.TenantID, who.UserID, 0, suffixes...)
	if err != nil || len(boards) != len(all) {
		return all, true, ctx.Err()
	}
	for i, b := range boards {
		if !m.holds(all[i].Key.Period) {
			continue
		}
		all[i].Total, all[i].Rank, all[i].Value = b.total, b.me.rank, 0
		if b.me.rank > 0 {
			all[i].Value, _ = model.Scored(b.me.score)
		}
	}
	return all, false, nil
}
