package model

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestAQuarterBeginsAndEndsAtMidnightInShanghai(t *testing.T) {
	for q, want := range map[SlipQuarter]struct{ from, to, title string }{
		"2026Q1": {"2026-01-01", "2026-04-01", "2026年第1季度"},
		"2026Q3": {"2026-07-01", "2026-10-01", "2026年第3季度"},
		"2026Q4": {"2026-10-01", "2027-01-01", "2026年第4季度"},
	} {
		from, to := q.Bounds()
		if !from.Equal(Day(want.from).Start()) || !to.Equal(Day(want.to).Start()) || q.Title() != want.title {
			t.Errorf("%s is from %v to %v, %s", q, from, to, q.Title())
		}
		if SlipQuarterAt(from) != q || SlipQuarterAt(from.Add(-time.Millisecond)) == q || SlipQuarterAt(to) == q || SlipQuarterAt(to.Add(-time.Millisecond)) != q {
			t.Errorf("the ends of %s", q)
		}
		first, last := q.Days()
		if string(first) != want.from || !last.Start().Add(24*time.Hour).Equal(to) {
			t.Errorf("%s is from %s to %s", q, first, last)
		}
		if q.Begun(from) != nil || !errors.Is(q.Begun(from.Add(-time.Millisecond)), ErrSlipQuarter) {
			t.Errorf("%s begins with its first moment", q)
		}
	}
	for _, q := range []SlipQuarter{"", "2026", "2026Q0", "2026Q5", "2026Q", "Q2026-3", "2026q3", "26Q3", "2026Q31"} {
		if from, _ := q.Bounds(); !from.IsZero() || !errors.Is(q.Begun(noon), ErrSlipQuarter) {
			t.Errorf("%q is a quarter from %v", q, from)
		}
	}
	if SlipQuarter("spring").Title() != "" {
		t.Error("spring is a quarter")
	}
}

// TestASlipAddsUpAllAndNamesWhoAgreed is a quarter made by hand.
func TestASlipAddsUpAllAndNamesWhoAgreed(t *testing.T) {
	yes := noon
	s := NewSlip("2026Q3", []Registration{
		{UserID: 1, CommunityID: 3, Post: "义诊", SlipConsentAt: &yes},
		{UserID: 2, CommunityID: 3, Post: "文艺", SlipConsentAt: &yes},
		{UserID: 2, CommunityID: 5, Post: "宣讲", SlipConsentAt: &yes}, // he has moved
		{UserID: 3, CommunityID: 3, Post: "巡逻"},
		{UserID: 4, CommunityID: 3, Post: "保洁", SlipConsentAt: &yes}, // who has done nothing
		{UserID: 5, CommunityID: 3, Post: "帮厨", SlipConsentAt: &yes},
		{UserID: 5, CommunityID: 3, Post: "帮厨"}, // his last word
	}, map[int64]ServiceSum{
		1: {Minutes: 95, Services: 2, Wishes: 1, Led: 1, Stars: 5, Rated: 1, Solved: 1},
		2: {Minutes: 60, Services: 1, Wishes: 1}, // together with 1
		3: {Minutes: 30, Services: 1, Wishes: 1, Led: 1, Stars: 4, Rated: 1},
		5: {Wishes: 1, Led: 1},
		9: {Minutes: 999, Services: 9, Wishes: 9, Led: 9, Stars: 45, Rated: 9}, // who is not registered
	})
	if got := fmt.Sprint(s.Members, s.Active, s.Unnamed, s.Minutes, s.Services, s.Wishes, s.Stars, s.Rated, s.Solved); got != "5 4 2 185 4 3 9 2 1" {
		t.Errorf("the slip says %s", got)
	}
	if percent, ok := s.Satisfaction(); !ok || percent != 90 {
		t.Errorf("satisfaction %d, %v", percent, ok)
	}
	if len(s.Lines) != 3 || s.Lines[0].Minutes != 95 || s.Lines[1].Post != "宣讲" || s.Lines[1].CommunityID != 5 || s.Lines[2].UserID != 4 {
		t.Errorf("lines %+v", s.Lines)
	}
	if s.Note() != "未同意公开明细 2 人" {
		t.Error(s.Note())
	}
	if _, ok := NewSlip("2026Q3", nil, nil).Satisfaction(); ok {
		t.Error("nobody is satisfied")
	}
}
