package model

import (
	"testing"
	"time"
)

// at reads a moment in Shanghai.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04:05.000", s, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return when.UTC()
}

func TestAMomentFallsIntoThePeriodsOfShanghai(t *testing.T) {
	for _, c := range []struct {
		when string
		want []Period
	}{
		{"2026-07-01 00:00:00.000", []Period{"W2026-27", "M2026-07", "Q2026-3", "S2026", "A"}},
		{"2026-06-30 23:59:59.999", []Period{"W2026-27", "M2026-06", "Q2026-2", "S2026", "A"}},
		{"2026-01-01 00:00:00.000", []Period{"W2026-01", "M2026-01", "Q2026-1", "S2026", "A"}},
		{"2025-12-31 23:59:59.999", []Period{"W2026-01", "M2025-12", "Q2025-4", "S2025", "A"}},
		{"2025-12-28 23:59:59.999", []Period{"W2025-52", "M2025-12", "Q2025-4", "S2025", "A"}},
		{"2025-12-29 00:00:00.000", []Period{"W2026-01", "M2025-12", "Q2025-4", "S2025", "A"}},
		{"2026-12-31 23:59:59.999", []Period{"W2026-53", "M2026-12", "Q2026-4", "S2026", "A"}},
		{"2027-01-01 00:00:00.000", []Period{"W2026-53", "M2027-01", "Q2027-1", "S2027", "A"}},
		{"2027-01-03 23:59:59.999", []Period{"W2026-53", "M2027-01", "Q2027-1", "S2027", "A"}},
		{"2027-01-04 00:00:00.000", []Period{"W2027-01", "M2027-01", "Q2027-1", "S2027", "A"}},
		{"2028-02-29 12:00:00.000", []Period{"W2028-09", "M2028-02", "Q2028-1", "S2028", "A"}},
		{"2026-03-31 23:59:59.999", []Period{"W2026-14", "M2026-03", "Q2026-1", "S2026", "A"}},
		{"2026-10-01 00:00:00.000", []Period{"W2026-40", "M2026-10", "Q2026-4", "S2026", "A"}},
	} {
		got := PeriodsAt(at(t, c.when))
		if len(got) != len(c.want) {
			t.Fatalf("%s is in %v", c.when, got)
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s is in %s, want %s", c.when, got[i], c.want[i])
			}
		}
	}
}

func TestAPeriodBeginsAndEndsAtMidnightInShanghai(t *testing.T) {
	for _, c := range []struct {
		period   Period
		kind     PeriodKind
		from, to string
	}{
		{"W2026-01", Week, "2025-12-29 00:00:00.000", "2026-01-05 00:00:00.000"},
		{"W2026-27", Week, "2026-06-29 00:00:00.000", "2026-07-06 00:00:00.000"},
		{"W2026-53", Week, "2026-12-28 00:00:00.000", "2027-01-04 00:00:00.000"},
		{"W2027-01", Week, "2027-01-04 00:00:00.000", "2027-01-11 00:00:00.000"},
		{"W2020-53", Week, "2020-12-28 00:00:00.000", "2021-01-04 00:00:00.000"},
		{"W2023-01", Week, "2023-01-02 00:00:00.000", "2023-01-09 00:00:00.000"}, // 4 January is a Wednesday, 1 January a Sunday
		{"W2024-01", Week, "2024-01-01 00:00:00.000", "2024-01-08 00:00:00.000"},
		{"M2026-07", Month, "2026-07-01 00:00:00.000", "2026-08-01 00:00:00.000"},
		{"M2026-12", Month, "2026-12-01 00:00:00.000", "2027-01-01 00:00:00.000"},
		{"M2028-02", Month, "2028-02-01 00:00:00.000", "2028-03-01 00:00:00.000"},
		{"Q2026-1", Quarter, "2026-01-01 00:00:00.000", "2026-04-01 00:00:00.000"},
		{"Q2026-4", Quarter, "2026-10-01 00:00:00.000", "2027-01-01 00:00:00.000"},
		{"S2026", Season, "2026-01-01 00:00:00.000", "2027-01-01 00:00:00.000"},
	} {
		from, to := c.period.Bounds()
		if !from.Equal(at(t, c.from)) || !to.Equal(at(t, c.to)) || from.Location() != time.UTC {
			t.Errorf("%s lasts from %v to %v, want %s to %s", c.period, from, to, c.from, c.to)
		}
		if got := c.period.Kind(); got != c.kind {
			t.Errorf("%s is a %s, want a %s", c.period, got, c.kind)
		}
		for when, inside := range map[time.Time]bool{
			from: true, from.Add(-time.Millisecond): false, to.Add(-time.Millisecond): true, to: false,
		} {
			if got := PeriodAt(c.kind, when) == c.period; got != inside {
				t.Errorf("%v is in %s: %v", when, c.period, got)
			}
		}
	}
}

