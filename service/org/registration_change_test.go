package org_test

import (
	"slices"
	"testing"
	"time"

	"dandelion/model"
	"dandelion/service/org"
)

func TestAChangeTakesTheOldOnesPlaceWhenTheNewCommunityConfirms(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	wang := w.onRoster(301, "王芳")
	old := w.agreed(wang)
	change, err := w.svc.ChangeRegistration(ctx, wang, old.ID, elsewhere())
	w.must(err)
	if change.State != model.RegistrationSubmitted || change.ReplacesID != old.ID || change.SlipConsentAt != nil || w.stored(old.ID).ChangeID != change.ID {
		t.Fatalf("the change is %+v", change)
	}
	_, err = w.svc.ChangeRegistration(ctx, wang, old.ID, elsewhere())
	w.refused(err, model.ErrRegistrationPending)
	_, err = w.svc.Leave(ctx, wang, old.ID, "调往外地")
	w.refused(err, model.ErrRegistrationPending)
	_, err = w.svc.Register(ctx, wang, elsewhere())
	w.refused(err, model.ErrRegistrationTaken)
	_, err = w.svc.Confirm(ctx, w.worker, change.ID)
	w.refused(err, model.ErrRegistrationNotFound) // it is not with the old community
	if w.inForceGrants(301, community) != 1 || w.inForceGrants(301, besideID) != 0 {
		t.Error("the role has moved too early")
	}
	done, err := w.svc.Confirm(ctx, w.nextWorker, change.ID)
	w.must(err)
	before := w.stored(old.ID)
	if done.State != model.RegistrationConfirmed || before.State != model.RegistrationReplaced || before.EndedAt == nil || before.ActiveKey != nil {
		t.Errorf("%+v in place of %+v", done, before)
	}
	if !done.SlipConsentAt.Equal(*before.SlipConsentAt) {
		t.Error("he has to agree to the same unit's slip again")
	}
	m := w.member(301)
	if m.CommunityID != besideID || m.GridID != 0 || m.UnitID != unit || w.inForceGrants(301, community) != 0 || w.inForceGrants(301, besideID) != 1 {
		t.Errorf("member %+v", m)
	}
	was, err := w.svc.Registration(ctx, wang, old.ID)
	w.must(err)
	if got := names(was); !slices.Equal(got, []string{"submit:member", "confirm:staff", "consent:member", "replace:system"}) {
		t.Errorf("history %v", got)
	}
}

func TestAnotherPostInTheSameCommunityKeepsTheRole(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	wang := w.onRoster(301, "王芳")
	old := w.joined(wang)
	other := order()
	other.Post, other.GridID = "文艺服务岗", 0
	change, err := w.svc.ChangeRegistration(ctx, wang, old.ID, other)
	w.must(err)
	done, err := w.svc.Confirm(ctx, w.worker, change.ID)
	w.must(err)
	if done.GrantID != old.GrantID || w.inForceGrants(301, community) != 1 || w.member(301).GridID != 0 {
		t.Errorf("%+v, member %+v", done, w.member(301))
	}
	_, err = w.svc.Leave(ctx, wang, done.ID, "退休返乡")
	w.must(err)
	if left, err := w.svc.ApproveLeave(ctx, w.worker, done.ID, "已核实"); err != nil || left.State != model.RegistrationLeft || w.member(301) != nil {
		t.Errorf("a change that was confirmed and left: %v", err)
	}
}

// TestAChangeThatComesToNothingLeavesWhatIsInForce ends one in each way there is.
func TestAChangeThatComesToNothingLeavesWhatIsInForce(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	wang := w.onRoster(301, "王芳")
	old := w.joined(wang)
	for name, end := range map[string]func(id int64) error{
		"withdrawn": func(id int64) error { _, err := w.svc.Withdraw(ctx, wang, id); return err },
		"rejected":  func(id int64) error { _, err := w.svc.Reject(ctx, w.nextWorker, id, "岗位已满"); return err },
		"lapsed": func(id int64) error {
			_, err := w.svc.Return(ctx, w.nextWorker, id, "请换一个岗位")
			w.pass(term)
			return err
		},
	} {
		change, err := w.svc.ChangeRegistration(ctx, wang, old.ID, elsewhere())
		w.must(err)
		w.must(end(change.ID))
		if now := w.stored(old.ID); now.ChangeID != 0 || now.State != model.RegistrationConfirmed || w.inForceGrants(301, community) != 1 {
			t.Errorf("%s: in force is %+v", name, now)
		}
		if over := w.stored(change.ID); !over.State.Final() || over.PendingKey != nil {
			t.Errorf("%s: the change is %+v", name, over)
		}
	}
	_, err := w.svc.Leave(ctx, wang, old.ID, "调往外地")
	w.must(err)
	_, err = w.svc.ChangeRegistration(ctx, wang, old.ID, elsewhere())
	w.refused(err, model.ErrRegistrationState)
}

