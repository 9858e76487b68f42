package model

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"
)

func TestTheDefaultsAreThoseOfTheCounty(t *testing.T) {
	zero := &PointRule{}
	for name, want := range map[RuleName]int64{
		RuleService: 10, RuleGoods: 8, RuleCompanionship: 6, RuleEasy: 10, RuleMedium: 12, RuleHard: 15, RuleStars5: 12, RuleStars4: 10, RuleStars3: 8,
		RuleStarsLow: 0, RuleUnrated: 8, RuleWishDay: 40, RulePairMonth: 2, RuleHour: 2, RuleLeader: 12, RuleHoursDay: 480, RuleGridReport: 2,
		RuleGridSolved: 1, RuleGridDay: 10, RuleTopic: 3, RuleMeeting: 1, RuleMilestone: 5, RuleCouncilDay: 6, RuleOffer: 3, RuleMentor: 5,
		RuleNoShow: 2, RuleLateRelease: 1, RuleFalsified: 20,
	} {
		if got := zero.Number(name); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
	seen := map[RuleName]bool{}
	for _, s := range RuleSpecs() {
		if seen[s.Name] || s.Title == "" || s.Unit == "" || s.Min > s.Default || s.Default > s.Max || s.Min < 0 {
			t.Errorf("the rule %+v makes no sense, or is there twice", s)
		}
		if seen[s.Name] = true; s.Name.Title() != s.Title {
			t.Errorf("%s is called %q", s.Name, s.Name.Title())
		}
	}
	if zero.Number("nonsense") != 0 || RuleName("nonsense").Title() != "" {
		t.Error("a number that there is not has a value or a name")
	}
}

func TestARuleIsPublishedForDaysThatHaveNotBegun(t *testing.T) {
	county := Actor{UserID: 21, TenantID: 1}
	now := at(t, "2026-07-01 12:00:00.000")
	zero := &PointRule{}
	july10 := &PointRule{TenantID: 1, Version: 4, EffectiveAt: Day("2026-07-10").Start()}
	for _, c := range []struct {
		name    string
		before  *PointRule
		from    Day
		now     time.Time
		numbers map[RuleName]int64
		want    error
	}{
		{"tomorrow", zero, "2026-07-02", now, map[RuleName]int64{RuleService: 12}, nil},
		{"today has begun", zero, "2026-07-01", now, nil, ErrPointRuleDate},
		{"the first millisecond of the day is too late", zero, "2026-07-02", at(t, "2026-07-02 00:00:00.000"), nil, ErrPointRuleDate},
		{"the last millisecond before it is not", zero, "2026-07-02", at(t, "2026-07-01 23:59:59.999"), nil, nil},
		{"yesterday", zero, "2026-06-30", now, nil, ErrPointRuleDate},
		{"no day", zero, "2026-02-30", now, nil, ErrPointRuleDate},
		{"nothing", zero, "", now, nil, ErrPointRuleDate},
		{"after one that is published", july10, "2026-07-11", now, nil, nil},
		{"on the day of one that is published", july10, "2026-07-10", now, nil, ErrPointRuleDate},
		{"before one that is published", july10, "2026-07-09", now, nil, ErrPointRuleDate},
		{"the least and the most", zero, "2026-07-02", now, map[RuleName]int64{RuleService: 0, RuleGoods: 100, RuleUnrated: 10, RuleLeader: 50}, nil},
		{"less than the least", zero, "2026-07-02", now, map[RuleName]int64{RuleService: -1}, ErrPointRule},
		{"more than the most", zero, "2026-07-02", now, map[RuleName]int64{RuleService: 101}, ErrPointRule},
		{"more for silence than for praise", zero, "2026-07-02", now, map[RuleName]int64{RuleUnrated: 11}, ErrPointRule},
		{"a leader is worth no less", zero, "2026-07-02", now, map[RuleName]int64{RuleLeader: 9}, ErrPointRule},
		{"an unknown number", zero, "2026-07-02", now, map[RuleName]int64{"wish.likes": 1}, ErrPointRule},
	} {
		r, err := NewPointRule(c.before, c.numbers, c.from, "调整", county, c.now)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
			continue
		}
		if err != nil {
			continue
		}
		if r.Version != c.before.Version+1 || r.TenantID != 1 || r.CreatedBy != 21 || r.Note != "调整" || !r.CreatedAt.Equal(c.now) || !r.EffectiveAt.Equal(c.from.Start()) {
			t.Errorf("%s: the rule is %+v", c.name, r)
		}
		again := &PointRule{Body: r.Body}
		if err := again.Read(); err != nil || !maps.Equal(again.numbers, r.numbers) {
			t.Errorf("%s: stored as %s it is read as %v, %v", c.name, r.Body, again.numbers, err)
		}
		for _, s := range RuleSpecs() {
			want, changed := c.numbers[s.Name]
			if !changed {
				want = s.Default
			}
			if got := again.Number(s.Name); got != want {
				t.Errorf("%s: %s is %d, want %d", c.name, s.Name, got, want)
			}
		}
	}
}

func TestARuleThatCannotBeReadSaysWhich(t *testing.T) {
	r := &PointRule{TenantID: 7, Version: 3, Body: "{"}
	if err := r.Read(); err == nil || !strings.Contains(err.Error(), "rule 3 of 7") {
		t.Errorf("a broken rule is read: %v", err)
	}
}

func TestTheLastRuleThatHasComeIntoForceHolds(t *testing.T) {
	all := []PointRule{
		{Version: 1, EffectiveAt: Day("2026-07-02").Start()},
		{Version: 2, EffectiveAt: Day("2026-08-01").Start()},
		{Version: 3, EffectiveAt: Day("2027-01-01").Start()},
	}
	for when, want := range map[string]int64{
		"2026-07-01 23:59:59.999": 0, "2026-07-02 00:00:00.000": 1, "2026-07-31 23:59:59.999": 1, "2026-08-01 00:00:00.000": 2,
		"2026-12-31 23:59:59.999": 2, "2027-01-01 00:00:00.000": 3, "2036-01-01 00:00:00.000": 3,
	} {
		if got := RuleAt(all, at(t, when)).Version; got != want {
			t.Errorf("at %s version %d is in force, want %d", when, got, want)
		}
	}
	if got := RuleAt(nil, noon); got.Version != 0 || got.Number(RuleService) != 10 {
		t.Errorf("without rules those of the house hold, not %+v", got)
	}
}

func TestHonourHasLevels(t *testing.T) {
	for _, c := range []struct {
		honour  int64
		name    string
		missing int64
	}{
		{-5, "蒲公英种子", 55},
		{0, "蒲公英种子", 50},
		{49, "蒲公英种子", 1},
		{50, "蒲公英新芽", 100},
		{149, "蒲公英新芽", 1},
		{150, "蒲公英花苞", 250},
		{400, "蒲公英绽放", 600},
		{999, "蒲公英绽放", 1},
		{1000, "蒲公英飞扬", 0},
		{1 << 40, "蒲公英飞扬", 0},
	} {
		if name, missing := LevelOf(DefaultLevels(), c.honour); name != c.name || missing != c.missing {
			t.Errorf("%d is %q with %d to go, want %q with %d", c.honour, name, missing, c.name, c.missing)
		}
	}
	if name, missing := LevelOf(nil, 10); name != "" || missing != 0 {
		t.Errorf("without levels %q has %d to go", name, missing)
	}
}
