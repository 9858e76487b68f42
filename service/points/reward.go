package points

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/model"
)

// Offer is a reward, with the name of the community where it is handed over.
type Offer struct {
	model.Reward
	OrgName string
}

// offers reads rewards with the names of their communities.
const offers = `SELECT r.*, o.name AS org_name FROM rewards r JOIN orgs o ON o.id = r.org_id `

// Rewards returns the rewards of who's county that can be taken, newest first;
// of the community org if it is not 0.
func (s *Service) Rewards(ctx context.Context, who model.Actor, org, before int64, limit int) (all []Offer, err error) {
	where, args := "r.tenant_id = ? AND r.state = ? AND r.id < ?", []any{who.TenantID, model.RewardActive, db.Before(before)}
	if org != 0 {
		where, args = "r.org_id = ? AND r.tenant_id = ? AND r.state = ? AND r.id < ?", append([]any{org}, args...)
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		return tx.Raw(offers+"WHERE "+where+" ORDER BY r.id DESC LIMIT ?", append(args, limit)...).Scan(&all).Error
	})
	if err != nil {
		return nil, fmt.Errorf("points: rewards: %w", err)
	}
	return all, nil
}

// Reward returns a reward of who's county, also one that can no longer be taken.
func (s *Service) Reward(ctx context.Context, who model.Actor, id int64) (o *Offer, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o, err = offer(tx, who.TenantID, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return o, nil
}

func offer(tx *db.Tx, tenant, id int64) (*Offer, error) {
	var rows []Offer
	err := tx.Raw(offers+"WHERE r.id = ? AND r.tenant_id = ?", id, tenant).Scan(&rows).Error
	switch {
	case err != nil:
		return nil, fmt.Errorf("points: reward %d: %w", id, err)
	case len(rows) == 0:
		return nil, model.ErrRewardNotFound
	}
	return &rows[0], nil
}

// CreateReward offers something for points at the station of a community (上架).
func (s *Service) CreateReward(ctx context.Context, who model.Actor, org int64, t model.RewardTerms) (o *Offer, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		place, err := db.Find[model.Org](tx, org, model.ErrOrgNotFound)
		if err != nil {
			return err
		}
		r, err := model.NewReward(tx.NewID(), place, t, who, tx.Now)
		if err != nil {
			return err
		}
		if err := db.Add(tx, r); err != nil {
			return fmt.Errorf("points: add reward: %w", err)
		}
		o = &Offer{*r, place.Name}
		return audit.Put(tx, who, "reward.create", model.OfReward, r.ID, map[string]any{
			"org_id": r.OrgID, "name": r.Name, "cost": r.Cost, "stock": r.Stock, "per_person": r.PerPerson,
		})
	})
	if err != nil {
		return nil, err
	}
	return o, nil
}

// ChangeReward edits, restocks, closes and opens a reward. What it was and is,
// the audit log tells.
func (s *Service) ChangeReward(ctx context.Context, who model.Actor, id int64, c model.RewardChange) (o *Offer, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, err := offer(tx, who.TenantID, id)
		if err != nil {
			return err
		}
		after := *before
		if err := after.Change(who, c); err != nil {
			return err
		}
		if err := db.Save(tx, &before.Reward, &after.Reward); err != nil {
			return err
		}
		o = &after
		return audit.Put(tx, who, "reward.change", model.OfReward, id, differences(&before.Reward, &after.Reward))
	})
	if err != nil {
		return nil, err
	}
	return o, nil
}

// differences says what has been changed, from what to what; of long texts only
// that they have.
func differences(before, after *model.Reward) map[string]any {
	all := map[string]any{}
	for name, v := range map[string][2]any{
		"name": {before.Name, after.Name}, "cost": {before.Cost, after.Cost}, "stock": {before.Stock, after.Stock},
		"per_person": {before.PerPerson, after.PerPerson}, "state": {before.State, after.State},
	} {
		if v[0] != v[1] {
			all[name] = v
		}
	}
	if before.Detail != after.Detail {
		all["detail"] = "changed"
	}
	return all
}

// take takes one piece from the stock of r, if there still is one and r is what
// it was when it was decided that it can be taken. The row is many people's to
// write, so it is written last, by one statement that waits and never counts on
// what was read; only an edit in between makes the transaction run again.
func take(tx *db.Tx, r *model.Reward) error {
	res := tx.Model(&model.Reward{}).
		Where("id = ? AND stock > 0 AND state = ? AND cost = ? AND per_person = ?", r.ID, r.State, r.Cost, r.PerPerson).
		Updates(map[string]any{"stock": gorm.Expr("stock - 1"), "updated_at": tx.Now, "version": gorm.Expr("version + 1")})
	switch {
	case res.Error != nil:
		return fmt.Errorf("points: take %d: %w", r.ID, res.Error)
	case res.RowsAffected == 0:
		return db.ErrStale
	}
	return nil
}

// giveBack puts one piece back into the stock of a reward.
func giveBack(tx *db.Tx, reward int64) error {
	err := tx.Model(&model.Reward{}).Where("id = ?", reward).
		Updates(map[string]any{"stock": gorm.Expr("stock + 1"), "updated_at": tx.Now, "version": gorm.Expr("version + 1")}).Error
	if err != nil {
		return fmt.Errorf("points: give %d back: %w", reward, err)
	}
	return nil
}
