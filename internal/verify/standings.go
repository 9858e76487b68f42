package verify

import (
	"context"
	"fmt"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// overDeeds goes over the deeds: each belongs to a transaction, and to a
// standing in every period of its day.
func overDeeds(ctx context.Context, v *verifier) error {
	var after int64
	return v.each(ctx, func(tx *db.Tx) (bool, error) {
		var deeds []struct {
			model.Deed
			Booked int64
		}
		err := tx.Raw(`SELECT d.*, CASE WHEN t.id IS NULL THEN 0 ELSE 1 END AS booked FROM deeds d LEFT JOIN point_txns t ON t.id = d.txn_id
			WHERE d.id > ? ORDER BY d.id LIMIT ?`, after, batch).Scan(&deeds).Error
		if err != nil || len(deeds) == 0 {
			return false, err
		}
		after = deeds[len(deeds)-1].ID
		v.saw("deed", len(deeds))
		due := map[place]map[int64]int64{} // where → whose → by which deed
		for _, d := range deeds {
			if d.Booked == 0 {
				v.differs("deed", Finding{TenantID: d.TenantID, Of: fmt.Sprintf("deeds %d", d.ID), What: "its transaction", Expected: fmt.Sprint(d.TxnID), Found: "none"})
			}
			for _, p := range model.PeriodsAt(d.CreatedAt) {
				at := place{d.TenantID, p}
				if due[at] == nil {
					due[at] = map[int64]int64{}
				}
				due[at][d.UserID] = d.ID
			}
		}
		for at, users := range due {
			if err := v.standing(tx, at, users); err != nil {
				return false, err
			}
		}
		return len(deeds) == batch, nil
	})
}

// place is where people stand.
type place struct {
	tenant int64
	period model.Period
}

// standing looks for the standings that deeds must have led to.
func (v *verifier) standing(tx *db.Tx, at place, users map[int64]int64) error {
	ids := make([]int64, 0, len(users))
	for id := range users {
		ids = append(ids, id)
	}
	var known []int64
	err := tx.Raw("SELECT user_id FROM standings WHERE tenant_id = ? AND period = ? AND user_id IN ?", at.tenant, at.period, ids).Scan(&known).Error
	if err != nil {
		return fmt.Errorf("standings of %s: %w", at.period, err)
	}
	for _, id := range known {
		delete(users, id)
	}
	for user, deed := range users {
		v.differs("deed", Finding{TenantID: at.tenant, Of: fmt.Sprintf("deeds %d", deed), What: fmt.Sprintf("standing of %d in %s", user, at.period), Expected: "a row", Found: "none"})
	}
	return nil
}

// overStandings goes over the standings, one period of one tenant after the
// other.
func overStandings(ctx context.Context, v *verifier) error {
	at, user, fresh := place{}, int64(0), true
	return v.each(ctx, func(tx *db.Tx) (bool, error) {
		if fresh {
			found, err := at.next(tx)
			if err != nil || !found {
				return false, err
			}
			user = 0
		}
		n, last, err := v.standings(tx, at, user)
		user, fresh = last, n < batch
		return true, err
	})
}

// next moves p to the next period that somebody stands in, without looking at
// all the rows between.
func (p *place) next(tx *db.Tx) (bool, error) {
	for _, q := range []struct {
		where string
		args  []any
	}{
		{"tenant_id = ? AND period > ?", []any{p.tenant, p.period}},
		{"tenant_id > ?", []any{p.tenant}},
	} {
		var rows []struct {
			TenantID int64
			Period   model.Period
		}
		err := tx.Raw("SELECT tenant_id, period FROM standings WHERE "+q.where+" ORDER BY tenant_id, period LIMIT 1", q.args...).Scan(&rows).Error
		if err != nil {
			return false, fmt.Errorf("periods: %w", err)
		}
		if len(rows) == 1 {
			p.tenant, p.period = rows[0].TenantID, rows[0].Period
			return true, nil
		}
	}
	return false, nil
}

// standings compares some standings of a period with the deeds of that time.
func (v *verifier) standings(tx *db.Tx, at place, after int64) (n int, last int64, err error) {
	var rows []model.Standing
	err = tx.Raw("SELECT * FROM standings WHERE tenant_id = ? AND period = ? AND user_id > ? ORDER BY user_id LIMIT ?", at.tenant, at.period, after, batch).
		Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, after, err
	}
	last = rows[len(rows)-1].UserID
	from, to := at.period.Bounds()
	if at.period == model.AllTime {
		to = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	users := make([]int64, len(rows))
	for i, r := range rows {
		users[i] = r.UserID
	}
	var sums []struct {
		UserID int64
		model.Tally
	}
	err = tx.Raw(`SELECT user_id, SUM(honour) AS honour, SUM(wishes) AS wishes, SUM(led) AS led, SUM(minutes) AS minutes, SUM(stars) AS stars,
		SUM(rated) AS rated, SUM(solved) AS solved FROM deeds
		WHERE user_id IN ? AND tenant_id = ? AND created_at >= ? AND created_at < ? GROUP BY user_id`,
		users, at.tenant, from, to).Scan(&sums).Error
	if err != nil {
		return 0, 0, fmt.Errorf("deeds of %s: %w", at.period, err)
	}
	by := map[int64]model.Tally{}
	for _, s := range sums {
		by[s.UserID] = s.Tally
	}
	v.saw("standing", len(rows))
	for _, r := range rows {
		if want := by[r.UserID]; r.Tally != want {
			v.differs("standing", Finding{
				TenantID: r.TenantID, Of: fmt.Sprintf("standings %s of %d", r.Period, r.UserID), What: "tally",
				Expected: fmt.Sprintf("%+v", want), Found: fmt.Sprintf("%+v", r.Tally),
			})
		}
	}
	return len(rows), last, nil
}
