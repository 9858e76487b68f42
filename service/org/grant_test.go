package org_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/org"
)

func TestAGrantSaysWhoGaveWhatToWhomAndUntilWhen(t *testing.T) {
	w := newWorld(t)
	until := morning.Add(time.Hour)
	g := w.give(org.Giving{UserID: aliceID, Role: model.RoleWorker, OrgID: community, OrgOnly: true, ValidUntil: &until})
	stored := w.grants(aliceID)
	if len(stored) != 1 || stored[0].ID != g.ID || stored[0].OrgName != "红星社区" || stored[0].DisplayName != "某103" {
		t.Fatalf("stored %+v", stored)
	}
	s := stored[0].Grant
	if s.Subtree || s.GrantedBy != adminID || s.OrgPath != w.orgs[community].Path || !s.ValidUntil.Equal(until) || s.TenantID != county {
		t.Errorf("grant %+v", s)
	}
	if lines := w.audits("grant.give"); len(lines) != 1 || lines[0]["role"] != "worker" || lines[0]["subtree"] != false {
		t.Errorf("audit %v", lines)
	}
	if w.member(aliceID) != nil {
		t.Error("a worker was registered as a member")
	}
}

func (w *world) grants(user int64) []org.GrantLine {
	w.Helper()
	all, err := w.svc.Grants(w.Context(), w.admin, org.GrantFilter{UserID: user, Limit: 10})
	w.must(err)
	return all
}

func TestWhatMayNotBeGiven(t *testing.T) {
	w := newWorld(t)
	narrow := w.admin
	narrow.Held = []model.Held{{Role: model.RoleAdmin, OrgID: grid, Path: w.orgs[grid].Path, Subtree: true}}
	w.must(w.update(func(tx *db.Tx) error {
		return tx.Model(&model.User{}).Where("id = ?", bobID).Update("state", model.UserDisabled).Error
	}))
	for name, c := range map[string]struct {
		who  model.Actor
		in   org.Giving
		want error
	}{
		"by nobody":                 {w.alice, org.Giving{UserID: bobID, Role: model.RoleWorker, OrgID: community}, model.ErrOrgForeign},
		"outside of one's path":     {narrow, org.Giving{UserID: aliceID, Role: model.RoleWorker, OrgID: community}, model.ErrOrgForeign},
		"in another county":         {w.admin, org.Giving{UserID: aliceID, Role: model.RoleWorker, OrgID: abroadHome}, model.ErrOrgNotFound},
		"to another county's":       {w.admin, org.Giving{UserID: foreignID, Role: model.RoleWorker, OrgID: community}, model.ErrUserNotFound},
		"to one without a county":   {w.admin, org.Giving{UserID: homelessID, Role: model.RoleWorker, OrgID: community}, model.ErrUserNotFound},
		"to nobody":                 {w.admin, org.Giving{UserID: 999, Role: model.RoleWorker, OrgID: community}, model.ErrUserNotFound},
		"to oneself":                {w.admin, org.Giving{UserID: adminID, Role: model.RoleAuditor, OrgID: county}, model.ErrGrantSelf},
		"to a disabled account":     {w.admin, org.Giving{UserID: bobID, Role: model.RoleWorker, OrgID: community}, model.ErrDisabled},
		"where it cannot be held":   {w.admin, org.Giving{UserID: aliceID, Role: model.RoleWorker, OrgID: grid}, model.ErrGrantOrg},
		"until now":                 {w.admin, org.Giving{UserID: aliceID, Role: model.RoleWorker, OrgID: community, ValidUntil: &morning}, model.ErrGrantPast},
		"with a unit that is none":  {w.admin, org.Giving{UserID: aliceID, Role: model.RoleMember, OrgID: community, UnitID: grid}, model.ErrGrantOrg},
		"with another county's org": {w.admin, org.Giving{UserID: aliceID, Role: model.RoleMember, OrgID: community, GridID: abroadHome}, model.ErrOrgNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := w.svc.Give(t.Context(), c.who, c.in); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
	if rows[model.Grant](w, "user_id IN ?", []int64{aliceID, bobID, homelessID}) != 0 || len(w.audits("grant.give")) != 0 || w.member(aliceID) != nil {
		t.Error("a refusal left a trace")
	}
}

func TestNobodyHoldsTheSameRoleTwice(t *testing.T) {
	w := newWorld(t)
	const n = 6
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			_, errs[i] = w.svc.Give(t.Context(), w.admin, org.Giving{UserID: aliceID, Role: model.RoleMember, OrgID: community})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, model.ErrGrantTaken) {
			t.Error(err)
		}
	}
	if got := rows[model.Grant](w, "user_id = ?", aliceID); won != 1 || got != 1 {
		t.Errorf("%d given, %d stored", won, got)
	}
	w.give(org.Giving{UserID: aliceID, Role: model.RoleMember, OrgID: unit}) // elsewhere it is another
}

