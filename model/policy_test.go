package model

import (
	"errors"
	"testing"
	"time"
)

// TestTheDefaultsAreTheDomains writes down the defaults of the domain once
// more.
func TestTheDefaultsAreTheDomains(t *testing.T) {
	const h = 60
	want := map[Limit]int64{
		DraftLapse: 30 * 24 * h, ReviewTime: 24 * h, ReviewUrgent: 2 * h, ReturnLapse: 7 * 24 * h, WidenAfter: 72 * h,
		MustDecide: 7 * 24 * h, AcceptTime: 24 * h, AcceptUrgent: 2 * h, AppointTime: 24 * h, ServeTime: 7 * 24 * h,
		ReworkTime: 72 * h, OverdueGrace: 48 * h, VerifyTime: 48 * h, EvaluateTime: 7 * 24 * h, EvaluateRemind: 3 * 24 * h,
		EscalateAfter: 72 * h, SuspendMax: 30 * 24 * h, ReopenTime: 15 * 24 * h, AppealTime: 7 * 24 * h, RevealAfterClose: 7 * 24 * h,
		LiveClaims: 3, DispatchFailures: 3, Extensions: 2, ReworkRounds: 2,
		CaseReviewTime: 7 * 24 * h, CaseAppealTime: 7 * 24 * h, CaseDecideTime: 7 * 24 * h,
		RewardPickUp: 7 * 24 * h,
		BoardPeople:  1, BoardOrgs: 1,
		RegisterTime: 7 * 24 * h,
	}
	if len(want) != len(Limits()) {
		t.Fatalf("%d limits, and this table has %d", len(Limits()), len(want))
	}
	for _, s := range Limits() {
		if got := (Policy{}).Number(s.Limit); got != want[s.Limit] || s.Title == "" || s.Unit != Minutes && s.Unit != Times {
			t.Errorf("%s is %d %s, want %d", s.Limit, got, s.Unit, want[s.Limit])
		}
	}
}

func TestALimitKeepsItsBounds(t *testing.T) {
	for _, s := range Limits() {
		tests := []struct {
			value int64
			want  error
		}{{s.Min, nil}, {s.Default, nil}, {s.Max, nil}, {s.Min - 1, ErrPolicy}, {s.Max + 1, ErrPolicy}}
		for _, tt := range tests {
			p, err := Policy{}.With(s.Limit, tt.value)
			if !errors.Is(err, tt.want) {
				t.Errorf("%s = %d: %v, want %v", s.Limit, tt.value, err, tt.want)
			}
			if got := p.Number(s.Limit); err == nil && got != tt.value || err != nil && got != s.Default {
				t.Errorf("%s is %d after %d", s.Limit, got, tt.value)
			}
		}
	}
	if _, err := (Policy{}).With("wish.colour", 1); !errors.Is(err, ErrPolicy) {
		t.Errorf("a limit that there is not: %v", err)
	}
}

func TestAPolicyIsAValue(t *testing.T) {
	p := PolicyOf([]PolicyRow{{Name: ReviewTime, Value: 90}})
	q, err := p.With(ReviewTime, 120)
	if err != nil {
		t.Fatal(err)
	}
	if p.Span(ReviewTime) != 90*time.Minute || q.Span(ReviewTime) != 2*time.Hour || p.Number(LiveClaims) != 3 {
		t.Errorf("changed one into %v, the other into %v", p.Span(ReviewTime), q.Span(ReviewTime))
	}
	if (Policy{}).Number("wish.colour") != 0 || (PolicyRow{}).TableName() != "policies" {
		t.Error("what there is not has a value")
	}
}

func TestADayIsShanghais(t *testing.T) {
	tests := []struct{ utc, day, said string }{
		{"2026-06-30T15:59:59Z", "2026-06-30", "6月30日 23:59"},
		{"2026-06-30T16:00:00Z", "2026-07-01", "7月1日 00:00"},
		{"2026-07-01T15:59:59Z", "2026-07-01", "7月1日 23:59"},
		{"2025-12-31T16:00:00Z", "2026-01-01", "1月1日 00:00"},
		{"2026-07-01T08:05:00+08:00", "2026-07-01", "7月1日 08:05"},
	}
	for _, tt := range tests {
		at, err := time.Parse(time.RFC3339, tt.utc)
		if err != nil {
			t.Fatal(err)
		}
		if DayOf(at) != Day(tt.day) || Said(at) != tt.said {
			t.Errorf("%s is %s, said %q", tt.utc, DayOf(at), Said(at))
		}
		if start := DayOf(at).Start(); start.After(at) || at.Sub(start) >= 24*time.Hour || DayOf(start) != DayOf(at) || start.Location() != time.UTC {
			t.Errorf("%s begins at %s", DayOf(at), start)
		}
	}
	for _, d := range []Day{"", "2026-02-30", "2026-7-1", "今天"} {
		if !d.Start().IsZero() {
			t.Errorf("%q begins at %s", d, d.Start())
		}
	}
}
