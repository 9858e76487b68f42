package verify

import (
	"context"
	"fmt"
	"math"

	"dandelion/internal/db"
	"dandelion/model"
)

// capRules says which number of the rules each cap of a day is. Those that are
// no number of points are not here.
var capRules = map[model.CapKind]model.RuleName{
	model.CapWish: model.RuleWishDay, model.CapGrid: model.RuleGridDay, model.CapCouncil: model.RuleCouncilDay,
}

// full is what one person has under one cap.
type full struct {
	OwnerID int64
	Day     int64 // of a day, or the month as 20260700
	CapKind model.CapKind
	Pair    string
	Used    int64
}

// overCaps goes over the people who have earned, for those with more than a cap
// allows. The mirror of a line carries its day and pair, so a sum is of what is
// not reversed. Most people stay below the least cap there ever was; the
// version of the rules is looked up only for the others.
func overCaps(ctx context.Context, v *verifier) error {
	var owner int64
	return v.each(ctx, func(tx *db.Tx) (bool, error) {
		var owners []int64
		err := tx.Raw("SELECT owner_id FROM point_balances WHERE owner_id > ? AND account = ? ORDER BY owner_id LIMIT ?",
			owner, model.AccountPending, batch).Scan(&owners).Error
		if err != nil || len(owners) == 0 {
			return false, err
		}
		owner = owners[len(owners)-1]
		rules, err := rulesOf(tx)
		if err != nil {
			return false, err
		}
		v.saw("cap.day", len(owners))
		v.saw("cap.pair", len(owners))
		if err := v.days(tx, rules, owners); err != nil {
			return false, err
		}
		return len(owners) == batch, v.months(tx, rules, owners)
	})
}

// days: what a person earned on a day.
func (v *verifier) days(tx *db.Tx, rules map[int64][]model.PointRule, owners []int64) error {
	low := int64(math.MaxInt64)
	for _, name := range capRules {
		low = min(low, least(rules, name))
	}
	var rows []full
	err := tx.Raw(`SELECT owner_id, cap_day AS day, cap_kind, SUM(amount) AS used FROM point_entries
		WHERE owner_id IN ? AND cap_day > 0 GROUP BY owner_id, cap_day, cap_kind HAVING SUM(amount) > ?`, owners, low).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("days: %w", err)
	}
	for _, r := range rows {
		name, ok := capRules[r.CapKind]
		if !ok {
			continue
		}
		if err := v.allowed(tx, "cap.day", rules, name, r, r.Day, r.Day); err != nil {
			return err
		}
	}
	return nil
}

// months: how often a person earned by the same pair in a month.
func (v *verifier) months(tx *db.Tx, rules map[int64][]model.PointRule, owners []int64) error {
	var rows []full
	err := tx.Raw(`SELECT owner_id, cap_day - cap_day % 100 AS day, cap_kind, pair,
		SUM(CASE WHEN amount > 0 THEN 1 WHEN amount < 0 THEN -1 ELSE 0 END) AS used FROM point_entries
		WHERE owner_id IN ? AND cap_day > 0 AND cap_kind = ? AND pair <> '' GROUP BY owner_id, cap_day - cap_day % 100, cap_kind, pair
		HAVING SUM(CASE WHEN amount > 0 THEN 1 WHEN amount < 0 THEN -1 ELSE 0 END) > ?`,
		owners, model.CapWish, least(rules, model.RulePairMonth)).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("months: %w", err)
	}
	for _, r := range rows {
		if err := v.allowed(tx, "cap.pair", rules, model.RulePairMonth, r, r.Day, r.Day+31); err != nil {
			return err
		}
	}
	return nil
}

// allowed compares what a person has with the cap under the most generous of
// the rules that he earned it by.
func (v *verifier) allowed(tx *db.Tx, check string, rules map[int64][]model.PointRule, name model.RuleName, r full, from, to int64) error {
	var by []struct{ TenantID, RuleVersion int64 }
	err := tx.Raw(`SELECT DISTINCT t.tenant_id, t.rule_version FROM point_entries e JOIN point_txns t ON t.id = e.txn_id
		WHERE e.owner_id = ? AND e.cap_day >= ? AND e.cap_day <= ? AND e.cap_kind = ? AND (? = '' OR e.pair = ?) AND e.amount > 0`,
		r.OwnerID, from, to, r.CapKind, r.Pair, r.Pair).Scan(&by).Error
	if err != nil {
		return fmt.Errorf("rules of %d: %w", r.OwnerID, err)
	}
	limit, tenant := int64(0), int64(0)
	for _, b := range by {
		tenant = b.TenantID
		if rule := version(rules, b.TenantID, b.RuleVersion); rule != nil {
			limit = max(limit, rule.Number(name))
		}
	}
	if r.Used > limit {
		v.differs(check, Finding{
			TenantID: tenant, Of: fmt.Sprintf("member %d, %d %s %s", r.OwnerID, r.Day, r.CapKind, r.Pair), What: string(name),
			Expected: fmt.Sprintf("at most %d", limit), Found: fmt.Sprint(r.Used),
		})
	}
	return nil
}

// least returns the least that a number of the rules ever was anywhere.
func least(rules map[int64][]model.PointRule, name model.RuleName) int64 {
	low := (&model.PointRule{}).Number(name)
	for _, all := range rules {
		for i := range all {
			low = min(low, all[i].Number(name))
		}
	}
	return low
}
