package verify

import (
	"context"
	"fmt"
	"strings"

	"dandelion/internal/db"
	"dandelion/model"
)

// records are what hours are booked for. Their transactions are of the kinds of
// wishes too, so they are not among the tables of [chunk.sourced].
var records = ledgered{"service_records", model.OfServiceRecord, nil, "", []string{"title", "place"}}

// overRecords goes over the records of service: what counts has earned once, and
// what is void has not; a day has no more than its cap.
func overRecords(ctx context.Context, v *verifier) error {
	err := overRows(ctx, v, records, func(a *around, r *model.ServiceRecord) {
		f := Finding{TenantID: r.TenantID, Of: fmt.Sprintf("service_records %d (%s)", r.ID, r.State)}
		a.saw("record.earns", 1)
		a.earns(f, r, a.booked[r.ID])
	})
	if err != nil {
		return err
	}
	if err := v.overAttendances(ctx); err != nil {
		return err
	}
	return v.recordDays(ctx)
}

// earns: what is booked for a record, and not taken back, is the points of its
// minutes and its role, for whose record it is.
func (v *verifier) earns(f Finding, r *model.ServiceRecord, all []booking) {
	want := "nothing"
	if r.State == model.RecordValid && r.Earns() {
		want = fmt.Sprintf("user %d, %d minutes as %s", r.UserID, r.Minutes, r.Role)
	}
	var found []string
	for _, b := range all {
		if b.Txn.Kind != model.PointEarn || b.reversed {
			continue
		}
		x, _ := b.Txn.Explained()
		said := fmt.Sprintf("user %v, %d minutes", x.Team, x.Minutes)
		if x.Hours != nil && len(x.Team) == 1 {
			said = fmt.Sprintf("user %d, %d minutes as %s", x.Team[0], x.Minutes, x.Role)
		}
		found = append(found, said)
	}
	f.What, f.Expected, f.Found = "what has earned", want, "nothing"
	if len(found) > 0 {
		f.Found = strings.Join(found, "; ")
	}
	if f.Found != f.Expected {
		v.differs("record.earns", f)
	}
}

// overAttendances: of each attendance of a slot that is done, the minutes that
// count are in one record, and of any other in none.
func (v *verifier) overAttendances(ctx context.Context) error {
	const check = "record.source"
	var after int64
	return v.each(ctx, func(tx *db.Tx) (bool, error) {
		end, n, err := next(tx, "attendances", after)
		if err != nil || n == 0 {
			return false, err
		}
		v.saw(check, n)
		var rows []struct {
			ID, TenantID, Minutes, Records, Served int64
			State                                  model.AttendanceState
		}
		err = tx.Raw(`SELECT a.id, a.tenant_id, a.state, a.minutes, COUNT(r.id) AS records, COALESCE(SUM(r.minutes + r.cut_minutes), 0) AS served
			FROM attendances a LEFT JOIN service_records r ON r.user_id = a.user_id AND r.attendance_id = a.id AND r.state = ?
			WHERE a.id > ? AND a.id <= ? AND a.slot_id <> 0 GROUP BY a.id, a.tenant_id, a.state, a.minutes ORDER BY a.id`,
			model.RecordValid, after, end).Scan(&rows).Error
		if err != nil {
			return false, fmt.Errorf("attendances: %w", err)
		}
		for _, r := range rows {
			served := r.Minutes
			if r.State != model.AttendanceDone {
				served = 0
			}
			if r.Served != served || r.Records > 1 || r.Records == 1 && r.State != model.AttendanceDone {
				v.differs(check, Finding{
					TenantID: r.TenantID, Of: fmt.Sprintf("attendances %d (%s)", r.ID, r.State), What: "records and their minutes",
					Expected: fmt.Sprintf("one, %d", served), Found: fmt.Sprintf("%d, %d", r.Records, r.Served),
				})
			}
		}
		after = end
		return n == batch, nil
	})
}

