package verify

import (
	"context"
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
)

// overRewards goes over the rewards. How many of one there ever were is in no
// row, for stock is also bought and thrown away; only that it was never given
// out more often than it was there can be seen.
func overRewards(ctx context.Context, v *verifier) error {
	const check = "reward.stock"
	var after int64
	return v.each(ctx, func(tx *db.Tx) (bool, error) {
		end, n, err := next(tx, "rewards", after)
		if err != nil || n == 0 {
			return false, err
		}
		v.saw(check, n)
		var rows []struct{ ID, TenantID, Stock int64 }
		err = tx.Raw("SELECT id, tenant_id, stock FROM rewards WHERE id > ? AND id <= ? AND stock < 0 ORDER BY id", after, end).Scan(&rows).Error
		if err != nil {
			return false, fmt.Errorf("rewards: %w", err)
		}
		for _, r := range rows {
			v.differs(check, Finding{TenantID: r.TenantID, Of: fmt.Sprintf("rewards %d", r.ID), What: "stock", Expected: "0 or more", Found: fmt.Sprint(r.Stock)})
		}
		after = end
		return n == batch, nil
	})
}

// overRedemptions goes over the redemptions: each holds its cost, until it is
// given back.
func overRedemptions(ctx context.Context, v *verifier) error {
	return overRows(ctx, v, redemptions, func(a *around, d *model.Redemption) {
		f := Finding{TenantID: d.TenantID, Of: fmt.Sprintf("redemptions %d (%s)", d.ID, d.State)}
		a.saw("redemption.hold", 1)
		a.entered("redemption.hold", f, a.booked[d.ID], d.Hold())
		a.saw("redemption.fate", 1)
		nothing := d.State == model.RedemptionCancelled || d.State == model.RedemptionExpired
		a.undone("redemption.fate", f, a.booked[d.ID], nothing)
		a.saw("redemption.wait", 1)
		if d.State.Final() {
			a.rings("redemption.wait", f, d.ID, nil)
		} else {
			a.rings("redemption.wait", f, d.ID, &d.ExpiresAt)
		}
		a.placed(f, d, nothing)
	})
}

// placed: a redemption fills one of its owner's places for the reward in the
// season in which he took it, also when he has it at home; what came to nothing
// fills none.
func (v *verifier) placed(f Finding, d *model.Redemption, nothing bool) {
	f.What, f.Expected, f.Found = "place", "none", "none"
	if d.PlaceKey != nil {
		f.Found = *d.PlaceKey
	}
	if !nothing {
		f.Expected = fmt.Sprintf("%s to %d", model.PlaceKey(d.RewardID, d.UserID, 1, d.CreatedAt), model.MaxPerPerson)
		for n := 1; n <= model.MaxPerPerson; n++ {
			if f.Found == model.PlaceKey(d.RewardID, d.UserID, n, d.CreatedAt) {
				return
			}
		}
	}
	if f.Found != f.Expected {
		v.differs("redemption.wait", f)
	}
}

// overDonations goes over the donations: each went to the pool, for good.
func overDonations(ctx context.Context, v *verifier) error {
	const check = "donation.given"
	return overRows(ctx, v, donations, func(a *around, d *model.Donation) {
		f := Finding{TenantID: d.TenantID, Of: fmt.Sprintf("donations %d", d.ID)}
		a.saw(check, 1)
		a.entered(check, f, a.booked[d.ID], d.Give())
		a.undone(check, f, a.booked[d.ID], false)
	})
}
