package model

import (
	"fmt"
	"slices"
	"time"
)

// Deed is what a person is credited with on the boards when points are posted
// (事迹): honour, and what he did for it. Like the lines of the ledger, deeds
// are only added, and put right by their mirror. The organisations are those
// that he belonged to at the time.
type Deed struct {
	ID          int64 `gorm:"primaryKey;autoIncrement:false;index:idx_deeds_user,priority:2"`
	TenantID    int64 `gorm:"not null"`
	TxnID       int64 `gorm:"not null;index:idx_deeds_txn"`
	UserID      int64 `gorm:"not null;index:idx_deeds_user,priority:1"`
	CommunityID int64 `gorm:"not null"`
	TownshipID  int64 `gorm:"not null"`
	UnitID      int64 `gorm:"not null"`
	TeamID      int64 `gorm:"not null"`
	Tally       `gorm:"embedded"`
	CreatedAt   time.Time `gorm:"not null"`
}

// Tally is what boards count.
type Tally struct {
	Honour  int64 `gorm:"not null"` // 荣誉分
	Wishes  int64 `gorm:"not null"` // closed wishes that he served
	Led     int64 `gorm:"not null"` // of these, as the one who claimed: each wish counts once for an organisation
	Minutes int64 `gorm:"not null"` // of service
	Stars   int64 `gorm:"not null"` // the sum of stars received
	Rated   int64 `gorm:"not null"` // how often
	Solved  int64 `gorm:"not null"` // of these, wholly solved
}

// Plus returns the sum of two tallies.
func (t Tally) Plus(o Tally) Tally {
	return Tally{
		t.Honour + o.Honour, t.Wishes + o.Wishes, t.Led + o.Led, t.Minutes + o.Minutes, t.Stars + o.Stars, t.Rated + o.Rated, t.Solved + o.Solved,
	}
}

// Minus returns t with the other sign.
func (t Tally) Minus() Tally {
	return Tally{-t.Honour, -t.Wishes, -t.Led, -t.Minutes, -t.Stars, -t.Rated, -t.Solved}
}

func (d Deed) mirror() Deed {
	d.ID, d.TxnID, d.Tally = 0, 0, d.Tally.Minus()
	return d
}

// Standing is a person's tally of one period, with when each measure came to
// its value: who came first stands first. It is the sum of his deeds in the
// period, written in the same transaction.
type Standing struct {
	TenantID    int64  `gorm:"primaryKey;autoIncrement:false"`
	Period      Period `gorm:"primaryKey;size:10"`
	UserID      int64  `gorm:"primaryKey;autoIncrement:false"`
	CommunityID int64  `gorm:"not null"`
	TownshipID  int64  `gorm:"not null"`
	UnitID      int64  `gorm:"not null"`
	TeamID      int64  `gorm:"not null"`
	Tally       `gorm:"embedded"`
	HonourAt    time.Time `gorm:"not null"`
	WishesAt    time.Time `gorm:"not null"`
	MinutesAt   time.Time `gorm:"not null"`
	StarsAt     time.Time `gorm:"not null"`
	Version     int64     `gorm:"not null"`
}

// Period names a span of time of the boards: "W2026-27", "M2026-07", "Q2026-3",
// "S2026" for a season, "A" for all time. Weeks begin on Monday, and a week, as
// everything else, in Shanghai.
type Period string

// AllTime is the period that never ends.
const AllTime Period = "A"

// PeriodKind is one of the lengths of a period.
type PeriodKind string

// The kinds of period.
const (
	Week    PeriodKind = "week"
	Month   PeriodKind = "month"
	Quarter PeriodKind = "quarter"
	Season  PeriodKind = "season" // a calendar year
	All     PeriodKind = "all"
)

// PeriodKinds returns the kinds of period, the shortest first.
func PeriodKinds() []PeriodKind { return []PeriodKind{Week, Month, Quarter, Season, All} }

// PeriodAt returns the period of kind k that t falls in.
func PeriodAt(k PeriodKind, t time.Time) Period {
	t = t.In(shanghai)
	switch k {
	case Week:
		y, w := t.ISOWeek()
		return Period(fmt.Sprintf("W%d-%02d", y, w))
	case Month:
		return Period(t.Format("M2006-01"))
	case Quarter:
		return Period(fmt.Sprintf("Q%d-%d", t.Year(), (t.Month()+2)/3))
	case Season:
		return Period(t.Format("S2006"))
	}
	return AllTime
}

// PeriodsAt returns every period that t falls in.
func PeriodsAt(t time.Time) []Period {
	var all []Period
	for _, k := range PeriodKinds() {
		all = append(all, PeriodAt(k, t))
	}
	return all
}

// Kind returns what kind of period p is; "" if it is none.
func (p Period) Kind() PeriodKind {
	if p == AllTime {
		return All
	}
	i := slices.Index([]string{"W", "M", "Q", "S"}, string(p)[:min(1, len(p))])
	if from, _ := p.Bounds(); i < 0 || from.IsZero() {
		return ""
	}
	return PeriodKinds()[i]
}

// Bounds returns when p begins and when it is over, in UTC; zero times for
// [AllTime] and for what is no period.
func (p Period) Bounds() (from, to time.Time) {
	var y, n int
	s := string(p)
	start := func(months, days int) (time.Time, time.Time) {
		t := time.Date(y, time.Month(n), 1, 0, 0, 0, 0, shanghai)
		if from, to = t.UTC(), t.AddDate(0, months, days).UTC(); PeriodAt(kindOf(s), t) != p {
			return time.Time{}, time.Time{}
		}
		return from, to
	}
	switch {
	case scans(s, "W%4d-%2d", &y, &n):
		t := time.Date(y, 1, 4, 0, 0, 0, 0, shanghai) // always in week 1
		monday := t.AddDate(0, 0, -(int(t.Weekday())+6)%7+7*(n-1))
		if PeriodAt(Week, monday) == p {
			return monday.UTC(), monday.AddDate(0, 0, 7).UTC()
		}
	case scans(s, "M%4d-%2d", &y, &n):
		return start(1, 0)
	case scans(s, "Q%4d-%1d", &y, &n):
		n = 3*n - 2
		return start(3, 0)
	case scans(s, "S%4d", &y):
		n = 1
		return start(12, 0)
	}
	return time.Time{}, time.Time{}
}

func kindOf(s string) PeriodKind {
	switch s[0] {
	case 'M':
		return Month
	case 'Q':
		return Quarter
	}
	return Season
}

func scans(s, format string, into ...any) bool {
	n, err := fmt.Sscanf(s, format, into...)
	return err == nil && n == len(into)
}

// SeasonOf returns the season that t falls in: the calendar year in Shanghai.
func SeasonOf(t time.Time) int64 { return int64(t.In(shanghai).Year()) }

// SeasonStart returns when a season begins.
func SeasonStart(season int64) time.Time {
	return time.Date(int(season), 1, 1, 0, 0, 0, 0, shanghai).UTC()
}

// ExpiryOf returns when what was credited in a season expires: at the end of 31
// December of the next year.
func ExpiryOf(season int64) time.Time { return SeasonStart(season + 2) }

// DayNumber returns the day in Shanghai that t falls in, as 20260701.
func DayNumber(t time.Time) int64 {
	t = t.In(shanghai)
	return int64(t.Year()*10000 + int(t.Month())*100 + t.Day())
}
