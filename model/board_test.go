package model

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var midday = time.Date(2026, 7, 1, 4, 0, 0, 0, time.UTC)

func TestAScoreIsAValueAndAMoment(t *testing.T) {
	for range 2000 {
		value, at := rand.Int64N(MaxScored)+1, midday.Add(time.Duration(rand.Int64N(1e9))*time.Second)
		score := Score(value, at)
		if v, w := Scored(score); v != value || !w.Equal(at) || score >= 0 || int64(float64(score)) != score {
			t.Fatalf("%d at %v became %d: %d at %v", value, at, score, v, w)
		}
	}
}

func TestTheLowestScoreIsTheBestAndThenTheFirst(t *testing.T) {
	in := []int64{
		Score(MaxScored, midday), Score(9, midday), Score(9, midday.Add(time.Second)), Score(8, midday.AddDate(-5, 0, 0)), Score(1, time.Time{}),
		Score(1, midday.AddDate(200, 0, 0)),
	}
	if !slices.IsSorted(in) {
		t.Errorf("scores %v", in)
	}
	if Score(0, midday) != 0 || Score(-3, midday) != 0 {
		t.Error("nothing has a score")
	}
	if Score(MaxScored+5, midday) != Score(MaxScored, midday) {
		t.Error("a value without end")
	}
}

func TestFewRatingsAreNoSatisfaction(t *testing.T) {
	s := Standing{Tally: Tally{Honour: 7, Minutes: 30, Stars: 20, Rated: 4}, HonourAt: midday, MinutesAt: midday, StarsAt: midday}
	if got := s.Scores(); got != [4]int64{Score(7, midday), 0, Score(30, midday), 0} {
		t.Errorf("scores %v", got)
	}
	s.Stars, s.Rated = 23, 5
	if got := s.Scores()[3]; got != Score(4600, midday) {
		t.Errorf("satisfaction %d", got)
	}
}

func TestOrganisationsAreRankedByWhatComesOfAHundred(t *testing.T) {
	o := OrgTally{Members: 8}
	o.Add(&Standing{Tally: Tally{Honour: 10, Wishes: 3, Led: 1, Minutes: 90, Stars: 15, Rated: 3, Solved: 2}, HonourAt: midday, StarsAt: midday})
	o.Add(&Standing{Tally: Tally{Honour: 6, Wishes: 1, Led: 1, Minutes: 30, Stars: 9, Rated: 2, Solved: 2}, HonourAt: midday.Add(-time.Hour)})
	want := map[Measure]int64{ByHonour: 20_000, ByWishes: 2_500, ByHours: 2_500, BySatisfaction: 480, BySolved: 8_000}
	for _, m := range BoardUnits.Measures() {
		if got, _ := o.Value(m); got != want[m] {
			t.Errorf("%s is %d, want %d", m, got, want[m])
		}
	}
	if _, at := o.Value(ByHonour); !at.Equal(midday) {
		t.Errorf("since %v", at)
	}
	few := o
	few.Members = MinMembers - 1
	rare := o
	rare.Rated = MinRated - 1
	for _, m := range BoardUnits.Measures() {
		if got, _ := few.Value(m); got != 0 {
			t.Errorf("four people are ranked by %s", m)
		}
	}
	if got, _ := rare.Value(BySolved); got != 0 {
		t.Error("four ratings are a rate")
	}
}

func TestValuesAreShownAsPeopleReadThem(t *testing.T) {
	tests := []struct {
		of     BoardOf
		by     Measure
		value  int64
		amount float64
		unit   string
	}{
		{BoardMembers, ByHonour, 12, 12, "分"},
		{BoardMembers, ByWishes, 3, 3, "件"},
		{BoardMembers, ByHours, 100, 1.6, "小时"},
		{BoardMembers, BySatisfaction, 4666, 4.66, "星"},
		{BoardUnits, ByHonour, 20_050, 200.5, "分/百人"},
		{BoardUnits, ByWishes, 250, 2.5, "件/百人"},
		{BoardTeams, ByHours, 150, 1.5, "小时/百人"},
		{BoardCommunities, BySatisfaction, 466, 4.66, "星"},
		{BoardCommunities, BySolved, 8_000, 80, "%"},
	}
	for _, tt := range tests {
		if a, u := tt.of.Shown(tt.by, tt.value); a != tt.amount || u != tt.unit {
			t.Errorf("%s %s %d is %v %s", tt.of, tt.by, tt.value, a, u)
		}
	}
}

func TestANameOfABoardFits(t *testing.T) {
	const big = 1<<63 - 1
	for _, of := range BoardOfs() {
		for _, m := range of.Measures() {
			if k := (BoardKey{big, "W2026-27", of, m, big}).String(); len(k) > 64 {
				t.Errorf("%s has %d letters", k, len(k))
			}
		}
	}
	if k := (BoardKey{1, "W2026-27", BoardTeams, ByHours, 3}).String(); k != "1:W2026-27:t:hours:3" {
		t.Errorf("it is called %s", k)
	}
	if slices.Contains(BoardMembers.Measures(), BySolved) {
		t.Error("people are ranked by how often they solve")
	}
}

func TestPeriodsAreKeptForAWhile(t *testing.T) {
	newYear := SeasonStart(2027)
	if got := BoardPeriods(newYear.Add(-time.Second)); !slices.Equal(got, []Period{"A", "S2026", "Q2026-4", "M2026-12", "W2026-53"}) {
		t.Errorf("before the new year %v", got)
	}
	got := BoardPeriods(newYear)
	if !slices.Equal(got, []Period{"A", "S2027", "S2026", "Q2027-1", "Q2026-4", "M2027-01", "M2026-12", "W2026-53"}) {
		t.Errorf("in the first hour %v", got)
	}
	if got := BoardPeriods(newYear.Add(BoardGrace)); len(got) != 5 {
		t.Errorf("after it %v", got)
	}
	monday := Period("W2026-27")
	_, end := monday.Bounds()
	if monday.Over(end.Add(-1), 0) || !monday.Over(end, 0) || monday.Over(end, time.Second) || AllTime.Over(end.AddDate(99, 0, 0), 0) {
		t.Error("a week is over when it is over")
	}
}

func TestAPeriodIsNamedByKindOrByName(t *testing.T) {
	tests := []struct {
		word string
		want Period
		err  error
	}{
		{"week", "W2026-27", nil},
		{"all", "A", nil},
		{"A", "A", nil},
		{"season", "S2026", nil},
		{"W2026-26", "W2026-26", nil},
		{"S2025", "S2025", nil},
		{"W2026-28", "", ErrBoardPeriod},
		{"S2027", "", ErrBoardPeriod},
		{"W2026-99", "", ErrBoardPeriod},
		{"day", "", ErrBoardPeriod},
		{"", "", ErrBoardPeriod},
		{"tick", "", ErrBoardPeriod},
	}
	for _, tt := range tests {
		if got, err := PeriodNamed(tt.word, midday); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%q is %q, %v", tt.word, got, err)
		}
	}
}
