package model

import (
	"fmt"
	"time"

	"dandelion/internal/fault"
)

// Faults of slips.
var (
	ErrSlipQuarter = fault.Define(fault.Invalid, "slip.quarter", "季度须如 2026Q3, 且已经开始")
	ErrSlipNone    = fault.Define(fault.NotFound, "slip.not_found", "这一季度没有在该单位名下报到")
	ErrServiceDays = fault.Define(fault.Invalid, "service.days", "起止日期不正确, 须在一年以内")
)

// SlipQuarter names three months in Shanghai, "2026Q3" (季度).
type SlipQuarter string

// SlipQuarterAt returns the quarter that t falls in.
func SlipQuarterAt(t time.Time) SlipQuarter {
	t = t.In(shanghai)
	return SlipQuarter(fmt.Sprintf("%04dQ%d", t.Year(), (t.Month()+2)/3))
}

// Bounds returns when q begins and when it is over, in UTC; zero times if q is no
// quarter.
func (q SlipQuarter) Bounds() (from, to time.Time) {
	var y, n int
	if !scans(string(q), "%4dQ%1d", &y, &n) {
		return time.Time{}, time.Time{}
	}
	start := time.Date(y, time.Month(3*n-2), 1, 0, 0, 0, 0, shanghai)
	if SlipQuarterAt(start) != q {
		return time.Time{}, time.Time{}
	}
	return start.UTC(), start.AddDate(0, 3, 0).UTC()
}

// Days returns the first and the last day of q.
func (q SlipQuarter) Days() (first, last Day) {
	from, to := q.Bounds()
	return DayOf(from), DayOf(to.Add(-time.Millisecond))
}

// Title returns what people call q: "2026年第3季度".
func (q SlipQuarter) Title() string {
	var y, n int
	if !scans(string(q), "%4dQ%1d", &y, &n) {
		return ""
	}
	return fmt.Sprintf("%d年第%d季度", y, n)
}

// Begun says whether q is a quarter that has begun by now.
func (q SlipQuarter) Begun(now time.Time) error {
	if from, _ := q.Bounds(); from.IsZero() || from.After(now) {
		return ErrSlipQuarter
	}
	return nil
}

// ServiceSum is what somebody served in a span of time. Led and what follows are of
// the wishes that he claimed himself, so that a wish which several served counts
// once for their unit.
type ServiceSum struct {
	Minutes, Services, Wishes int64
	Led, Stars, Rated, Solved int64
}

// any reports whether there is anything at all.
func (s ServiceSum) any() bool { return s.Services > 0 || s.Wishes > 0 }

// SlipLine is what a slip says of one person.
type SlipLine struct {
	UserID, CommunityID int64
	Post                string
	Named               bool // he has agreed to be
	ServiceSum
}

// Slip is what the people of a unit served in a quarter (季度单): computed, and
// nothing of it entered. Those who have not agreed to be named are in the totals
// only.
type Slip struct {
	Quarter  SlipQuarter
	Members  int64 // who were registered
	Active   int64 // of these, who served
	Unnamed  int64 // of these members, who have not agreed to be named
	Minutes  int64
	Services int64
	Wishes   int64 // each once, with the unit of who claimed it
	Stars    int64
	Rated    int64
	Solved   int64
	Lines    []SlipLine // of those who have, by their ids
}

// NewSlip computes a slip of the registrations with a unit that were in force in
// q, in the order of persons and then of time, and of what each served. Of
// somebody who changed within the quarter the last registration speaks.
func NewSlip(q SlipQuarter, registered []Registration, served map[int64]ServiceSum) *Slip {
	s := &Slip{Quarter: q, Lines: []SlipLine{}}
	for i, r := range registered {
		if i+1 < len(registered) && registered[i+1].UserID == r.UserID {
			continue
		}
		s.add(LineOf(r, served))
	}
	return s
}

// LineOf returns the line of r's person on the slip of its unit.
func LineOf(r Registration, served map[int64]ServiceSum) SlipLine {
	return SlipLine{UserID: r.UserID, CommunityID: r.CommunityID, Post: r.Post, Named: r.SlipConsentAt != nil, ServiceSum: served[r.UserID]}
}

func (s *Slip) add(l SlipLine) {
	s.Members++
	if l.any() {
		s.Active++
	}
	s.Minutes += l.Minutes
	s.Services += l.Services
	s.Wishes += l.Led
	s.Stars += l.Stars
	s.Rated += l.Rated
	s.Solved += l.Solved
	if !l.Named {
		s.Unnamed++
		return
	}
	s.Lines = append(s.Lines, l)
}

// Satisfaction returns the average stars as a percentage of five, and false if
// nobody has judged.
func (s *Slip) Satisfaction() (percent int64, ok bool) {
	if s.Rated <= 0 {
		return 0, false
	}
	return (s.Stars*100 + s.Rated*5/2) / (s.Rated * 5), true
}

// Note says who is in the totals of s only.
func (s *Slip) Note() string { return fmt.Sprintf("未同意公开明细 %d 人", s.Unnamed) }
