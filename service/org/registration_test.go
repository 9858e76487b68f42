package org_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
	"dandelion/service/org"
)

func TestAMemberIsMatchedRegisteredAndTakenIn(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	wang := w.onRoster(301, "王芳")
	r := w.join(wang)
	if r.State != model.RegistrationSubmitted || r.Name != "王芳" || r.UnitName != "县医院" || r.CommunityName != "红星社区" || r.GridName != "第一网格" || !r.OnRoster {
		t.Fatalf("registered as %+v", r)
	}
	if w.member(301) != nil || w.inForceGrants(301, community) != 0 {
		t.Error("he is a member before anybody has confirmed")
	}
	queue, err := w.svc.RegistrationQueue(ctx, w.worker, org.RegistrationFilter{State: model.RegistrationSubmitted, Limit: 9})
	w.must(err)
	if len(queue) != 1 || queue[0].ID != r.ID || queue[0].Name != "王*" || !slices.Equal(queue[0].Possible, []model.RegistrationEvent{"confirm", "return", "reject"}) {
		t.Fatalf("the queue is %+v", queue)
	}
	seen, err := w.svc.Registration(ctx, w.worker, r.ID)
	w.must(err)
	above, err := w.svc.Registration(ctx, w.officer, r.ID)
	w.must(err)
	if seen.Name != "王芳" || above.Name != "王*" || len(above.Possible) != 0 {
		t.Errorf("the worker sees %s, the township %s, who may %v", seen.Name, above.Name, above.Possible)
	}
	done, err := w.svc.Confirm(ctx, w.worker, r.ID)
	w.must(err)
	if done.State != model.RegistrationConfirmed || !slices.Equal(names(done), []string{"submit:member", "confirm:staff"}) {
		t.Errorf("confirmed: %+v", done)
	}
	m := w.member(301)
	if m == nil || m.CommunityID != community || m.GridID != grid || m.UnitID != unit || w.inForceGrants(301, community) != 1 {
		t.Errorf("member %+v", m)
	}
	if lines := w.audits("registration.confirm"); len(lines) != 1 || strings.Contains(strings.ToLower(lines[0]["state"].(string)), "王") {
		t.Errorf("audit %v", lines)
	}
	if n := rows[model.Timer](w.world, "subject_id = ?", r.ID); n != 0 {
		t.Errorf("%d clocks tick on", n)
	}
}

// TestWhoIsNotOnTheRosterIsToldNothingOfIt tries each way not to match: the
// answer is the same whether the name or the number is unknown.
func TestWhoIsNotOnTheRosterIsToldNothingOfIt(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	w.list(unit, org.Person{Name: "王芳", Phone: phoneOf(301)}, org.Person{Name: "李雷", Phone: phoneOf(999)}, org.Person{Name: "赵敏", Phone: phoneOf(304)})
	w.list(besideUnit, org.Person{Name: "孙浩", Phone: phoneOf(303)})
	gone, err := w.svc.Roster(ctx, w.liaison, org.RosterFilter{UnitID: unit, State: model.RosterActive, Limit: 9})
	w.must(err)
	_, err = w.svc.RemoveFromRoster(ctx, w.liaison, unit, gone[2].ID)
	w.must(err)
	var said []string
	for name, who := range map[string]model.Actor{
		"the number, under another name": w.account(301, "韩梅梅"),
		"the name, under another number": w.account(302, "李雷"),
		"on the roster of another unit":  w.account(303, "孙浩"),
		"taken off the roster":           w.account(304, "赵敏"),
		"on no roster at all":            w.account(305, "钱多"),
	} {
		_, err := w.svc.Register(ctx, who, order())
		w.refused(err, model.ErrRegistrationMatch)
		said = append(said, fault.Of(err).Message)
		if len(fault.Of(err).Fields) > 0 || fault.Of(err).Params != nil {
			t.Errorf("%s: the answer tells more: %+v", name, fault.Of(err))
		}
	}
	if slices.Sort(said); len(slices.Compact(said)) != 1 || !strings.Contains(said[0], "联系单位联络员") {
		t.Errorf("the answers differ: %q", said)
	}
	_, err = w.svc.Register(ctx, w.alice, order())
	w.refused(err, model.ErrRegistrationPhone)
	nameless := w.account(306, "")
	_, err = w.svc.Register(ctx, nameless, order())
	w.refused(err, model.ErrRegistrationName)
	_, err = w.svc.Register(ctx, w.homeless, order())
	w.refused(err, model.ErrNoHome)
	_, err = w.svc.Register(ctx, w.foreignAdmin, order())
	w.refused(err, model.ErrOrgNotFound)
	w.rename(301, " 王 芳 ")
	bad := order()
	bad.GridID = besideGrid
	who := model.Actor{UserID: 301, TenantID: county, RequestID: "test"}
	_, err = w.svc.Register(ctx, who, bad)
	w.refused(err, model.ErrRegistrationPlace)
	w.join(who)
	if n := rows[model.Registration](w.world, "1 = 1"); n != 1 {
		t.Errorf("%d registrations", n)
	}
}

