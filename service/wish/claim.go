package wish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

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
	policy, err := s.policies.Of(ctx, who.TenantID)
	if err != nil {
		return nil, err
	}
	claimer := claimerOf(who, team)
	places := slots(claimer, org, policy)
	slot := 0
	return s.act(ctx, who, id, move{
		event: model.WishClaim,
		read: func(tx *db.Tx, id int64) (r *row, err error) {
			r, slot, err = claimable(tx, id, claimer, places)
			return r, err
		},
		verb: func(tx *db.Tx, w *model.Wish, st model.Step) error {
			if err := w.Claim(st, tx.NewID(), org, team); err != nil {
				return err
			}
			if slot == 0 {
				return model.ErrWishClaimLimit
			}
			return ofOrg(tx, w.TenantID, org, team)
		},
		with: func(tx *db.Tx, _, w *model.Wish, st model.Step) error {
			err := addClaim(tx, w, slot, st)
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return db.ErrStale // the place was free a moment ago: look again
			}
			return err
		},
	})
}

// claimerOf is who goes, or leads those who do.
func claimerOf(who model.Actor, team []int64) int64 {
	if len(team) > 0 {
		return team[0]
	}
	return who.UserID
}

// slots names the places for live claims that a claimer has.
func slots(claimer, org int64, p model.Policy) []string {
	keys := make([]string, p.Number(model.LiveClaims))
	for i := range keys {
		keys[i] = model.SlotKey(claimer, org, i+1)
	}
	return keys
}

// claimable returns a wish and the number of the first of the claimer's places
// that is free, 0 if none is, in one read. That the place still is free when it
// is taken, its unique key sees to.
func claimable(tx *db.Tx, id, claimer int64, places []string) (*row, int, error) {
	var rows []struct {
		Row   row `gorm:"embedded"`
		Taken string
	}
	err := tx.Raw(fmt.Sprintf(named, `? AS reader_id, COALESCE((SELECT display_name FROM users WHERE id = ?), '') AS reader_name,
		COALESCE((SELECT GROUP_CONCAT(slot_key) FROM claims WHERE slot_key IN ?), '') AS taken,`, "wishes w")+"WHERE w.id = ?",
		claimer, claimer, places, id).Scan(&rows).Error
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("wish: find %d to claim: %w", id, err)
	case len(rows) == 0:
		return nil, 0, model.ErrWishNotFound
	}
	taken := strings.Split(rows[0].Taken, ",")
	free := slices.IndexFunc(places, func(place string) bool { return !slices.Contains(taken, place) })
	return &rows[0].Row, free + 1, nil
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
