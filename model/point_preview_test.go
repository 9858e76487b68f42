package model

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func service(user int64, at time.Time, pair string, booked int64) PastFeat {
	return PastFeat{
		Feat:   Feat{Pair: pair, At: at, Facts: Facts{Team: []int64{user}, Kind: WishService, Difficulty: Easy, Stars: 4, Solved: SolvedYes}},
		Shares: []Share{{UserID: user, Due: booked, Points: booked}},
	}
}

func TestAPreviewFillsTheCapsInOrder(t *testing.T) {
	r, err := TrialRule(map[RuleName]int64{RuleService: 20})
	if err != nil {
		t.Fatal(err)
	}
	past := []PastFeat{
		service(1, noon, "u1", 10), service(1, noon, "u2", 10), service(1, noon, "u3", 10), // 20 + 20 + nothing left of 40
		service(1, noon.Add(24*time.Hour), "u1", 10), // the second of u1 this month
		service(1, noon.Add(48*time.Hour), "u1", 10), // the third: none
		service(2, noon, "u4", 30),
		service(3, noon, "u5", 20),
	}
	v := r.Preview(past, NewCapUse())
	if v.Feats != 7 || v.Before != 100 || v.Uncapped != 140 || v.After != 100 || v.More != 1 || v.Less != 1 || v.Equal != 1 {
		t.Errorf("the preview says %+v", v)
	}
	if len(v.Kinds) != 1 || v.Kinds[0] != (KindPreview{WishService, 7, 100, 140, 100}) {
		t.Errorf("by kind %+v", v.Kinds)
	}
	caps := NewCapUse()
	caps.Add(1, DayNumber(noon), "u9", 35, 1)
	caps.Add(1, DayNumber(noon)-1, "u2", 5, 2)
	if v := r.Preview(past[:2], caps); v.After != 5 {
		t.Errorf("after 35 of 40 points, and two times for one pair, %d are left", v.After)
	}
}

// TestAPreviewIsEveryFeatWeighedInTurn holds the preview against a slow twin that
// adds up all that went before for each feat.
func TestAPreviewIsEveryFeatWeighedInTurn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := TrialRule(map[RuleName]int64{
			RuleService: rapid.Int64Range(0, 30).Draw(t, "service"), RuleWishDay: rapid.Int64Range(0, 60).Draw(t, "day cap"),
			RulePairMonth: rapid.Int64Range(0, 3).Draw(t, "pair cap"), RuleUnrated: rapid.Int64Range(0, 10).Draw(t, "unrated"),
		})
		if err != nil {
			t.Fatal(err)
		}
		var past []PastFeat
		at := time.Date(2026, 6, 29, 4, 0, 0, 0, time.UTC)
		for range rapid.IntRange(0, 25).Draw(t, "feats") {
			at = at.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "hours")) * time.Hour)
			f := service(1, at, fmt.Sprint("u", rapid.IntRange(1, 3).Draw(t, "pair")), rapid.Int64Range(0, 12).Draw(t, "booked"))
			f.Team, f.Stars = []int64{1, 2}[:rapid.IntRange(1, 2).Draw(t, "team")], rapid.Int64Range(0, 5).Draw(t, "stars")
			past = append(past, f)
		}
		type got struct {
			user, day, points int64
			pair              string
		}
		var all []got
		var want int64
		for _, f := range past {
			used, day := map[int64]Used{}, DayNumber(f.At)
			for _, u := range f.Team {
				var n Used
				for _, g := range all {
					if g.user == u && g.day == day {
						n.Day += g.points
					}
					if g.user == u && g.day/100 == day/100 && g.pair == f.Pair && g.points > 0 {
						n.Pair++
					}
				}
				used[u] = n
			}
			for _, s := range r.Weigh(f.Feat, used).Shares {
				all = append(all, got{s.UserID, day, s.Points, f.Pair})
				want += s.Points
			}
		}
		v := r.Preview(past, NewCapUse())
		if v.After != want || v.After > v.Uncapped || v.Feats != len(past) {
			t.Fatalf("the preview says %+v, the twin %d", v, want)
		}
	})
}

func TestAHouseholdEarnsNothingInAPreviewEither(t *testing.T) {
	f := service(1, noon, "u1", 0)
	f.Own = []int64{1}
	if v := (&PointRule{}).Preview([]PastFeat{f}, NewCapUse()); v.Uncapped != 0 || v.After != 0 || v.Equal != 1 {
		t.Errorf("own household: %+v", v)
	}
}

