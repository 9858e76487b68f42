package org_test

import (
	"fmt"
	"strings"
	"testing"

	"dandelion/internal/fault"
	"dandelion/model"
	"dandelion/service/org"
)

func ptr[T any](v T) *T { return &v }

func TestWhoeverHasNoCountyMayChooseFromAll(t *testing.T) {
	w := newWorld(t)
	all, err := w.svc.Communities(t.Context(), w.homeless, 0, 10)
	w.must(err)
	if len(all) != 2 || all[0].Name != "红星社区" || all[0].Township != "城关镇" || all[0].County != "梅城县" || all[1].County != "兰溪县" {
		t.Errorf("communities %+v", all)
	}
	rest, err := w.svc.Communities(t.Context(), w.homeless, all[0].ID, 10)
	w.must(err)
	if len(rest) != 1 || rest[0] != all[1] {
		t.Errorf("second page %+v", rest)
	}
	own, err := w.svc.Communities(t.Context(), w.alice, 0, 10)
	w.must(err)
	if len(own) != 1 || own[0].ID != community {
		t.Errorf("one's own %+v", own)
	}
	w.close(grid, unit, committee, community)
	if own, err = w.svc.Communities(t.Context(), w.alice, 0, 10); err != nil || len(own) != 0 {
		t.Errorf("closed, and still to choose: %+v, %v", own, err)
	}
}

