package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// ledgered is a table whose rows are booked: by which subject the ledger knows
// them, and the timers that they wait for.
type ledgered struct {
	table   string
	subject model.Subject
	kinds   []model.PointKind
	alarm   model.TimerKind // "": none
	texts   []string        // columns that no check needs and that can be long
}

// The tables whose rows are booked, but the claims, which are booked as wishes
// are closed.
var (
	redemptions = ledgered{"redemptions", model.OfRedemption, []model.PointKind{model.PointHold}, model.RedemptionExpire, nil}
	donations   = ledgered{"donations", model.OfDonation, []model.PointKind{model.PointDonate}, "", nil}
	cases       = ledgered{
		"point_cases", model.OfPointCase,
		[]model.PointKind{model.PointPenalty, model.PointAdjust},
		model.PointCaseAlarm,
		[]string{"reason", "answer", "appeal", "ruling"},
	}
	notices = ledgered{"point_notices", model.OfExpiry, []model.PointKind{model.PointExpire}, "", nil}
)

// sourced: what was spent, corrected or has expired is for a row of its tenant,
// in the table of its kind.
func (c *chunk) sourced() error {
	const check = "txn.source"
	for _, l := range []ledgered{redemptions, donations, cases, notices} {
		for _, p := range c.postings {
			if slices.Contains(l.kinds, p.Txn.Kind) {
				c.saw(check, 1)
			}
		}
		var ids []int64
		err := c.tx.Raw(`SELECT t.id FROM point_txns t WHERE t.id >= ? AND t.id <= ? AND (t.kind IN ? OR t.source_type = ?) AND
			(t.kind NOT IN ? OR t.source_type <> ? OR NOT EXISTS (SELECT 1 FROM `+l.table+` s WHERE s.id = t.source_id AND s.tenant_id = t.tenant_id))
			ORDER BY t.id`, c.from, c.end, l.kinds, l.subject, l.kinds, l.subject).Scan(&ids).Error
		if err != nil {
			return fmt.Errorf("rows of %s: %w", l.table, err)
		}
		for _, p := range c.postings {
			if slices.Contains(ids, p.Txn.ID) {
				c.differs(check, of(p, "what it is for", fmt.Sprintf("a row of %s, as %v", l.table, l.kinds), "none"))
			}
		}
	}
	return nil
}

// booking is a transaction of a row.
type booking struct {
	*model.Posting
	reversed bool
}

// around is what belongs to some rows, by their ids.
type around struct {
	*verifier
	booked map[int64][]booking
	timers map[int64]model.Timer
}

// overRows goes over a table whose rows are booked and makes the checks of each
// row.
func overRows[T any](ctx context.Context, v *verifier, l ledgered, checks func(a *around, row *T)) error {
	var after int64
	return v.each(ctx, func(tx *db.Tx) (bool, error) {
		end, n, err := next(tx, l.table, after)
		if err != nil || n == 0 {
			return false, err
		}
		var rows []T
		if err := tx.Omit(l.texts...).Where("id > ? AND id <= ?", after, end).Order("id").Find(&rows).Error; err != nil {
			return false, fmt.Errorf("%s: %w", l.table, err)
		}
		a := &around{verifier: v}
		if a.booked, err = l.bookings(tx, after, end); err != nil {
			return false, err
		}
		if a.timers, err = l.waiting(tx, after, end); err != nil {
			return false, err
		}
		for i := range rows {
			checks(a, &rows[i])
		}
		after = end
		return n == batch, nil
	})
}

// bookings returns all transactions of some rows of l, whatever their kind.
func (l ledgered) bookings(tx *db.Tx, after, end int64) (map[int64][]booking, error) {
	var ids []int64
	err := tx.Raw("SELECT t.id FROM "+l.table+` s JOIN point_txns t ON t.tenant_id = s.tenant_id AND t.source_type = ? AND t.source_id = s.id
		WHERE s.id > ? AND s.id <= ? ORDER BY t.id`, l.subject, after, end).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("bookings of %s: %w", l.table, err)
	}
	by := map[int64][]booking{}
	for part := range slices.Chunk(ids, batch) { // more than rows only if something is wrong
		all, err := postings(tx, "id IN ? ORDER BY id", part)
		if err != nil {
			return nil, err
		}
		reversed, err := mirrors(tx, part)
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			by[p.Txn.SourceID] = append(by[p.Txn.SourceID], booking{p, len(reversed[p.Txn.ID]) > 0})
		}
	}
	return by, nil
}

// waiting returns the timers of some rows of l.
func (l ledgered) waiting(tx *db.Tx, after, end int64) (map[int64]model.Timer, error) {
	by := map[int64]model.Timer{}
	if l.alarm == "" {
		return by, nil
	}
	var all []model.Timer
	if err := tx.Where("kind = ? AND subject_id > ? AND subject_id <= ?", l.alarm, after, end).Find(&all).Error; err != nil {
		return nil, fmt.Errorf("timers of %s: %w", l.table, err)
	}
	for _, t := range all {
		by[t.SubjectID] = t
	}
	return by, nil
}

// entered: for a row there is the transaction that it calls for, and no other;
// want is nil if it calls for none.
func (v *verifier) entered(check string, f Finding, all []booking, want *model.Posting) {
	said := func(p *model.Posting) string { return fmt.Sprintf("%s %+v", p.Txn.Kind, bare(p.Entries)) }
	f.What, f.Expected, f.Found = "what is booked", "nothing", "nothing"
	if want != nil {
		f.Expected = said(want)
	}
	var found []string
	for _, b := range all {
		found = append(found, said(b.Posting))
	}
	if len(found) > 0 {
		f.Found = strings.Join(found, "; ")
	}
	if f.Found != f.Expected {
		v.differs(check, f)
	}
}

// undone: all that is booked for a row is reversed, or nothing of it is.
func (v *verifier) undone(check string, f Finding, all []booking, want bool) {
	for _, b := range all {
		if b.reversed != want {
			f.What, f.Expected, f.Found = fmt.Sprintf("point_txns %d is reversed", b.Txn.ID), fmt.Sprint(want), fmt.Sprint(b.reversed)
			v.differs(check, f)
		}
	}
}

// rings: the timer of a row is alive and set to when the row is due; a row that
// is due at no time has none.
func (a *around) rings(check string, f Finding, id int64, due *time.Time) {
	f.What, f.Expected, f.Found = "timer", "none", "none"
	if due != nil {
		f.Expected = due.UTC().Format(time.RFC3339Nano)
	}
	if t, ok := a.timers[id]; ok {
		f.Found = t.DueAt.UTC().Format(time.RFC3339Nano)
		if t.Dead {
			f.Found += ", given up"
		}
	}
	if f.Found != f.Expected {
		a.differs(check, f)
	}
}
