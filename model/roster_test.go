package model

import (
	"errors"
	"testing"
)

func TestNamesAndNumbersAreComparedInOneForm(t *testing.T) {
	for in, want := range map[string]string{
		"王芳": "王芳", " 王 芳 ": "王芳", "王　芳": "王芳", "阿卜杜拉•买买提": "阿卜杜拉·买买提", "阿卜杜拉．买买提": "阿卜杜拉·买买提", "Li Lei": "LiLei",
		"王": "", "": "", "王芳1": "", "=1+1": "", "'王芳": "", "王芳（退休）": "", "王\u202e芳": "", "阿卜杜拉买买提阿卜杜拉买买提阿卜杜拉买买提": "",
	} {
		if got, ok := PersonName(in); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %v", in, got, ok)
		}
	}
	for in, want := range map[string]string{
		"13812345678": "13812345678", " 138 1234 5678 ": "13812345678", "138-1234-5678": "13812345678", "+8613812345678": "13812345678",
		"１３８12345678": "13812345678", "12812345678": "", "1381234567": "", "138123456789": "", "1.3812E+10": "", "": "", "电话": "",
	} {
		if got := CleanPhone(in); got != want {
			t.Errorf("%q is %q", in, got)
		}
	}
}

func TestALineIsTakenOffTheRosterOnce(t *testing.T) {
	liaison := person(43, below(RoleLiaison, unit))
	e := NewRosterEntry(70, joinUnit, "n", "p", byNow(liaison))
	if !e.Is("n", "p") || e.Is("n", "q") || e.Is("m", "p") || *e.ActiveKey != RosterKey(8, "p") {
		t.Errorf("%+v", e)
	}
	if err := e.Remove(byNow(liaison)); err != nil || e.ActiveKey != nil || e.Is("n", "p") || e.RemovedBy != 43 {
		t.Errorf("%v: %+v", err, e)
	}
	before := *e
	if err := e.Remove(byNow(liaison)); !errors.Is(err, ErrRosterRemoved) || *e != before {
		t.Errorf("again: %v", err)
	}
}

func TestARosterIsThereForItsUnitAndThoseAbove(t *testing.T) {
	under := *joinUnit
	under.Path = community.Below(8)
	for name, c := range map[string]struct {
		who              Actor
		sees, keeps, own bool
	}{
		"its liaison":         {person(1, below(RoleLiaison, under.Path)), true, true, true},
		"another's liaison":   {person(2, below(RoleLiaison, community.Below(9))), false, false, false},
		"the worker above":    {person(3, below(RoleWorker, community)), true, true, false},
		"another's worker":    {person(4, below(RoleWorker, beside)), false, false, false},
		"the township above":  {person(5, below(RoleTownship, township)), true, true, false},
		"the county above":    {person(6, below(RoleCounty, county)), true, true, false},
		"the administrator":   {person(7, below(RoleAdmin, county)), false, true, false},
		"a member":            {person(8, below(RoleMember, under.Path)), false, false, false},
		"an auditor":          {person(9, below(RoleAuditor, county)), false, false, false},
		"a namesake far away": {Actor{UserID: 10, TenantID: 9, Held: []Held{below(RoleLiaison, under.Path)}}, false, false, false},
	} {
		if got := c.who.SeesRoster(&under) == nil; got != c.sees {
			t.Errorf("%s sees it: %v", name, got)
		}
		if got := c.who.KeepsRoster(&under) == nil; got != c.keeps {
			t.Errorf("%s keeps it: %v", name, got)
		}
		if got := c.who.Own(&under); got != c.own {
			t.Errorf("%s is its own: %v", name, got)
		}
		team := under
		team.Kind = OrgTeam
		if c.who.SeesRoster(&team) == nil || c.who.KeepsRoster(&team) == nil {
			t.Errorf("%s sees the roster of a team", name)
		}
	}
}