// recordDays: nobody has more valid minutes on a day than the cap was when they
// were recorded, nor more that have points than the rule allows.
func (v *verifier) recordDays(ctx context.Context) error {
	const check = "record.day"
	var user int64
	return v.each(ctx, func(tx *db.Tx) (bool, error) {
		var users []int64
		err := tx.Raw("SELECT DISTINCT user_id FROM service_records WHERE user_id > ? ORDER BY user_id LIMIT ?", user, batch).Scan(&users).Error
		if err != nil || len(users) == 0 {
			return false, err
		}
		user = users[len(users)-1]
		v.saw(check, len(users))
		var rows []struct {
			UserID, TenantID, Minutes, Most int64
			Day                             model.Day
		}
		err = tx.Raw(`SELECT user_id, MIN(tenant_id) AS tenant_id, day, SUM(minutes) AS minutes, MAX(day_limit) AS most FROM service_records
			WHERE user_id IN ? AND state = ? GROUP BY user_id, day HAVING SUM(minutes) > MAX(day_limit)`, users, model.RecordValid).Scan(&rows).Error
		if err != nil {
			return false, fmt.Errorf("days of records: %w", err)
		}
		for _, r := range rows {
			v.differs(check, Finding{
				TenantID: r.TenantID, Of: fmt.Sprintf("member %d, %s", r.UserID, r.Day), What: "valid minutes",
				Expected: fmt.Sprintf("at most %d", r.Most), Found: fmt.Sprint(r.Minutes),
			})
		}
		return len(users) == batch, v.countedDays(tx, users)
	})
}

// countedDays: no more minutes of a day have points than the rules allow that
// they were booked by.
func (v *verifier) countedDays(tx *db.Tx, users []int64) error {
	all, err := postings(tx, `id IN (SELECT t.id FROM service_records r JOIN point_txns t ON t.tenant_id = r.tenant_id AND t.source_type = ? AND t.source_id = r.id
		AND t.kind = ? WHERE r.user_id IN ? AND r.state = ?) ORDER BY id`, model.OfServiceRecord, model.PointEarn, users, model.RecordValid)
	if err != nil {
		return err
	}
	rules, err := rulesOf(tx)
	if err != nil {
		return err
	}
	type day struct{ user, day int64 }
	counted, limit, tenant := map[day]int64{}, map[day]int64{}, map[day]int64{}
	for _, p := range all {
		x, _ := p.Txn.Explained()
		rule := version(rules, p.Txn.TenantID, p.Txn.RuleVersion)
		if x.Hours == nil || rule == nil {
			continue // another check says so
		}
		for _, s := range x.Shares {
			at := day{s.UserID, model.DayNumber(p.Txn.OccurredAt)}
			counted[at] += x.CountedMinutes(s.UserID)
			limit[at], tenant[at] = max(limit[at], rule.Number(model.RuleHoursDay)), p.Txn.TenantID
		}
	}
	for at, n := range counted {
		if n > limit[at] {
			v.differs("record.day", Finding{
				TenantID: tenant[at], Of: fmt.Sprintf("member %d, %d", at.user, at.day), What: "minutes that have points",
				Expected: fmt.Sprintf("at most %d", limit[at]), Found: fmt.Sprint(n),
			})
		}
	}
	return nil
}

// hours: what was earned for hours is for a record of its tenant.
func (c *chunk) hours() error {
	const check = "earn.source"
	var ids []int64
	err := c.tx.Raw(`SELECT t.id FROM point_txns t WHERE t.id >= ? AND t.id <= ? AND t.kind = ? AND t.source_type = ?
		AND NOT EXISTS (SELECT 1 FROM service_records r WHERE r.id = t.source_id AND r.tenant_id = t.tenant_id)`,
		c.from, c.end, model.PointEarn, model.OfServiceRecord).Scan(&ids).Error
	if err != nil {
		return fmt.Errorf("records of hours: %w", err)
	}
	for _, p := range c.postings {
		for _, id := range ids {
			if p.Txn.ID == id {
				c.differs(check, of(p, "record of service", "one", "none"))
			}
		}
	}
	return nil
}
