package org_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/org"
)

// close closes organisations that can be.
func (w *world) close(ids ...int64) {
	w.Helper()
	for _, id := range ids {
		if _, err := w.svc.Close(w.Context(), w.admin, id); err != nil {
			w.Fatalf("closing %d: %v", id, err)
		}
	}
}

func TestWhatIsInUseIsNotClosed(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for id, want := range map[int64]error{county: model.ErrOrgCounty, township: model.ErrOrgInUse, community: model.ErrOrgInUse} {
		_, err := w.svc.Close(ctx, w.admin, id)
		w.refused(err, want)
		if o, err := w.svc.Get(ctx, w.admin, id); err != nil || o.State != model.OrgActive {
			t.Errorf("%d is %+v, %v", id, o, err)
		}
	}
	w.close(grid, unit)
	branch, err := w.svc.Create(ctx, w.admin, model.OrgBranch, "红星支部", committee, nil)
	w.must(err)
	w.must(w.update(func(tx *db.Tx) error {
		return tx.Model(&model.Org{}).Where("id = ?", branch.ID).Update("community_id", community).Error
	}))
	_, err = w.svc.Close(ctx, w.admin, community)
	w.refused(err, model.ErrOrgInUse) // its party branch stands elsewhere
	w.close(branch.ID, community, township)
	if n := len(w.audits("org.close")); n != 5 {
		t.Errorf("%d audit lines of five closings", n)
	}
}

// TestWhatAWishWaitsForIsNotClosed puts a wish before each organisation in each
// way there is; one that is over, or only a draft, is no reason.
func TestWhatAWishWaitsForIsNotClosed(t *testing.T) {
	w := newWorld(t)
	id := int64(900)
	for name, c := range map[string]struct {
		org  int64
		wish model.Wish
	}{
		"lives in a grid":  {grid, model.Wish{CommunityID: community, OrgPath: w.orgs[grid].Path}},
		"waits in a queue": {team, model.Wish{QueueOrgID: team}},
		"is offered":       {team, model.Wish{PoolOrgID: team}},
		"is sent":          {team, model.Wish{TargetOrgID: team}},
		"is done by":       {team, model.Wish{ClaimOrgID: team}},
	} {
		for state, want := range map[model.WishState]error{model.WishOpen: model.ErrOrgInUse, model.WishClosed: nil, model.WishDraft: nil} {
			id++
			row := c.wish
			row.ID, row.TenantID, row.State, row.ClockFrom, row.CreatedAt, row.UpdatedAt, row.Version = id, county, state, morning, morning, morning, 1
			w.must(w.update(func(tx *db.Tx) error { return db.Add(tx, &row) }))
			_, err := w.svc.Close(t.Context(), w.admin, c.org)
			if !errors.Is(err, want) {
				t.Errorf("a wish that %s and is %s: %v", name, state, err)
			}
			if err == nil {
				_, err := w.svc.Reopen(t.Context(), w.admin, c.org)
				w.must(err)
			}
			w.must(w.update(func(tx *db.Tx) error { return tx.Where("id = ?", id).Delete(&model.Wish{}).Error }))
		}
	}
}

func TestWhatWasClosedIsTakenIntoUseAgain(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.close(grid, unit, community)
	_, err := w.svc.Reopen(ctx, w.admin, grid)
	w.refused(err, model.ErrOrgClosed)
	_, err = w.svc.Reopen(ctx, w.foreignAdmin, community)
	w.refused(err, model.ErrOrgNotFound)
	_, err = w.svc.Reopen(ctx, w.alice, community)
	w.refused(err, model.ErrOrgForeign)
	for _, id := range []int64{community, grid} {
		o, err := w.svc.Reopen(ctx, w.admin, id)
		w.must(err)
		if o.State != model.OrgActive {
			t.Errorf("%d is %s", id, o.State)
		}
		_, err = w.svc.Reopen(ctx, w.admin, id)
		w.refused(err, model.ErrOrgActive)
	}
	if n := len(w.audits("org.reopen")); n != 2 {
		t.Errorf("%d audit lines", n)
	}
	_, err = w.svc.Give(ctx, w.admin, org.Giving{UserID: aliceID, Role: model.RoleWorker, OrgID: community})
	w.must(err)
}

// TestNothingIsFoundedInWhatIsBeingClosed races one against the other: one of
// them is refused.
func TestNothingIsFoundedInWhatIsBeingClosed(t *testing.T) {
	w := newWorld(t)
	for n := range 20 {
		o, err := w.svc.Create(t.Context(), w.admin, model.OrgUnit, fmt.Sprint("试验单位", n), community, nil)
		w.must(err)
		var both sync.WaitGroup
		var closed, founded error
		var below *model.Org
		both.Go(func() { _, closed = w.svc.Close(t.Context(), w.admin, o.ID) })
		both.Go(func() { below, founded = w.svc.Create(t.Context(), w.admin, model.OrgTeam, "试验队", o.ID, nil) })
		both.Wait()
		switch {
		case closed == nil && errors.Is(founded, model.ErrOrgClosed):
		case founded == nil && errors.Is(closed, model.ErrOrgInUse):
			w.close(below.ID, o.ID)
		default:
			t.Fatalf("closing: %v; founding: %v", closed, founded)
		}
	}
}

// TestWhoInvitesIsNotClosed lets an organisation invite, and a community be where
// somebody else does.
func TestWhoInvitesIsNotClosed(t *testing.T) {
	w := newWorld(t)
	w.close(grid, unit)
	a := func(state string) error {
		return w.update(func(tx *db.Tx) error {
			return tx.Exec("UPDATE activities SET state = ? WHERE id = 1", state).Error
		})
	}
	w.must(w.update(func(tx *db.Tx) error {
		return db.Add(tx, &model.Activity{ID: 1, TenantID: county, OrgID: team, CommunityID: community, CreatedAt: tx.Now, UpdatedAt: tx.Now})
	}))
	w.must(a(string(model.ActivityPublished)))
	_, err := w.svc.Close(t.Context(), w.admin, team)
	w.refused(err, model.ErrOrgInUse)
	w.must(a(string(model.ActivityEnded)))
	w.close(team)
}
