package points

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/id"
	"dandelion/model"
)

// most is how many versions of rules are shown: far more than anybody makes.
const most = 200

// Rules are the versions of a tenant's rules, newest first, and which of them
// is in force; 0: the built-in one.
type Rules struct {
	Versions []model.PointRule
	InForce  model.PointRule
}

// Rules returns the rules of who's county.
func (s *Service) Rules(ctx context.Context, who model.Actor) (r Rules, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r.Versions, err = gorm.G[model.PointRule](tx.DB).Where("tenant_id = ?", who.TenantID).Order("version DESC").Limit(most).Find(tx.Ctx)
		if err != nil {
			return fmt.Errorf("points: rules of %d: %w", who.TenantID, err)
		}
		for i := range r.Versions {
			if err := r.Versions[i].Read(); err != nil {
				return err
			}
		}
		inOrder := slices.Clone(r.Versions)
		slices.Reverse(inOrder)
		r.InForce = *model.RuleAt(inOrder, tx.Now)
		return nil
	})
	return r, err
}

// NewRules are a version of the rules as a county proposes it: what differs
// from the defaults, from when on, and the version that the editor has seen.
type NewRules struct {
	Numbers map[model.RuleName]int64
	From    model.Day
	Note    string
	After   int64
}

// AddRule publishes a version of the rules. Of two editors at once one is told
// to look again: the primary key decides, and nobody overrides what he has not
// seen.
func (s *Service) AddRule(ctx context.Context, who model.Actor, in NewRules) (*model.PointRule, error) {
	if err := ofCounty(who, model.RoleCounty, model.RoleAdmin); err != nil {
		return nil, err
	}
	var rule *model.PointRule
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		last := model.PointRule{}
		all, err := gorm.G[model.PointRule](tx.DB).Where("tenant_id = ?", who.TenantID).Order("version DESC").Limit(1).Find(tx.Ctx)
		if err != nil {
			return fmt.Errorf("points: last rule of %d: %w", who.TenantID, err)
		}
		if len(all) > 0 {
			last = all[0]
		}
		if last.Version != in.After {
			return model.ErrPointRuleRace
		}
		if rule, err = model.NewPointRule(&last, in.Numbers, in.From, in.Note, who, tx.Now); err != nil {
			return err
		}
		switch err := db.Add(tx, rule); {
		case errors.Is(err, gorm.ErrDuplicatedKey):
			return model.ErrPointRuleRace
		case err != nil:
			return fmt.Errorf("points: add rule: %w", err)
		}
		return audit.Put(tx, who, "points.rule", model.OfPolicy, who.TenantID, map[string]any{"version": rule.Version, "from": in.From, "numbers": in.Numbers})
	})
	if err != nil {
		return nil, err
	}
	return rule, nil
}

// ofCounty says whether who holds one of roles over his whole county.
func ofCounty(who model.Actor, roles ...model.Role) error {
	if !who.Holds(model.Path("/").Below(who.TenantID), roles...) {
		return model.ErrForbidden
	}
	return nil
}

// previewed is how many bookings a preview looks at, at most.
const previewed = 2000

// Preview is what rules would have made of the last bookings; More says that
// there were more of them than were looked at.
type Preview struct {
	model.RulePreview
	Truncated bool
}

// Preview books the last thirty days once more under other rules, on paper: the
// newest 2,000 bookings that still stand, in their order, with the caps as they
// would have filled. It changes nothing.
func (s *Service) Preview(ctx context.Context, who model.Actor, numbers map[model.RuleName]int64) (v Preview, err error) {
	if err := ofCounty(who, model.RoleCounty, model.RoleAdmin); err != nil {
		return v, err
	}
	rule, err := model.TrialRule(numbers)
	if err != nil {
		return v, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		txns, err := earned(tx, who.TenantID)
		if err != nil {
			return err
		}
		if v.Truncated = len(txns) > previewed; v.Truncated {
			txns = txns[:previewed]
		}
		slices.Reverse(txns)
		past, err := feats(tx, txns)
		if err != nil {
			return err
		}
		caps, err := capsBefore(tx, past)
		if err != nil {
			return err
		}
		v.RulePreview = rule.Preview(past, caps)
		return nil
	})
	return v, err
}

// earned returns what was earned in the last thirty days and has not been taken
// back, the newest first, one more than is looked at.
func earned(tx *db.Tx, tenant int64) (all []model.PointTxn, err error) {
	err = tx.Raw(`SELECT t.id, t.occurred_at, t.detail FROM point_txns t WHERE t.tenant_id = ? AND t.kind = ? AND t.id >= ? AND t.source_type = ?
		AND NOT EXISTS (SELECT 1 FROM point_txns r WHERE r.tenant_id = t.tenant_id AND r.source_type = ? AND r.source_id = t.id AND r.kind = ?)
		ORDER BY t.id DESC LIMIT ?`, tenant, model.PointEarn, id.Floor(tx.Now.Add(-model.PreviewSpan)), model.OfClaim,
		model.OfPointTxn, model.PointReverse, previewed+1).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("points: earned by %d: %w", tenant, err)
	}
	return all, nil
}

// chunk is how many values one list in a statement holds.
const chunk = 500

// feats returns the facts behind bookings, and whose wishes they were.
func feats(tx *db.Tx, txns []model.PointTxn) ([]model.PastFeat, error) {
	pairs := map[int64]string{}
	for part := range slices.Chunk(txns, chunk) {
		ids := make([]int64, len(part))
		for i, t := range part {
			ids[i] = t.ID
		}
		var rows []model.PointEntry
		err := tx.Model(&model.PointEntry{}).Select("txn_id", "pair").Where("txn_id IN ? AND cap_day > 0", ids).Find(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("points: pairs: %w", err)
		}
		for _, e := range rows {
			pairs[e.TxnID] = e.Pair
		}
	}
	var past []model.PastFeat
	for _, t := range txns {
		if x, ok := t.Explained(); ok {
			past = append(past, model.PastFeat{Feat: model.Feat{SourceID: t.ID, Pair: pairs[t.ID], At: t.OccurredAt, Facts: x.Facts}, Shares: x.Shares})
		}
	}
	return past, nil
}

// capsBefore returns how full the caps of the month were before the first of
// past was booked.
func capsBefore(tx *db.Tx, past []model.PastFeat) (*model.CapUse, error) {
	caps := model.NewCapUse()
	if len(past) == 0 {
		return caps, nil
	}
	var team []int64
	for _, f := range past {
		team = append(team, f.Team...)
	}
	slices.Sort(team)
	day := model.DayNumber(past[0].At)
	for part := range slices.Chunk(slices.Compact(team), chunk) {
		var rows []struct {
			OwnerID, CapDay, Points, Times int64
			Pair                           string
		}
		err := tx.Raw(`SELECT owner_id, cap_day, pair, SUM(amount) AS points, SUM(CASE WHEN amount > 0 THEN 1 WHEN amount < 0 THEN -1 ELSE 0 END) AS times
			FROM point_entries WHERE owner_id IN ? AND cap_day BETWEEN ? AND ? AND cap_kind = ? AND txn_id < ? GROUP BY owner_id, cap_day, pair`,
			part, day/100*100, day, model.CapWish, past[0].SourceID).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("points: caps before: %w", err)
		}
		for _, r := range rows {
			caps.Add(r.OwnerID, r.CapDay, r.Pair, r.Points, r.Times)
		}
	}
	return caps, nil
}