func TestTwoRolesAtOnceMakeOneRegistration(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i, in := range []org.Giving{{UserID: aliceID, Role: model.RoleMember, OrgID: unit}, {UserID: aliceID, Role: model.RoleVolunteer, OrgID: team}} {
		wg.Go(func() { _, errs[i] = w.svc.Give(t.Context(), w.admin, in) })
	}
	wg.Wait()
	w.must(errors.Join(errs...))
	if m := w.member(aliceID); m == nil || m.UnitID != unit || m.CommunityID != community || m.TeamID != team {
		t.Errorf("member %+v", m)
	}
}

func TestWhatHasRunOutIsEndedByTheNext(t *testing.T) {
	w := newWorld(t)
	until := morning.Add(time.Hour)
	in := org.Giving{UserID: aliceID, Role: model.RoleWorker, OrgID: community, ValidUntil: &until}
	old := w.give(in)
	w.clock.Pass(time.Hour - time.Millisecond)
	in.ValidUntil = nil
	_, err := w.svc.Give(t.Context(), w.admin, in)
	w.refused(err, model.ErrGrantTaken)
	w.clock.Pass(time.Millisecond)
	fresh := w.give(in)
	all := w.grants(aliceID)
	if len(all) != 2 || all[0].ID != fresh.ID || all[0].RevokedAt != nil || all[1].ID != old.ID || all[1].ActiveKey != nil || !all[1].RevokedAt.Equal(until) {
		t.Errorf("grants %+v", all)
	}
}

func TestAMemberIsRegisteredWithWhereHeBelongs(t *testing.T) {
	w := newWorld(t)
	w.give(org.Giving{UserID: aliceID, Role: model.RoleMember, OrgID: community, GridID: grid, UnitID: unit, Skills: []string{"电工"}})
	want := model.Member{UserID: aliceID, TenantID: county, CommunityID: community, GridID: grid, UnitID: unit, Skills: "电工"}
	check := func() {
		t.Helper()
		got := w.member(aliceID)
		if got == nil {
			t.Fatal("not registered")
		}
		got.CreatedAt, got.UpdatedAt = time.Time{}, time.Time{}
		if *got != want {
			t.Errorf("registered %+v, want %+v", *got, want)
		}
	}
	check()
	w.give(org.Giving{UserID: aliceID, Role: model.RoleVolunteer, OrgID: team, Skills: []string{"电工", "辅导"}})
	want.TeamID, want.Skills = team, "电工,辅导" // the rest stays
	check()
	w.must(w.update(func(tx *db.Tx) error {
		return tx.Model(&model.Member{}).Where("user_id = ?", aliceID).Updates(map[string]any{"tenant_id": abroad, "stars": 9, "rated": 2}).Error
	}))
	w.give(org.Giving{UserID: aliceID, Role: model.RoleMember, OrgID: unit})
	want = model.Member{UserID: aliceID, TenantID: county, CommunityID: community, UnitID: unit, Stars: 9, Rated: 2} // nothing of the other county
	check()
}

func TestARevokedGrantIsKeptAndNotInForce(t *testing.T) {
	w := newWorld(t)
	g := w.give(org.Giving{UserID: aliceID, Role: model.RoleWorker, OrgID: community})
	w.clock.Pass(time.Minute)
	_, err := w.svc.Revoke(t.Context(), w.admin, g.ID, "调离岗位")
	w.must(err)
	_, err = w.svc.Revoke(t.Context(), w.admin, g.ID, "再次")
	w.refused(err, model.ErrGrantRevoked)
	all := w.grants(aliceID)
	if len(all) != 1 || all[0].ActiveKey != nil || all[0].RevokedBy != adminID || !all[0].RevokedAt.Equal(morning.Add(time.Minute)) {
		t.Errorf("grants %+v", all)
	}
	if lines := w.audits("grant.revoke"); len(lines) != 1 || lines[0]["reason"] != "调离岗位" {
		t.Errorf("audit %v", lines)
	}
	w.give(org.Giving{UserID: aliceID, Role: model.RoleWorker, OrgID: community}) // and can be given anew
}