func TestATrialRuleIsChecked(t *testing.T) {
	for name, numbers := range map[string]map[RuleName]int64{
		"an unknown name": {"wish.magic": 1}, "too much": {RuleService: 101}, "less than nothing": {RuleService: -1},
	} {
		if _, err := TrialRule(numbers); !errors.Is(err, ErrPointRule) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLevelsMakeSense(t *testing.T) {
	at := func(pairs ...any) (all []HonourLevel) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, HonourLevel{Threshold: int64(pairs[i].(int)), Name: pairs[i+1].(string)})
		}
		return all
	}
	eleven := []any{}
	for i := range 11 {
		eleven = append(eleven, i*10, fmt.Sprint("级", i))
	}
	for _, tt := range []struct {
		name   string
		levels []HonourLevel
		ok     bool
	}{
		{"one", at(0, "种子"), true},
		{"the defaults", DefaultLevels(), true},
		{"ten", at(eleven[:20]...), true},
		{"eleven", at(eleven...), false},
		{"none", nil, false},
		{"not from 0", at(1, "种子"), false},
		{"not rising", at(0, "种子", 10, "芽", 10, "花"), false},
		{"falling", at(0, "种子", 10, "芽", 5, "花"), false},
		{"without a name", at(0, " "), false},
		{"a name too long", at(0, strings.Repeat("长", 17)), false},
		{"a name of two lines", at(0, "种\n子"), false},
		{"one name twice", at(0, "种子", 10, "种子"), false},
		{"beyond reach", at(0, "种子", 1_000_001, "芽"), false},
		{"a name that hides", at(0, "种\u202e子"), false},
	} {
		all, err := NewLevels(5, tt.levels)
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrHonourLevels) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if tt.ok && (len(all) != len(tt.levels) || all[0].TenantID != 5) {
			t.Errorf("%s: %+v", tt.name, all)
		}
	}
}

func TestABudgetWarnsAndSaysHowMuch(t *testing.T) {
	season := SeasonOf(noon)
	home, town := &Org{ID: 3, TenantID: 1, Kind: OrgCommunity}, &Org{ID: 2, TenantID: 1, Kind: OrgTownship}
	for _, tt := range []struct {
		name           string
		of             *Org
		season, amount int64
		ok             bool
	}{
		{"of this season", home, season, 100, true},
		{"of the next", home, season + 1, 0, true},
		{"of the last", home, season - 1, 100, false},
		{"of the one after next", home, season + 2, 100, false},
		{"less than nothing", home, season, -1, false},
		{"too much", home, season, 10_000_001, false},
		{"of a township", town, season, 100, false},
	} {
		if _, err := NewPointBudget(tt.of, tt.season, tt.amount, Actor{}, noon); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	for _, tt := range []struct {
		amount, version, issued, percent int64
		says                             string
	}{
		{100, 1, 79, 79, ""},
		{100, 1, 80, 80, "80%"},
		{100, 1, 99, 99, "99%"},
		{100, 1, 100, 100, "照常发放"},
		{100, 1, 250, 250, "照常发放"},
		{0, 1, 0, 0, ""},
		{0, 1, 5, 0, "照常发放"},
		{0, 0, 5, 0, "尚未设定"},
	} {
		b := &PointBudget{Amount: tt.amount, Version: tt.version}
		if got := b.Warning(tt.issued); b.Percent(tt.issued) != tt.percent || !strings.Contains(got, tt.says) || (tt.says == "") != (got == "") {
			t.Errorf("%d of %d: %d%%, %q", tt.issued, tt.amount, b.Percent(tt.issued), got)
		}
	}
	for year, ok := range map[int64]bool{2023: false, 2024: true, season: true, season + 1: true, season + 2: false} {
		if err := CheckSeason(year, noon); (err == nil) != ok {
			t.Errorf("season %d: %v", year, err)
		}
	}
}

func TestEveryAccountHasATitle(t *testing.T) {
	for _, a := range Accounts() {
		if a.Title() == "" {
			t.Errorf("%s has no title", a)
		}
	}
	if len(Accounts()) != 7 || Account("x").Title() != "" {
		t.Error("there are seven accounts")
	}
}

func TestAPathIsCutToALevel(t *testing.T) {
	for level, want := range map[int]Path{LevelCounty: "/1/", LevelTownship: "/1/2/", LevelCommunity: "/1/2/3/", LevelGrid: ""} {
		if got := Path("/1/2/3/").To(level); got != want {
			t.Errorf("level %d: %q", level, got)
		}
	}
}
