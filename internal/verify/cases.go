package verify

import (
	"context"
	"fmt"
	"slices"

	"dandelion/model"
)

// overCases goes over the sanctions and adjustments: one that was approved is
// booked, and stays so unless an appeal was right. None waits for ever.
func overCases(ctx context.Context, v *verifier) error {
	return overRows(ctx, v, cases, func(a *around, c *model.PointCase) {
		f := Finding{TenantID: c.TenantID, Of: fmt.Sprintf("point_cases %d (%s %s)", c.ID, c.Kind, c.State)}
		all := a.booked[c.ID]
		a.saw("case.booked", 1)
		a.entered("case.booked", f, all, carriedOut(c, all))
		a.saw("case.fate", 1)
		a.undone("case.fate", f, all, c.State == model.CaseUpheld)
		a.saw("case.alarm", 1)
		a.rings("case.alarm", f, c.ID, c.DueAt)
		if waits := !c.State.Final() && !c.Escalated; waits != (c.DueAt != nil) {
			f.What, f.Expected, f.Found = "has a deadline", fmt.Sprint(waits), fmt.Sprint(!waits)
			a.differs("case.alarm", f)
		}
	})
}

// carriedOut returns what must be booked for c; nil if nothing must. When it
// was booked only the ledger knows, and an adjustment gives points of that
// season.
func carriedOut(c *model.PointCase, all []booking) *model.Posting {
	booked := []model.PointCaseState{model.CaseApproved, model.CaseAppealed, model.CaseUpheld, model.CaseDismissed}
	if !slices.Contains(booked, c.State) {
		return nil
	}
	when := c.UpdatedAt
	if len(all) > 0 {
		when = all[0].Txn.CreatedAt
	}
	return c.Posting(when)
}

// overNotices goes over what people were told about old points: what is said to
// have expired has, and what is only announced has not.
func overNotices(ctx context.Context, v *verifier) error {
	const check = "expiry.booked"
	return overRows(ctx, v, notices, func(a *around, n *model.PointNotice) {
		f := Finding{TenantID: n.TenantID, Of: fmt.Sprintf("point_notices %d (%d days before)", n.ID, n.Days)}
		a.saw(check, 1)
		var want *model.Posting
		if n.Days <= 0 {
			want = n.Posting()
		}
		a.entered(check, f, a.booked[n.ID], want)
		a.undone(check, f, a.booked[n.ID], false)
	})
}
