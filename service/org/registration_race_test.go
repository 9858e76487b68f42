package org_test

import (
	"testing"

	"dandelion/internal/db"
	"dandelion/model"
)

// live says what somebody has in force: one registration at most, with the one
// role that belongs to it, and his line among the members says the same.
func (w *joinWorld) live(user int64) *model.Registration {
	w.Helper()
	var all []model.Registration
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error {
		return tx.Where("user_id = ? AND state IN ?", user, []model.RegistrationState{model.RegistrationConfirmed, model.RegistrationLeaving}).Find(&all).Error
	}))
	grants := rows[model.Grant](w.world, "user_id = ? AND active_key IS NOT NULL", user)
	m := w.member(user)
	if len(all) > 1 || grants != int64(len(all)) || (m != nil) != (len(all) == 1) {
		w.Fatalf("%d registrations in force, %d roles, member %+v", len(all), grants, m)
	}
	if len(all) == 0 {
		return nil
	}
	if m.CommunityID != all[0].CommunityID || m.UnitID != all[0].UnitID || m.GridID != all[0].GridID {
		w.Fatalf("%+v is registered as %+v", m, all[0])
	}
	return &all[0]
}

// TestOnePersonRegistersOnce sends six registrations at once, with two
// communities.
func TestOnePersonRegistersOnce(t *testing.T) {
	w := newJoinWorld(t)
	for n := range int64(5) {
		who := w.onRoster(301+n, "王芳")
		var all []func() error
		for i := range 6 {
			in := order()
			if i%2 == 1 {
				in = elsewhere()
			}
			all = append(all, func() error { _, err := w.svc.Register(t.Context(), who, in); return err })
		}
		if got := atOnce(all...); got["ok"] != 1 || got[model.ErrRegistrationTaken.Code] != 5 {
			t.Errorf("six at once: %v", got)
		}
	}
	if n := rows[model.Timer](w.world, "1 = 1"); n != 5 {
		t.Errorf("%d clocks of five registrations", n)
	}
}

// TestOnePersonAsksForOneChange sends four changes and a request to leave at
// once: one of them is heard.
func TestOnePersonAsksForOneChange(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	for n := range int64(5) {
		who := w.onRoster(301+n, "王芳")
		r := w.joined(who)
		change := func() error { _, err := w.svc.ChangeRegistration(ctx, who, r.ID, elsewhere()); return err }
		got := atOnce(change, change, change, change, func() error { _, err := w.svc.Leave(ctx, who, r.ID, "调往外地"); return err })
		now := w.stored(r.ID)
		pending := rows[model.Registration](w.world, "user_id = ? AND pending_key IS NOT NULL", who.UserID)
		if got["ok"] != 1 || (now.State == model.RegistrationLeaving) != (pending == 0) || (now.ChangeID != 0) != (pending == 1) {
			t.Errorf("five at once: %v, and it is %+v with %d changes", got, now, pending)
		}
	}
}

// TestTwoWhoMayConfirmOnce lets the community and the township, to which it has
// come, decide at once.
func TestTwoWhoMayConfirmOnce(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	for n := range int64(5) {
		who := w.onRoster(301+n, "王芳")
		r := w.join(who)
		w.pass(term)
		confirm := func(by model.Actor) func() error {
			return func() error { _, err := w.svc.Confirm(ctx, by, r.ID); return err }
		}
		got := atOnce(confirm(w.worker), confirm(w.worker2), confirm(w.officer), confirm(w.officer))
		if got["ok"] != 1 || got[model.ErrRegistrationState.Code] != 3 {
			t.Errorf("four at once: %v", got)
		}
		if w.live(who.UserID) == nil || len(w.audits("registration.confirm")) != int(n)+1 {
			t.Errorf("%d decisions are on record", len(w.audits("registration.confirm")))
		}
	}
}

// TestTwoCommunitiesDoNotBothTakeHimIn: one confirms what he takes back at the
// same time to register with the other, which confirms too.
func TestTwoCommunitiesDoNotBothTakeHimIn(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	won := map[int64]int{}
	for n := range int64(10) {
		who := w.onRoster(301+n, "王芳")
		r := w.join(who)
		atOnce(
			func() error { _, err := w.svc.Confirm(ctx, w.worker, r.ID); return err },
			func() error {
				if _, err := w.svc.Withdraw(ctx, who, r.ID); err != nil {
					return err
				}
				next, err := w.svc.Register(ctx, who, elsewhere())
				if err != nil {
					return err
				}
				_, err = w.svc.Confirm(ctx, w.nextWorker, next.ID)
				return err
			},
		)
		in := w.live(who.UserID)
		if in == nil {
			t.Fatal("nobody has taken him in")
		}
		won[in.CommunityID]++
	}
	t.Logf("taken in by the first %d times, by the other %d", won[community], won[besideID])
}

// TestAChangeIsConfirmedOrTakenBack lets the new community confirm while he takes
// the change back, and while the line he rests on is removed.
func TestAChangeIsConfirmedOrTakenBack(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	for n := range int64(10) {
		who := w.onRoster(301+n, "王芳")
		r := w.joined(who)
		change, err := w.svc.ChangeRegistration(ctx, who, r.ID, elsewhere())
		w.must(err)
		got := atOnce(
			func() error { _, err := w.svc.Confirm(ctx, w.nextWorker, change.ID); return err },
			func() error { _, err := w.svc.Withdraw(ctx, who, change.ID); return err },
			func() error {
				_, err := w.svc.RemoveFromRoster(ctx, w.liaison, unit, w.stored(r.ID).RosterID)
				return err
			},
		)
		in := w.live(who.UserID)
		switch moved := w.stored(change.ID).State == model.RegistrationConfirmed; {
		case moved && (in.ID != change.ID || w.stored(r.ID).State != model.RegistrationReplaced):
			t.Errorf("moved, and in force is %+v: %v", in, got)
		case !moved && (in.ID != r.ID || w.stored(r.ID).ChangeID != 0):
			t.Errorf("not moved, and in force is %+v: %v", in, got)
		}
	}
}

// TestLeavingIsDecidedOnce, however many decide, and whoever takes it back.
func TestLeavingIsDecidedOnce(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	for n := range int64(8) {
		who := w.onRoster(301+n, "王芳")
		r := w.joined(who)
		_, err := w.svc.Leave(ctx, who, r.ID, "调往外地")
		w.must(err)
		got := atOnce(
			func() error { _, err := w.svc.ApproveLeave(ctx, w.worker, r.ID, "已核实"); return err },
			func() error { _, err := w.svc.RefuseLeave(ctx, w.worker2, r.ID, "请先办结"); return err },
			func() error { _, err := w.svc.Withdraw(ctx, who, r.ID); return err },
		)
		if got["ok"] != 1 || (w.live(who.UserID) == nil) != (w.stored(r.ID).State == model.RegistrationLeft) {
			t.Errorf("three at once: %v", got)
		}
	}
}
