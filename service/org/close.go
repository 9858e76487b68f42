package org

import (
	"context"
	"fmt"
	"slices"

	"dandelion/internal/db"
	"dandelion/model"
)

// Close takes an organisation out of use (停用) that nothing stands on.
func (s *Service) Close(ctx context.Context, who model.Actor, id int64) (*model.Org, error) {
	return s.alter(ctx, who, id, "org.close", func(tx *db.Tx, o *model.Org) error {
		if err := o.Close(); err != nil {
			return err
		}
		return unused(tx, o)
	})
}

// Reopen takes an organisation into use again (恢复).
func (s *Service) Reopen(ctx context.Context, who model.Actor, id int64) (*model.Org, error) {
	return s.alter(ctx, who, id, "org.reopen", func(tx *db.Tx, o *model.Org) error {
		above, err := find(tx, who, o.ParentID)
		if err != nil {
			return err
		}
		if err := o.Reopen(above); err != nil {
			return err
		}
		return hold(tx, above)
	})
}

// hold makes a change that relies on above being in use lose against another
// that closes it at the same time, and the other way round: whoever comes second
// runs again, and sees the first.
func hold(tx *db.Tx, above *model.Org) error {
	res := tx.Model(&model.Org{}).Where("id = ? AND version = ?", above.ID, above.Version).UpdateColumn("version", above.Version+1)
	switch {
	case res.Error != nil:
		return fmt.Errorf("org: hold %d: %w", above.ID, res.Error)
	case res.RowsAffected == 0:
		return db.ErrStale
	}
	return nil
}

// unused reports that nothing in use is below o or belongs to it, that no wish
// waits for it, and nobody is registered with it or invited to it or by it; or
// that something is so.
func unused(tx *db.Tx, o *model.Org) error {
	live := slices.DeleteFunc(model.WishStates(), func(s model.WishState) bool { return s.Final() || s == model.WishDraft })
	registering := slices.DeleteFunc(model.RegistrationStates(), model.RegistrationState.Final)
	for _, in := range []struct {
		table, where string
		args         []any
	}{
		{"orgs", "parent_id = ? AND state = ?", []any{o.ID, model.OrgActive}},
		{"orgs", "community_id = ? AND state = ? AND id <> ?", []any{o.ID, model.OrgActive, o.ID}},
		{"wishes", "queue_org_id = ? AND state IN ?", []any{o.ID, live}},
		{"wishes", "pool_org_id = ? AND state IN ?", []any{o.ID, live}},
		{"wishes", "target_org_id = ? AND state IN ?", []any{o.ID, live}},
		{"wishes", "claim_org_id = ? AND state IN ?", []any{o.ID, live}},
		{"registrations", "community_id = ? AND state IN ?", []any{o.ID, registering}},
		{"registrations", "unit_id = ? AND state IN ?", []any{o.ID, registering}},
		{"activities", "org_id = ? AND state = ?", []any{o.ID, model.ActivityPublished}},
		{"slots", "community_id = ? AND state = ? AND published = ?", []any{o.ID, model.SlotOpen, true}},
		{"wishes", "community_id = ? AND state IN ? AND org_path LIKE ?", []any{placeOf(o), live, string(o.Path) + "%"}},
	} {
		var ids []int64
		if err := tx.Table(in.table).Where(in.where, in.args...).Limit(1).Pluck("id", &ids).Error; err != nil {
			return fmt.Errorf("org: what uses %d: %w", o.ID, err)
		}
		if len(ids) > 0 {
			return model.ErrOrgInUse
		}
	}
	return nil
}

// placeOf returns the community that o is or is in; 0: none.
func placeOf(o *model.Org) int64 {
	if o.Kind == model.OrgCommunity {
		return o.ID
	}
	return o.CommunityID
}