// TestWhatIsNotDecidedGoesUp lets time go by, to the minute.
func TestWhatIsNotDecidedGoesUp(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	r := w.join(w.onRoster(301, "王芳"))
	second := w.onRoster(302, "李雷")
	leaving := w.joined(second)
	_, err := w.svc.Leave(ctx, second, leaving.ID, "调往外地")
	w.must(err)
	upTo := func(who model.Actor, state model.RegistrationState) (all []int64) {
		queue, err := w.svc.RegistrationQueue(ctx, who, org.RegistrationFilter{State: state, Limit: 9})
		w.must(err)
		for _, q := range queue {
			all = append(all, q.ID)
		}
		return all
	}
	w.pass(term - time.Minute)
	if got := upTo(w.officer, model.RegistrationSubmitted); got != nil {
		t.Errorf("the township has %v a minute early", got)
	}
	_, err = w.svc.Confirm(ctx, w.officer, r.ID)
	w.refused(err, model.ErrRegistrationForeign)
	w.pass(time.Minute)
	for who, want := range map[*model.Actor]int{&w.officer: 1, &w.worker: 1, &w.county: 0} {
		if a, b := upTo(*who, model.RegistrationSubmitted), upTo(*who, model.RegistrationLeaving); len(a) != want || len(b) != want {
			t.Errorf("%d has %v and %v after a term", who.UserID, a, b)
		}
	}
	_, err = w.svc.ApproveLeave(ctx, w.county, leaving.ID, "已核实")
	w.refused(err, model.ErrRegistrationForeign)
	_, err = w.svc.ApproveLeave(ctx, w.officer, leaving.ID, "已核实")
	w.must(err)
	w.pass(term)
	if got := upTo(w.county, model.RegistrationSubmitted); !slices.Equal(got, []int64{r.ID}) {
		t.Errorf("the county has %v after two terms", got)
	}
	w.pass(10 * term) // there it stays
	done, err := w.svc.Confirm(ctx, w.worker, r.ID)
	w.must(err)
	if got := names(done); !slices.Equal(got, []string{"submit:member", "escalate:system", "escalate:system", "confirm:staff"}) {
		t.Errorf("history %v", got)
	}
	if n := rows[model.Timer](w.world, "1 = 1"); n != 0 {
		t.Errorf("%d clocks tick on", n)
	}
}

func TestWhatIsNotCompletedIsWithdrawn(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	wang := w.onRoster(301, "王芳")
	r := w.join(wang)
	_, err := w.svc.Return(ctx, w.worker, r.ID, "请换一个岗位")
	w.must(err)
	w.pass(term - time.Millisecond)
	if got := w.stored(r.ID).State; got != model.RegistrationReturned {
		t.Errorf("%s a moment early", got)
	}
	w.pass(time.Millisecond)
	over, err := w.svc.Registration(ctx, wang, r.ID)
	w.must(err)
	if over.State != model.RegistrationWithdrawn || over.History[2].Reason == "" || over.History[2].ActorRole != "system" {
		t.Errorf("it is %+v", over)
	}
	w.join(wang)
}

// TestAPlaceThatPeopleAreRegisteredWithIsNotClosed.
func TestAPlaceThatPeopleAreRegisteredWithIsNotClosed(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	wang := w.onRoster(301, "王芳")
	in := elsewhere()
	r, err := w.svc.Register(ctx, wang, in)
	w.must(err)
	w.close(besideGrid, besideUnit)
	for _, id := range []int64{besideID, unit} {
		_, err := w.svc.Close(ctx, w.admin, id)
		w.refused(err, model.ErrOrgInUse)
	}
	_, err = w.svc.Withdraw(ctx, wang, r.ID)
	w.must(err)
	w.close(besideID, unit)
	_, err = w.svc.Register(ctx, wang, order())
	w.refused(err, model.ErrRegistrationPlace)
}
