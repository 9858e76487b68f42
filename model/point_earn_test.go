package model

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// feat is a wish of service, easy, with four stars, done by one.
func feat(change ...func(f *Feat)) Feat {
	f := Feat{
		Source: OfClaim, SourceID: 9, TenantID: 1, IssuerID: 3, Pair: "u12", Title: "心愿办结: 修水龙头", At: noon, PostAt: noon.AddDate(0, 0, 7),
		Facts: Facts{Team: []int64{14}, Kind: WishService, Difficulty: Easy, Minutes: 60, Stars: 4, Solved: SolvedYes},
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

func TestAWishIsWorthWhatTheTableSays(t *testing.T) {
	for _, c := range []struct {
		kind       WishKind
		difficulty Difficulty
		minutes    int64
		stars      int64
		want       int64
	}{
		{WishService, Easy, 60, 5, 12},
		{WishService, Easy, 60, 4, 10},
		{WishService, Easy, 60, 3, 8},
		{WishService, Easy, 60, 2, 0},
		{WishService, Easy, 60, 1, 0},
		{WishService, Easy, 60, 0, 8}, // unrated: never praise
		{WishService, Medium, 60, 4, 12},
		{WishService, Medium, 60, 5, 14},
		{WishService, Medium, 60, 3, 10},
		{WishService, Medium, 60, 0, 10},
		{WishService, Hard, 60, 4, 15},
		{WishService, Hard, 60, 5, 18},
		{WishService, Hard, 60, 3, 12},
		{WishService, Hard, 60, 2, 0},
		{WishService, "", 60, 4, 10}, // nobody has estimated it
		{WishGoods, Easy, 5, 4, 8},
		{WishGoods, Easy, 5, 5, 10},
		{WishGoods, Medium, 5, 4, 10},
		{WishGoods, Hard, 5, 5, 14},
		{WishGoods, Easy, 5, 3, 6},
		{WishGoods, Easy, 5, 0, 6},
		{WishCompanionship, Easy, 60, 4, 6},
		{WishCompanionship, Easy, 30, 4, 3},
		{WishCompanionship, Easy, 5, 4, 1},
		{WishCompanionship, Easy, 4, 4, 0},
		{WishCompanionship, Easy, 90, 5, 11},
		{WishCompanionship, Easy, 480, 5, 58},
		{WishCompanionship, Hard, 45, 3, 5},
		{WishCompanionship, Easy, 0, 5, 0},
		{WishService, Easy, 1440, 4, 10}, // only companionship is by the hour
	} {
		x := (&PointRule{}).Weigh(feat(func(f *Feat) {
			f.Kind, f.Difficulty, f.Minutes, f.Stars = c.kind, c.difficulty, c.minutes, c.stars
		}), nil)
		if x.Total != c.want || x.Shares[0].Due != c.want {
			t.Errorf("%+v is worth %d, want %d", c, x.Total, c.want)
		}
		if len(x.Factors) != 2 || x.Factors[0].Title == "" || x.Factors[1].Title == "" {
			t.Errorf("%+v is explained by %+v", c, x.Factors)
		}
	}
}

func TestATeamSharesAndTheFirstGetTheRest(t *testing.T) {
	for _, c := range []struct {
		team []int64
		want []int64
	}{
		{[]int64{1}, []int64{10}},
		{[]int64{2, 1}, []int64{5, 5}},
		{[]int64{3, 1, 2}, []int64{4, 3, 3}},
		{[]int64{4, 3, 2, 1}, []int64{3, 3, 2, 2}},
		{[]int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, []int64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
		{[]int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, []int64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0}},
	} {
		x := (&PointRule{}).Weigh(feat(func(f *Feat) { f.Team = c.team }), nil)
		for i, s := range x.Shares {
			if s.UserID != c.team[i] || s.Points != c.want[i] {
				t.Errorf("of %v, %d gets %d, want %d", c.team, s.UserID, s.Points, c.want[i])
			}
		}
	}
}

func TestTheOwnHouseholdEarnsNothingAndTheOthersTheirShare(t *testing.T) {
	x := (&PointRule{}).Weigh(feat(func(f *Feat) { f.Team, f.Own = []int64{14, 15}, []int64{14} }), map[int64]Used{14: {Day: 40}})
	if s := x.Shares[0]; s.Points != 0 || s.Due != 5 || s.Why == "" || s.Cuts != nil {
		t.Errorf("the one of the household gets %+v", s)
	}
	if s := x.Shares[1]; s.Points != 5 || s.Why != "" {
		t.Errorf("the other gets %+v", s)
	}
}

func TestCapsCutToTheRestAndSaySo(t *testing.T) {
	day := func(used, cut int64) Cut { return Cut{RuleWishDay, "心愿每日上限", 40, used, cut} }
	pair := func(used, cut int64) Cut { return Cut{RulePairMonth, "同一对象每月计分次数", 2, used, cut} }
	for _, c := range []struct {
		name string
		used Used
		want int64
		cuts []Cut
	}{
		{"nothing used", Used{}, 10, nil},
		{"enough left", Used{Day: 30}, 10, nil},
		{"one too many", Used{Day: 31}, 9, []Cut{day(31, 1)}},
		{"one left", Used{Day: 39}, 1, []Cut{day(39, 9)}},
		{"full", Used{Day: 40}, 0, []Cut{day(40, 10)}},
		{"over full, since the cap was lowered", Used{Day: 60}, 0, []Cut{day(60, 10)}},
		{"more taken back than given", Used{Day: -5, Pair: -1}, 10, nil},
		{"once by this pair", Used{Pair: 1}, 10, nil},
		{"twice by this pair", Used{Pair: 2}, 0, []Cut{pair(2, 10)}},
		{"often by this pair, and a full day", Used{Day: 40, Pair: 5}, 0, []Cut{pair(5, 10)}},
	} {
		s := (&PointRule{}).Weigh(feat(), map[int64]Used{14: c.used}).Shares[0]
		if s.Points != c.want || s.Due != 10 || !slices.Equal(s.Cuts, c.cuts) {
			t.Errorf("%s: %+v, want %d and %+v", c.name, s, c.want, c.cuts)
		}
	}
	if s := (&PointRule{}).Weigh(feat(func(f *Feat) { f.Pair = "" }), map[int64]Used{14: {Pair: 9}}).Shares[0]; s.Points != 10 {
		t.Errorf("without a pair there is no cap of a pair: %+v", s)
	}
	if s := (&PointRule{}).Weigh(feat(func(f *Feat) { f.Stars = 1 }), map[int64]Used{14: {Day: 40, Pair: 2}}).Shares[0]; s.Points != 0 || s.Cuts != nil {
		t.Errorf("nothing is cut from nothing: %+v", s)
	}
}

func TestAFeatIsBookedAsItIsExplained(t *testing.T) {
	f := feat(func(f *Feat) { f.Team, f.At = []int64{14, 15, 16}, at(t, "2026-07-31 23:59:59.999") })
	x := (&PointRule{}).Weigh(f, map[int64]Used{15: {Day: 39}})
	p, err := f.Posting(x, 5)
	if err != nil || p.Check() != nil {
		t.Fatal(err, p.Check())
	}
	if p.Txn.Kind != PointEarn || p.Txn.SourceType != OfClaim || p.Txn.SourceID != 9 || p.Txn.RuleVersion != 5 || p.Txn.Memo != f.Title || !p.Txn.OccurredAt.Equal(f.At) || p.Deeds != nil {
		t.Errorf("the transaction is %+v", p.Txn)
	}
	for i, want := range []int64{4, 1, 3} {
		from, to := p.Entries[2*i], p.Entries[2*i+1]
		if from.Account != AccountIssue || from.OwnerID != 3 || from.Amount != -want || from.CapDay != 0 || from.CapKind != "" {
			t.Errorf("share %d is issued by %+v", i, from)
		}
		if to.Account != AccountPending || to.OwnerID != f.Team[i] || to.Amount != want || to.CapDay != 20260731 || to.CapKind != CapWish || to.Pair != "u12" || to.Lot != 0 {
			t.Errorf("share %d comes to %+v", i, to)
		}
	}
	again, ok := p.Txn.Explained()
	if !ok || fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", x) {
		t.Errorf("explained is %+v, was %+v", again, x)
	}
	for _, detail := range []string{"", "{", "[]"} {
		if _, ok := (&PointTxn{Detail: detail}).Explained(); ok {
			t.Errorf("%q explains something", detail)
		}
	}
}

func TestWhatIsPostedIsWhatWasEarned(t *testing.T) {
	f := feat(func(f *Feat) { f.Team, f.Stars, f.Solved, f.Minutes = []int64{15, 14}, 5, SolvedPartly, 45 })
	p, err := f.Posting((&PointRule{}).Weigh(f, nil), 2)
	if err != nil {
		t.Fatal(err)
	}
	when := at(t, "2027-01-01 00:00:00.000")
	q := p.Post(when)
	if err := q.Check(); err != nil || q.Txn.Kind != PointPost || q.Txn.SourceID != 9 || q.Txn.RuleVersion != 2 || !q.Txn.OccurredAt.Equal(when) || q.Txn.Detail != "" {
		t.Errorf("the transaction is %+v, %v", q.Txn, err)
	}
	for i, user := range f.Team {
		from, to := q.Entries[2*i], q.Entries[2*i+1]
		if from.Account != AccountPending || from.OwnerID != user || from.Amount != -6 || from.Lot != 0 || from.CapDay != 0 {
			t.Errorf("it is taken from %+v", from)
		}
		if to.Account != AccountMember || to.OwnerID != user || to.Amount != 6 || to.Lot != 2027 || to.CapDay != 0 {
			t.Errorf("it is put on %+v", to)
		}
	}
	if want := (Tally{Honour: 6, Wishes: 1, Led: 1, Minutes: 45, Stars: 5, Rated: 1}); q.Deeds[0].Tally != want || q.Deeds[0].UserID != 15 {
		t.Errorf("the claimer is credited with %+v", q.Deeds[0])
	}
	if want := (Tally{Honour: 6, Wishes: 1, Minutes: 45, Stars: 5, Rated: 1}); q.Deeds[1].Tally != want || q.Deeds[1].UserID != 14 {
		t.Errorf("his helper is credited with %+v", q.Deeds[1])
	}
	for _, c := range []struct {
		stars  int64
		solved Solved
		want   Tally
	}{
		{0, "", Tally{Honour: 8, Wishes: 1, Led: 1, Minutes: 60}},
		{4, SolvedYes, Tally{Honour: 10, Wishes: 1, Led: 1, Minutes: 60, Stars: 4, Rated: 1, Solved: 1}},
		{1, SolvedNo, Tally{Wishes: 1, Led: 1, Minutes: 60, Stars: 1, Rated: 1}},
	} {
		f := feat(func(f *Feat) { f.Stars, f.Solved = c.stars, c.solved })
		p, err := f.Posting((&PointRule{}).Weigh(f, nil), 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Post(noon).Deeds[0].Tally; got != c.want {
			t.Errorf("%d stars, solved %q is credited as %+v, want %+v", c.stars, c.solved, got, c.want)
		}
	}
}

// TestSharesNeverExceedTheWholeOrTheCaps draws feats at random.
func TestSharesNeverExceedTheWholeOrTheCaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		numbers := map[RuleName]int64{}
		for _, s := range RuleSpecs() {
			if rapid.Bool().Draw(t, "changed") {
				numbers[s.Name] = rapid.Int64Range(s.Min, s.Max).Draw(t, string(s.Name))
			}
		}
		r := &PointRule{numbers: numbers}
		n := rapid.IntRange(1, 10).Draw(t, "team")
		f, used := feat(), map[int64]Used{}
		f.Team = nil
		for i := range int64(n) {
			f.Team = append(f.Team, i+1)
			used[i+1] = Used{Day: rapid.Int64Range(0, 60).Draw(t, "day"), Pair: rapid.Int64Range(0, 3).Draw(t, "pair")}
		}
		f.Kind = rapid.SampledFrom([]WishKind{WishService, WishGoods, WishCompanionship}).Draw(t, "kind")
		f.Difficulty = rapid.SampledFrom([]Difficulty{Easy, Medium, Hard, ""}).Draw(t, "difficulty")
		f.Stars, f.Minutes = rapid.Int64Range(0, 5).Draw(t, "stars"), rapid.Int64Range(0, 1440).Draw(t, "minutes")
		x := r.Weigh(f, used)
		var due int64
		for i, s := range x.Shares {
			due += s.Due
			cut := int64(0)
			for _, c := range s.Cuts {
				cut += c.Cut
			}
			u := used[s.UserID]
			switch {
			case s.Points < 0, s.Points+cut != s.Due:
				t.Fatalf("a share that does not add up: %+v", s)
			case s.Points > 0 && (u.Day+s.Points > r.Number(RuleWishDay) || u.Pair >= r.Number(RulePairMonth)):
				t.Fatalf("a share over a cap: %+v with %+v", s, u)
			case i > 0 && s.Due > x.Shares[i-1].Due, x.Shares[0].Due-s.Due > 1:
				t.Fatalf("shares are not even: %+v", x.Shares)
			}
		}
		if due != x.Total {
			t.Fatalf("shares of %d add up to %d", x.Total, due)
		}
		if _, err := json.Marshal(x); err != nil {
			t.Fatal(err)
		}
	})
}