func TestWhatIsSentBackIsHandedInAgain(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	wang := w.onRoster(301, "王芳")
	r := w.join(wang)
	_, err := w.svc.Return(ctx, w.worker, r.ID, "请换一个岗位")
	w.must(err)
	_, err = w.svc.Confirm(ctx, w.worker, r.ID)
	w.refused(err, model.ErrRegistrationState)
	again, err := w.svc.Resubmit(ctx, wang, r.ID, "文艺服务岗")
	w.must(err)
	if again.State != model.RegistrationSubmitted || again.Post != "文艺服务岗" || again.Reason != "请换一个岗位" {
		t.Errorf("again %+v", again)
	}
	_, err = w.svc.Reject(ctx, w.worker, r.ID, "本社区没有此岗位")
	w.must(err)
	second := w.join(wang) // nothing stands in the way
	_, err = w.svc.Withdraw(ctx, wang, second.ID)
	w.must(err)
	mine, err := w.svc.MyRegistrations(ctx, wang, 0, 9)
	w.must(err)
	if len(mine) != 2 || mine[0].ID != second.ID || mine[1].State != model.RegistrationRejected {
		t.Errorf("his own %+v", mine)
	}
	if n := rows[model.Member](w.world, "1 = 1") + rows[model.Timer](w.world, "1 = 1"); n != 0 {
		t.Errorf("%d members or clocks", n)
	}
}

func TestLeavingIsReviewedAndEndsTheRole(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	wang := w.onRoster(301, "王芳")
	r := w.joined(wang)
	leave := func() { _, err := w.svc.Leave(ctx, wang, r.ID, "调往外地"); w.must(err) }
	leave()
	if w.inForceGrants(301, community) != 1 {
		t.Error("he has lost the role before it was reviewed")
	}
	_, err := w.svc.RefuseLeave(ctx, w.worker, r.ID, "请先办结手上的心愿")
	w.must(err)
	leave()
	_, err = w.svc.Withdraw(ctx, wang, r.ID)
	w.must(err)
	leave()
	left, err := w.svc.ApproveLeave(ctx, w.worker2, r.ID, "已核实")
	w.must(err)
	if left.State != model.RegistrationLeft || left.EndedAt == nil || w.member(301) != nil || w.inForceGrants(301, community) != 0 {
		t.Errorf("left %+v, member %+v", left, w.member(301))
	}
	if got := names(left); !slices.Equal(got[2:], []string{"ask_leave:member", "refuse_leave:staff", "ask_leave:member", "withdraw:member", "ask_leave:member", "approve_leave:staff"}) {
		t.Errorf("history %v", got)
	}
	if n := len(w.audits("registration.approve_leave")) + len(w.audits("grant.leave")); n != 2 {
		t.Errorf("%d audit lines", n)
	}
	w.join(wang)
}