// TestEveryDayIsInExactlyOnePeriodOfAKind walks through thirty years.
func TestEveryDayIsInExactlyOnePeriodOfAKind(t *testing.T) {
	day := at(t, "2020-01-01 00:00:00.000")
	for range 30 * 365 {
		for _, k := range []PeriodKind{Week, Month, Quarter, Season} {
			p := PeriodAt(k, day)
			from, to := p.Bounds()
			if day.Before(from) || !day.Before(to) || p.Kind() != k {
				t.Fatalf("%v is in %s (%s), which lasts from %v to %v", day, p, p.Kind(), from, to)
			}
			if next := PeriodAt(k, to); next == p {
				t.Fatalf("%s begins again when it is over", p)
			}
		}
		day = day.AddDate(0, 0, 1)
	}
}

func TestWhatIsNoPeriodHasNoBounds(t *testing.T) {
	for _, p := range []Period{"", "X", "W", "W2026-00", "W2026-54", "W2025-53", "M2026-13", "M2026-00", "Q2026-0", "Q2026-5", "S", "M2026-7", "W2026-1", "S20261", "2026"} {
		if from, to := p.Bounds(); !from.IsZero() || !to.IsZero() {
			t.Errorf("%q lasts from %v to %v", p, from, to)
		}
		if got := p.Kind(); got != "" {
			t.Errorf("%q is a %s", p, got)
		}
	}
	if from, to := AllTime.Bounds(); !from.IsZero() || !to.IsZero() || AllTime.Kind() != All {
		t.Error("all time has bounds, or is of another kind")
	}
}

func TestSeasonsAreCalendarYearsAndLastTwo(t *testing.T) {
	if got := SeasonOf(at(t, "2026-12-31 23:59:59.999")); got != 2026 {
		t.Errorf("the last millisecond of 2026 is of season %d", got)
	}
	if got := SeasonOf(at(t, "2027-01-01 00:00:00.000")); got != 2027 {
		t.Errorf("the first of 2027 is of season %d", got)
	}
	if got := SeasonStart(2027); !got.Equal(at(t, "2027-01-01 00:00:00.000")) {
		t.Errorf("2027 starts at %v", got)
	}
	if got := ExpiryOf(2026); !got.Equal(at(t, "2028-01-01 00:00:00.000")) {
		t.Errorf("what was credited in 2026 expires at %v, want the end of 31 December 2027", got)
	}
	for when, want := range map[string]int64{
		"2026-07-01 00:00:00.000": 20260701, "2026-06-30 23:59:59.999": 20260630, "2026-12-31 23:59:59.999": 20261231, "2028-02-29 08:00:00.000": 20280229,
	} {
		if got := DayNumber(at(t, when)); got != want {
			t.Errorf("%s is day %d, want %d", when, got, want)
		}
	}
}

func TestTalliesAddUpAndCancelOut(t *testing.T) {
	a := Tally{1, 2, 3, 4, 5, 6, 7}
	if got := a.Plus(a.Minus()); got != (Tally{}) {
		t.Errorf("a tally and its opposite are %+v", got)
	}
	if got := a.Plus(a); got != (Tally{2, 4, 6, 8, 10, 12, 14}) {
		t.Errorf("twice %+v is %+v", a, got)
	}
	d := Deed{ID: 1, TenantID: 2, TxnID: 3, UserID: 4, CommunityID: 5, TownshipID: 6, UnitID: 7, TeamID: 8, Tally: a}
	m := d.mirror()
	if m.ID != 0 || m.TxnID != 0 || m.UserID != 4 || m.CommunityID != 5 || m.TownshipID != 6 || m.UnitID != 7 || m.TeamID != 8 || m.Tally != a.Minus() {
		t.Errorf("the mirror of %+v is %+v", d, m)
	}
}