func TestWhoMayNotRevoke(t *testing.T) {
	w := newWorld(t)
	g := w.give(org.Giving{UserID: aliceID, Role: model.RoleWorker, OrgID: community})
	own := w.grants(adminID)[0]
	for _, c := range []struct {
		who  model.Actor
		id   int64
		want error
	}{
		{w.foreignAdmin, g.ID, model.ErrGrantNone},
		{w.admin, 99, model.ErrGrantNone},
		{w.auditor, g.ID, model.ErrOrgForeign},
		{w.admin, own.ID, model.ErrGrantSelf},
	} {
		_, err := w.svc.Revoke(t.Context(), c.who, c.id, "不应成功")
		w.refused(err, c.want)
	}
	if rows[model.Grant](w, "revoked_at IS NOT NULL") != 0 {
		t.Error("something was revoked")
	}
}

func TestTheRegistrationEndsWithTheLastRoleItStandsOn(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	first := w.give(org.Giving{UserID: aliceID, Role: model.RoleMember, OrgID: community})
	second := w.give(org.Giving{UserID: aliceID, Role: model.RoleVolunteer, OrgID: team})
	w.give(org.Giving{UserID: bobID, Role: model.RoleMember, OrgID: community})
	_, err := w.svc.Revoke(ctx, w.admin, first.ID, "退出")
	w.must(err)
	if w.member(aliceID) == nil {
		t.Error("he is a volunteer still")
	}
	_, err = w.svc.Revoke(ctx, w.admin, second.ID, "退出")
	w.must(err)
	if w.member(aliceID) != nil || w.member(bobID) == nil {
		t.Error("the wrong registrations are left")
	}
}

func TestGrantsArePagedNewestFirst(t *testing.T) {
	w := newWorld(t)
	a := w.give(org.Giving{UserID: aliceID, Role: model.RoleMember, OrgID: community})
	b := w.give(org.Giving{UserID: bobID, Role: model.RoleWorker, OrgID: community})
	f := org.GrantFilter{OrgID: community, Limit: 1}
	page := func(who model.Actor) []org.GrantLine {
		all, err := w.svc.Grants(t.Context(), who, f)
		w.must(err)
		return all
	}
	if p := page(w.admin); len(p) != 1 || p[0].ID != b.ID {
		t.Errorf("first page %+v", p)
	}
	f.Before = b.ID
	if p := page(w.admin); len(p) != 1 || p[0].ID != a.ID {
		t.Errorf("second page %+v", p)
	}
	f.Before = 0
	if p := page(w.foreignAdmin); len(p) != 0 {
		t.Errorf("another county sees %+v", p)
	}
}

func TestTheAuditLogIsForTheCountysAuditors(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	g := w.give(org.Giving{UserID: aliceID, Role: model.RoleWorker, OrgID: community})
	_, err := w.svc.Revoke(ctx, w.admin, g.ID, "调离岗位")
	w.must(err)
	_, err = w.svc.Change(ctx, w.admin, unit, ptr("县人民医院"), nil)
	w.must(err)

	all, err := w.svc.Audits(ctx, w.auditor, org.AuditFilter{Limit: 2})
	w.must(err)
	if len(all) != 2 || all[0].Action != "org.change" || all[1].Action != "grant.revoke" || all[0].DisplayName != "某101" || all[0].RequestID != "test" {
		t.Errorf("first page %+v", all)
	}
	all, err = w.svc.Audits(ctx, w.auditor, org.AuditFilter{Before: all[1].ID, Limit: 2})
	w.must(err)
	if len(all) != 1 || all[0].Action != "grant.give" {
		t.Errorf("second page %+v", all)
	}
	all, err = w.svc.Audits(ctx, w.auditor, org.AuditFilter{Subject: model.OfGrant, SubjectID: g.ID, Limit: 9})
	w.must(err)
	if len(all) != 2 {
		t.Errorf("about one grant %+v", all)
	}

	local := w.auditor
	local.Held = []model.Held{{Role: model.RoleAuditor, OrgID: community, Path: w.orgs[community].Path, Subtree: true}}
	for _, who := range []model.Actor{w.admin, w.alice, w.homeless, local} {
		_, err := w.svc.Audits(ctx, who, org.AuditFilter{Limit: 2})
		w.refused(err, model.ErrForbidden)
	}
	foreign := w.auditor
	foreign.TenantID = abroad
	foreign.Held = []model.Held{{Role: model.RoleAuditor, OrgID: abroad, Path: w.orgs[abroad].Path, Subtree: true}}
	if all, err := w.svc.Audits(ctx, foreign, org.AuditFilter{Limit: 9}); err != nil || len(all) != 0 {
		t.Errorf("another county reads %+v, %v", all, err)
	}
}