// TestTheRoleThatWasGivenBeforeIsRenewed: of the administrator's grants one that
// would run out stays for good, one that has run out is given anew, and one of
// another role outlives the registration.
func TestTheRoleThatWasGivenBeforeIsRenewed(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	for id, until := range map[int64]int64{301: 3600e9, 302: -1, 303: 0} {
		who := w.onRoster(id, "王芳")
		if until != 0 {
			at := morning.Add(3600e9)
			w.give(org.Giving{UserID: id, Role: model.RoleMember, OrgID: community, ValidUntil: &at, Skills: []string{"医疗"}})
		}
		if until < 0 {
			w.clock.Pass(2 * 3600e9)
		}
		w.give(org.Giving{UserID: id, Role: model.RoleVolunteer, OrgID: community, TeamID: team})
		r := w.joined(who)
		var g *model.Grant
		w.must(w.db.View(ctx, func(tx *db.Tx) (err error) {
			g, err = db.Find[model.Grant](tx, r.GrantID, model.ErrGrantNone)
			return err
		}))
		if g.ValidUntil != nil || g.ActiveKey == nil || w.inForceGrants(id, community) != 1 {
			t.Errorf("%d: the grant is %+v", id, g)
		}
		if m := w.member(id); m.TeamID != team || m.UnitID != unit || (until != 0) != m.Skills.Has("医疗") {
			t.Errorf("%d: member %+v", id, m)
		}
		_, err := w.svc.Leave(ctx, who, r.ID, "调往外地")
		w.must(err)
		_, err = w.svc.ApproveLeave(ctx, w.worker, r.ID, "已核实")
		w.must(err)
		if w.member(id) == nil || w.inForceGrants(id, community) != 0 {
			t.Errorf("%d: a volunteer's registration ended with a member's", id)
		}
		w.clock.Set(morning)
	}
}

func TestOnlyWhoMayAndIsThereDecides(t *testing.T) {
	w := newJoinWorld(t)
	ctx := t.Context()
	wang := w.onRoster(301, "王芳")
	r := w.join(wang)
	foreignWorker := w.person(208, abroad, model.RoleWorker, abroadHome)
	own := wang
	own.Held = w.worker.Held
	for name, c := range map[string]struct {
		who  model.Actor
		want error
	}{
		"the community beside": {w.nextWorker, model.ErrRegistrationNotFound},
		"the unit's liaison":   {w.liaison, model.ErrRegistrationNotFound},
		"another county":       {foreignWorker, model.ErrRegistrationNotFound},
		"a neighbour":          {w.alice, model.ErrRegistrationNotFound},
		"the township, early":  {w.officer, model.ErrRegistrationForeign},
		"himself":              {own, model.ErrRegistrationSelf},
	} {
		_, err := w.svc.Confirm(ctx, c.who, r.ID)
		if !errors.Is(err, c.want) {
			t.Errorf("%s confirms: %v, want %v", name, err, c.want)
		}
		_, err = w.svc.Reject(ctx, c.who, r.ID, "不合适")
		if !errors.Is(err, c.want) {
			t.Errorf("%s rejects: %v, want %v", name, err, c.want)
		}
		_, err = w.svc.Registration(ctx, c.who, r.ID)
		if errors.Is(c.want, model.ErrRegistrationNotFound) != (err != nil) {
			t.Errorf("%s reads: %v", name, err)
		}
	}
	for name, f := range map[string]struct {
		who  model.Actor
		org  int64
		want error
	}{
		"of another community": {w.nextWorker, community, model.ErrForbidden}, "of another county": {foreignWorker, community, model.ErrOrgNotFound},
		"of a unit": {w.county, unit, model.ErrOrgNotFound}, "of the township": {w.worker, township, model.ErrForbidden},
	} {
		_, err := w.svc.RegistrationQueue(ctx, f.who, org.RegistrationFilter{OrgID: f.org, State: model.RegistrationSubmitted, Limit: 9})
		if !errors.Is(err, f.want) {
			t.Errorf("the queue %s: %v, want %v", name, err, f.want)
		}
	}
	_, err := w.svc.RemoveFromRoster(ctx, w.liaison, unit, w.stored(r.ID).RosterID)
	w.must(err)
	_, err = w.svc.Confirm(ctx, w.worker, r.ID)
	w.refused(err, model.ErrRegistrationRoster)
	if seen, err := w.svc.Registration(ctx, w.worker, r.ID); err != nil || seen.OnRoster {
		t.Errorf("he rests on a line that is gone: %v", err)
	}
	w.list(unit, org.Person{Name: "王芳", Phone: phoneOf(301)})
	w.must(w.update(func(tx *db.Tx) error {
		return tx.Model(&model.User{}).Where("id = 301").Update("state", model.UserDisabled).Error
	}))
	_, err = w.svc.Confirm(ctx, w.worker, r.ID)
	w.refused(err, model.ErrDisabled)
	w.must(w.update(func(tx *db.Tx) error {
		return tx.Model(&model.User{}).Where("id = 301").Update("state", model.UserActive).Error
	}))
	_, err = w.svc.Confirm(ctx, w.worker, r.ID)
	w.must(err)
}