func TestOrganisationsAreListedByParentKindAndCommunity(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		filter org.Filter
		want   []int64
	}{
		"all, a page":     {org.Filter{Limit: 3}, []int64{county, township, community}},
		"the next page":   {org.Filter{After: community, Limit: 3}, []int64{grid, unit, team}},
		"below a parent":  {org.Filter{ParentID: community, Limit: 9}, []int64{grid, unit}},
		"of a community":  {org.Filter{CommunityID: community, Kind: model.OrgUnit, Limit: 9}, []int64{unit}},
		"of a kind":       {org.Filter{Kind: model.OrgTeam, Limit: 9}, []int64{team}},
		"another county":  {org.Filter{ParentID: abroad, Limit: 9}, nil},
		"of another kind": {org.Filter{ParentID: community, Kind: model.OrgTeam, Limit: 9}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := w.svc.List(t.Context(), w.alice, c.filter)
			w.must(err)
			var got []int64
			for _, o := range all {
				got = append(got, o.ID)
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestAnotherCountysOrganisationIsNotThere(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	o, err := w.svc.Get(ctx, w.alice, grid)
	w.must(err)
	if o.Name != "第一网格" {
		t.Errorf("got %+v", o)
	}
	_, err = w.svc.Get(ctx, w.alice, abroadHome)
	w.refused(err, model.ErrOrgNotFound)
	_, err = w.svc.Get(ctx, w.homeless, community)
	w.refused(err, model.ErrOrgNotFound)
	_, err = w.svc.Create(ctx, w.foreignAdmin, model.OrgGrid, "第二网格", community, nil)
	w.refused(err, model.ErrOrgNotFound)
	_, err = w.svc.Change(ctx, w.foreignAdmin, community, ptr("改名社区"), nil)
	w.refused(err, model.ErrOrgNotFound)
	_, err = w.svc.Close(ctx, w.foreignAdmin, community)
	w.refused(err, model.ErrOrgNotFound)
}

func TestAnAdministratorActsWithinHisGrant(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	narrow := w.admin
	narrow.Held = []model.Held{{Role: model.RoleAdmin, OrgID: community, Path: w.orgs[community].Path, Subtree: true}}
	for name, who := range map[string]model.Actor{"of a part": narrow, "of nothing": w.alice, "auditor": w.auditor} {
		_, err := w.svc.Create(ctx, who, model.OrgCommunity, "新社区", township, nil)
		w.refused(err, model.ErrOrgForeign)
		_, err = w.svc.Change(ctx, who, township, ptr("改名镇"), nil)
		w.refused(err, model.ErrOrgForeign)
		if _, err = w.svc.Close(ctx, who, township); err == nil {
			t.Error(name, "closed a township")
		}
	}
	_, err := w.svc.Create(ctx, narrow, model.OrgGrid, "第二网格", community, nil)
	w.must(err)
}

func TestAnOrganisationIsFoundedUnderAnother(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	o, err := w.svc.Create(ctx, w.admin, model.OrgUnit, " 县图书馆 ", community, []string{"讲座", "辅导"})
	w.must(err)
	stored, err := w.svc.Get(ctx, w.alice, o.ID)
	w.must(err)
	if stored.Name != "县图书馆" || stored.TenantID != county || stored.CommunityID != community || stored.Path != w.orgs[community].Path.Below(o.ID) ||
		!stored.Skills.Has("辅导") || stored.State != model.OrgActive {
		t.Errorf("stored %+v", stored)
	}
	_, err = w.svc.Create(ctx, w.admin, model.OrgUnit, "县图书馆", community, nil)
	w.refused(err, model.ErrOrgName)
	_, err = w.svc.Create(ctx, w.admin, model.OrgTeam, "县图书馆", community, nil)
	w.must(err) // another kind may have the name
	_, err = w.svc.Create(ctx, w.admin, model.OrgGrid, "某网格", township, nil)
	w.refused(err, model.ErrOrgParent)
	if lines := w.audits("org.create"); len(lines) != 2 || lines[0]["kind"] != "unit" {
		t.Errorf("audit %v", lines)
	}
}

func TestNamesAndSkillsHaveAForm(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		name   string
		skills []string
		code   string
	}{
		"too short":       {"县", nil, "org.name"},
		"too long":        {strings.Repeat("县", 31), nil, "org.name"},
		"a comma inside":  {"县图书馆", []string{"讲座,辅导"}, "org.skills"},
		"an empty skill":  {"县图书馆", []string{""}, "org.skills"},
		"too many skills": {"县图书馆", strings.Split(strings.Repeat("电工 ", model.MaxSkills)+"电工", " "), "org.skills"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.svc.Create(t.Context(), w.admin, model.OrgUnit, c.name, community, c.skills)
			if f := fault.Of(err); f == nil || f.Code != c.code || f.Kind != fault.Invalid {
				t.Errorf("error %v, want %s", err, c.code)
			}
		})
	}
}

func TestAChangeLeavesOutWhatItDoesNotName(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	_, err := w.svc.Change(ctx, w.admin, unit, nil, &[]string{"急救"})
	w.must(err)
	o, err := w.svc.Change(ctx, w.admin, unit, ptr("县人民医院"), nil)
	w.must(err)
	if o.Name != "县人民医院" || o.Skills != "急救" {
		t.Errorf("changed %+v", o)
	}
	second, err := w.svc.Create(ctx, w.admin, model.OrgUnit, "县图书馆", community, nil)
	w.must(err)
	_, err = w.svc.Change(ctx, w.admin, second.ID, ptr("县人民医院"), nil)
	w.refused(err, model.ErrOrgName)
	if n := len(w.audits("org.change")); n != 2 {
		t.Errorf("%d audit lines", n)
	}
}

func TestWhatIsClosedTakesNothingNew(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.close(grid, unit)
	o, err := w.svc.Close(ctx, w.admin, community)
	w.must(err)
	if o.State != model.OrgClosed {
		t.Errorf("state %s", o.State)
	}
	_, err = w.svc.Close(ctx, w.admin, community)
	w.refused(err, model.ErrOrgClosed)
	_, err = w.svc.Create(ctx, w.admin, model.OrgGrid, "第二网格", community, nil)
	w.refused(err, model.ErrOrgClosed)
	_, err = w.svc.Give(ctx, w.admin, org.Giving{UserID: aliceID, Role: model.RoleWorker, OrgID: community})
	w.refused(err, model.ErrOrgClosed)
	if n := len(w.audits("org.close")); n != 3 {
		t.Errorf("%d audit lines", n)
	}
}
