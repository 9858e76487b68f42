package wish

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// Dispatch orders a wish to a unit, team or member (派单).
func (s *Service) Dispatch(ctx context.Context, who model.Actor, id int64, to model.Order, note string) (*Seen, error) {
	return s.act(ctx, who, id, move{
		event: model.WishDispatch, note: note,
		verb: func(tx *db.Tx, w *model.Wish, st model.Step) error {
			if err := w.Dispatch(st, tx.NewID(), to); err != nil {
				return err
			}
			return canServe(tx, w.TenantID, to)
		},
		with: func(tx *db.Tx, _, w *model.Wish, st model.Step) error {
			if err := db.Add(tx, model.NewDispatch(w, who, note, st.Now)); err != nil {
				return fmt.Errorf("wish: add dispatch of %d: %w", w.ID, err)
			}
			return nil
		},
	})
}

// canServe checks that an order goes to somebody who can take it: an active
// unit, team or social organisation, or a registered member.
func canServe(tx *db.Tx, tenant int64, to model.Order) error {
	var n int64
	q := tx.Table("members m").Joins("JOIN users u ON u.id = m.user_id").
		Where("m.user_id = ? AND m.tenant_id = ? AND u.state = ?", to.UserID, tenant, model.UserActive)
	if to.OrgID != 0 {
		q = tx.Table("orgs").Where("id = ? AND tenant_id = ? AND state = ? AND kind IN ?", to.OrgID, tenant, model.OrgActive,
			[]model.OrgKind{model.OrgUnit, model.OrgTeam, model.OrgSocial})
	}
	if err := q.Limit(1).Count(&n).Error; err != nil {
		return fmt.Errorf("wish: target: %w", err)
	}
	if n == 0 {
		return model.ErrWishTarget
	}
	return nil
}

// Accept takes an order (接单). A unit or team names those who go.
func (s *Service) Accept(ctx context.Context, who model.Actor, id int64, team []int64) (*Seen, error) {
	return s.act(ctx, who, id, move{
		event: model.WishAccept,
		verb: func(tx *db.Tx, w *model.Wish, st model.Step) error {
			org := w.TargetOrgID
			if err := w.Accept(st, tx.NewID(), team); err != nil {
				return err
			}
			return ofOrg(tx, w.TenantID, org, team)
		},
		with: func(tx *db.Tx, _, w *model.Wish, st model.Step) error {
			return addClaim(tx, w, 0, st)
		},
	})
}

// Claim takes an open wish (接单), for oneself or in the name of the unit org
// with those who go. Of any number who claim at once exactly one gets it, and
// the rest [model.ErrWishTaken].
func (s *Service) Claim(ctx context.Context, who model.Actor, id, org int64, team []int64) (*Seen, error) {
	slot := 1 // most have no other claim: look for a free place only if this one is not
	return s.act(ctx, who, id, move{
		event: model.WishClaim,
		verb: func(tx *db.Tx, w *model.Wish, st model.Step) error {
			if err := w.Claim(st, tx.NewID(), org, team); err != nil {
				return err
			}
			return ofOrg(tx, w.TenantID, org, team)
		},
		with: func(tx *db.Tx, _, w *model.Wish, st model.Step) (err error) {
			if slot == 0 {
				if slot, err = freeSlot(tx, w, st.Policy); err != nil {
					return err
				}
			}
			err = addClaim(tx, w, slot, st)
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				slot = 0
				return db.ErrStale // the place was free a moment ago: look again
			}
			return err
		},
	})
}

// freeSlot returns the first of the claimer's places that is free. That it
// still is when it is taken, its unique key sees to.
func freeSlot(tx *db.Tx, w *model.Wish, p model.Policy) (int, error) {
	most := int(p.Number(model.LiveClaims))
	keys := make([]string, most)
	for i := range keys {
		keys[i] = model.SlotKey(w.ClaimerID, w.ClaimOrgID, i+1)
	}
	var taken []string
	if err := tx.Raw("SELECT slot_key FROM claims WHERE slot_key IN ?", keys).Scan(&taken).Error; err != nil {
		return 0, fmt.Errorf("wish: free slot: %w", err)
	}
	used := map[string]bool{}
	for _, k := range taken {
		used[k] = true
	}
	for i, k := range keys {
		if !used[k] {
			return i + 1, nil
		}
	}
	return 0, model.ErrWishClaimLimit
}

// ofOrg checks that a unit sends its own people: holders of a grant in it.
func ofOrg(tx *db.Tx, tenant, org int64, team []int64) error {
	if org == 0 {
		return nil
	}
	var n int64
	err := tx.Raw(`SELECT COUNT(DISTINCT g.user_id) FROM grants g JOIN users u ON u.id = g.user_id
		WHERE g.user_id IN ? AND g.org_id = ? AND g.tenant_id = ? AND g.role IN ? AND g.active_key IS NOT NULL
		AND (g.valid_until IS NULL OR g.valid_until > ?) AND u.state = ?`,
		team, org, tenant, []model.Role{model.RoleMember, model.RoleVolunteer, model.RoleLiaison}, tx.Now, model.UserActive).Scan(&n).Error
	switch {
	case err != nil:
		return fmt.Errorf("wish: team of %d: %w", org, err)
	case int(n) != len(team):
		return model.ErrWishTeam
	}
	return nil
}

// addClaim writes the claim that w carries, and those who go with the claimer.
func addClaim(tx *db.Tx, w *model.Wish, slot int, st model.Step) error {
	if err := db.Add(tx, model.NewClaim(w, slot, st.Now)); err != nil {
		return fmt.Errorf("wish: add claim of %d: %w", w.ID, err)
	}
	helpers := make([]model.WishHelper, 0, len(w.Team.List()))
	for _, user := range w.Team.List() {
		if user != w.ClaimerID {
			helpers = append(helpers, model.WishHelper{ClaimID: w.ClaimID, UserID: user, WishID: w.ID})
		}
	}
	if len(helpers) == 0 {
		return nil
	}
	if err := tx.Create(&helpers).Error; err != nil {
		return fmt.Errorf("wish: add helpers of %d: %w", w.ID, err)
	}
	return nil
}

// Decline gives an order back (谢绝).
func (s *Service) Decline(ctx context.Context, who model.Actor, id int64, reason string) (*Seen, error) {
	m := plain(model.WishDecline, reason, func(w *model.Wish, st model.Step) error { return w.Decline(st, reason) })
	return s.act(ctx, who, id, takenOver(m))
}

// Withdraw takes an order back (撤回派单).
func (s *Service) Withdraw(ctx context.Context, who model.Actor, id int64, reason string) (*Seen, error) {
	return s.act(ctx, who, id, plain(model.WishWithdraw, reason, (*model.Wish).Withdraw))
}

// takenOver lets m call the township in once orders have failed too often (兜底).
func takenOver(m move) move {
	m.opens = model.TaskTakeOver
	m.opensIf = func(w *model.Wish, st model.Step) bool { return w.TakenOver(st.Policy) }
	return m
}

// Release gives a claim back (退单).
func (s *Service) Release(ctx context.Context, who model.Actor, id int64, reason string) (*Seen, error) {
	return s.act(ctx, who, id, plain(model.WishRelease, reason, func(w *model.Wish, st model.Step) error { return w.Release(st, reason) }))
}
