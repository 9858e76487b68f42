package model

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// under says under what each kind of organisation may stand: the two trees and
// what stands beside them.
var under = map[OrgKind][]OrgKind{
	OrgTownship:   {OrgCounty},
	OrgCommunity:  {OrgTownship},
	OrgGrid:       {OrgCommunity},
	OrgBuilding:   {OrgGrid},
	OrgCommittee:  {OrgCounty},
	OrgBranch:     {OrgCommittee, OrgProperty, OrgUnit, OrgSocial},
	OrgGroup:      {OrgBranch},
	OrgHousehold:  {OrgGroup},
	OrgUnit:       {OrgCommunity, OrgTownship, OrgCounty},
	OrgTeam:       {OrgCommunity, OrgTownship, OrgCounty, OrgUnit},
	OrgSocial:     {OrgCommunity, OrgTownship, OrgCounty},
	OrgProperty:   {OrgCommunity, OrgTownship, OrgCounty},
	OrgDepartment: {OrgCounty, OrgTownship},
}

func TestWhatStandsUnderWhat(t *testing.T) {
	if len(OrgKinds()) != 14 {
		t.Fatalf("%d kinds", len(OrgKinds()))
	}
	for _, k := range OrgKinds() {
		for _, parent := range append(OrgKinds(), "") {
			may := slices.Contains(under[k], parent)
			if k.May(parent) != may {
				t.Errorf("a %s under a %s: %v", k, parent, !may)
			}
			above := &Org{ID: 5, TenantID: 1, Kind: parent, Path: "/1/5/", State: OrgActive, CommunityID: 3}
			o, err := NewOrg(9, k, "名", above)
			if (err == nil) != may || err != nil && !errors.Is(err, ErrOrgParent) {
				t.Errorf("a new %s under a %s: %v", k, parent, err)
			}
			if err == nil && (o.Path != "/1/5/9/" || o.ParentID != 5 || o.TenantID != 1 || o.State != OrgActive) {
				t.Errorf("a new %s is %+v", k, o)
			}
		}
	}
}

func TestACountyStandsAlone(t *testing.T) {
	o, err := NewOrg(1, OrgCounty, "县", nil)
	if err != nil || o.TenantID != 1 || o.Path != "/1/" || o.ParentID != 0 {
		t.Errorf("%+v, %v", o, err)
	}
	if _, err := NewOrg(2, OrgGrid, "网格", nil); !errors.Is(err, ErrOrgParent) {
		t.Errorf("a grid alone: %v", err)
	}
}

func TestWhatStandsInACommunityBelongsToIt(t *testing.T) {
	c := &Org{ID: 3, TenantID: 1, Kind: OrgCommunity, Path: community, State: OrgActive}
	u, err := NewOrg(8, OrgUnit, "单位", c)
	if err != nil || u.CommunityID != 3 {
		t.Fatalf("a unit of community %d: %v", u.CommunityID, err)
	}
	if b, err := NewOrg(9, OrgBranch, "支部", u); err != nil || b.CommunityID != 3 {
		t.Errorf("its branch: %+v, %v", b, err)
	}
	if err := c.Close(); err != nil || c.State != OrgClosed {
		t.Fatalf("closing: %v", err)
	}
	if err := c.Close(); !errors.Is(err, ErrOrgClosed) {
		t.Errorf("closing twice: %v", err)
	}
	if _, err := NewOrg(10, OrgGrid, "网格", c); !errors.Is(err, ErrOrgClosed) {
		t.Errorf("a grid of what is closed: %v", err)
	}
	if err := u.Reopen(c); !errors.Is(err, ErrOrgActive) {
		t.Errorf("reopening what is in use: %v", err)
	}
	u.State = OrgClosed
	if err := u.Reopen(c); !errors.Is(err, ErrOrgClosed) || u.State != OrgClosed {
		t.Errorf("reopening under what is closed: %v", err)
	}
	if err := c.Reopen(&Org{State: OrgActive}); err != nil || c.State != OrgActive {
		t.Errorf("reopening: %v", err)
	}
	k := &Org{ID: 1, TenantID: 1, Kind: OrgCounty, State: OrgActive}
	if err := k.Close(); !errors.Is(err, ErrOrgCounty) || k.State != OrgActive {
		t.Errorf("closing a county: %v", err)
	}
}

func TestPaths(t *testing.T) {
	if !grid.Within(community) || !grid.Within(grid) || community.Within(grid) || grid.Within(beside) || grid.Within("") {
		t.Error("a path is within itself and what is above, and nowhere else")
	}
	for level, want := range []int64{LevelCounty: 1, LevelTownship: 2, LevelCommunity: 3, LevelGrid: 4, 4: 0} {
		if got := grid.At(level); got != want {
			t.Errorf("level %d: %d, want %d", level, got, want)
		}
	}
	if !grid.Has(3) || grid.Has(30) || grid.Has(0) || Path("/13/").Has(3) || Path("").IDs() != nil {
		t.Error("a path has its own ids")
	}
}

func TestListsInColumnsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfN(rapid.Int64Min(1), 0, 10).Draw(t, "ids")
		path := Path("/")
		for _, n := range ids {
			path = path.Below(n)
		}
		list := IDsOf(ids)
		if !slices.Equal(path.IDs(), ids) || !slices.Equal(list.List(), ids) || len(list) > 255 {
			t.Fatalf("%v becomes %s and %s", ids, path, list)
		}
		n := rapid.Int64Range(0, 2000).Draw(t, "other")
		if list.Has(n) != slices.Contains(ids, n) || path.Has(n) != slices.Contains(ids, n) {
			t.Fatalf("%d in %s", n, list)
		}
	})
}

func TestSkills(t *testing.T) {
	s := SkillsOf([]string{"水电", "理发"})
	if !s.Has("水电") || !s.Has("理发") || s.Has("水") || s.Has("") || Skills("").Has("") {
		t.Errorf("%q does not know its words", s)
	}
	if !slices.Equal(s.List(), []string{"水电", "理发"}) || Skills("").List() != nil || SkillsOf(nil) != "" {
		t.Errorf("%q is %v", s, s.List())
	}
}
