package model

import (
	"fmt"
	"time"

	"dandelion/internal/fault"
)

// Faults of the boards.
var (
	ErrBoardOff     = fault.Define(fault.Conflict, "board.off", "本县未开启排行榜")
	ErrBoardScope   = fault.Define(fault.Invalid, "board.scope", "排行榜的范围须为社区、乡镇或县; 社区榜须为乡镇或县")
	ErrBoardPeriod  = fault.Define(fault.Invalid, "board.period", "没有这个统计周期, 或尚未开始")
	ErrBoardMeasure = fault.Define(fault.Invalid, "board.measure", "这类排行榜没有这个指标")
	ErrBoardBusy    = fault.Define(fault.Unavailable, "board.busy", "排行榜正在重建, 请稍后再试").After(5 * time.Second)
)

// Measure is what a board ranks by (指标).
type Measure string

// The measures. Solved is one of organisations only.
const (
	ByHonour       Measure = "honour"       // 荣誉分
	ByWishes       Measure = "wishes"       // 办结心愿
	ByHours        Measure = "hours"        // 服务时长
	BySatisfaction Measure = "satisfaction" // 满意度
	BySolved       Measure = "solved"       // 解决率
)

// BoardOf says whom a board ranks.
type BoardOf string

// The kinds of board.
const (
	BoardMembers     BoardOf = "members"     // 红色达人榜
	BoardUnits       BoardOf = "units"       // 共建单位榜
	BoardTeams       BoardOf = "teams"       // 服务队榜
	BoardCommunities BoardOf = "communities" // 社区榜
)

// BoardOfs returns the kinds of board.
func BoardOfs() []BoardOf {
	return []BoardOf{BoardMembers, BoardUnits, BoardTeams, BoardCommunities}
}

// Measures returns what boards of that kind rank by. Those of organisations
// show what came of it, and never what people did in an app.
func (o BoardOf) Measures() []Measure {
	all := []Measure{ByHonour, ByWishes, ByHours, BySatisfaction, BySolved}
	if o == BoardMembers {
		return all[:PersonMeasures]
	}
	return all
}

// PersonMeasures is how many measures people are ranked by: the first of all.
const PersonMeasures = 4

// Below these nobody is ranked: an average of two says little, and an
// organisation of three is three people by name.
const (
	MinRated   = 5
	MinMembers = 5
)

// A score puts a value and when it was reached into one number, so that the
// lowest is the best and, of equal values, the first. Redis keeps numbers as
// floats, which are exact below 2^53; values end at 2^20.
const (
	scoreBits  = 32
	MaxScored  = 1 << 20
	scoreEpoch = 1577836800 // 2020-01-01T00:00:00Z; the seconds last until 2156
)

// Score returns the score of a value that was reached at a time, to the
// second; 0 if it is not ranked. Every score of what is ranked is negative.
func Score(value int64, at time.Time) int64 {
	if value <= 0 {
		return 0
	}
	seconds := min(max(at.Unix()-scoreEpoch, 0), 1<<scoreBits-1)
	return -min(value, MaxScored)<<scoreBits + seconds
}

// Scored returns the value and the time that a score was made of.
func Scored(score int64) (value int64, at time.Time) {
	value = (-score + 1<<scoreBits - 1) >> scoreBits
	return value, time.Unix(score+value<<scoreBits+scoreEpoch, 0).UTC()
}

// Scores returns the scores of s by each measure of persons, 0 where he is not
// ranked.
func (s *Standing) Scores() [PersonMeasures]int64 {
	satisfaction := int64(0)
	if s.Rated >= MinRated {
		satisfaction = s.Stars * 1000 / s.Rated
	}
	return [PersonMeasures]int64{
		Score(s.Honour, s.HonourAt), Score(s.Wishes, s.WishesAt), Score(s.Minutes, s.MinutesAt), Score(satisfaction, s.StarsAt),
	}
}

// OrgTally is the sum of the standings of an organisation's people in a
// period, with when it last changed.
type OrgTally struct {
	Members int64 // registered now
	Tally
	HonourAt, WishesAt, MinutesAt, StarsAt time.Time
}

// Add adds a standing.
func (t *OrgTally) Add(s *Standing) {
	t.Tally = t.Plus(s.Tally)
	for _, at := range []struct {
		of *time.Time
		is time.Time
	}{{&t.HonourAt, s.HonourAt}, {&t.WishesAt, s.WishesAt}, {&t.MinutesAt, s.MinutesAt}, {&t.StarsAt, s.StarsAt}} {
		if at.is.After(*at.of) {
			*at.of = at.is
		}
	}
}

// Value returns what an organisation is ranked with, in hundredths, and since
// when; 0 if it is not ranked. Amounts are per hundred members, so that the
// biggest is not always the first, and each wish counts once.
func (t *OrgTally) Value(m Measure) (int64, time.Time) {
	if t.Members < MinMembers {
		return 0, time.Time{}
	}
	rated := t.Rated
	if rated < MinRated {
		rated = 0
	}
	switch m {
	case ByHonour:
		return max(0, t.Honour*10_000/t.Members), t.HonourAt
	case ByWishes:
		return max(0, t.Led*10_000/t.Members), t.WishesAt
	case ByHours:
		return max(0, t.Minutes*10_000/60/t.Members), t.MinutesAt
	case BySatisfaction:
		if rated > 0 {
			return t.Stars * 100 / rated, t.StarsAt
		}
	case BySolved:
		if rated > 0 {
			return t.Tally.Solved * 10_000 / rated, t.StarsAt
		}
	}
	return 0, time.Time{}
}

// Shown returns a value of a board as people read it: how many, and of what.
func (o BoardOf) Shown(m Measure, value int64) (amount float64, unit string) {
	hundredths := float64(value) / 100
	if o == BoardMembers {
		switch m {
		case ByHours:
			return float64(value*10/60) / 10, "小时"
		case BySatisfaction:
			return float64(value/10) / 100, "星"
		case ByWishes:
			return float64(value), "件"
		}
		return float64(value), "分"
	}
	switch m {
	case ByHours:
		return hundredths, "小时/百人"
	case BySatisfaction:
		return hundredths, "星"
	case BySolved:
		return hundredths, "%"
	case ByWishes:
		return hundredths, "件/百人"
	}
	return hundredths, "分/百人"
}

// BoardKey names a board: who is ranked, by what, over what time, and where.
type BoardKey struct {
	Tenant  int64
	Period  Period
	Of      BoardOf
	Measure Measure
	Scope   int64 // a community, a township or the county
}

// String returns the name of the board in SQL.
func (k BoardKey) String() string {
	return fmt.Sprintf("%s%s:%d", PeriodPrefix(k.Tenant, k.Period), k.Short(), k.Scope)
}

// Short returns the part of the name that says who is ranked by what.
func (k BoardKey) Short() string { return string(k.Of[:1]) + ":" + string(k.Measure) }

// PeriodPrefix is how the names of all boards of a period begin.
func PeriodPrefix(tenant int64, p Period) string { return fmt.Sprintf("%d:%s:", tenant, p) }

// BoardChoice says whether a person's name may stand on boards for others to
// see (上榜选择). Who has not chosen is not shown.
type BoardChoice struct {
	UserID   int64     `gorm:"primaryKey;autoIncrement:false"`
	TenantID int64     `gorm:"not null"`
	IsPublic bool      `gorm:"not null"`
	ChosenAt time.Time `gorm:"not null"`
	Version  int64     `gorm:"not null"`
}

// BoardRow is a place on a board as it is kept in SQL: of a period that is
// over every place, of one that is not those that anybody may see.
type BoardRow struct {
	Board     string    `gorm:"primaryKey;size:64;index:idx_board_rows_subject,priority:1;index:idx_board_rows_public,priority:1"`
	Position  int64     `gorm:"primaryKey;autoIncrement:false;index:idx_board_rows_public,priority:3"`
	SubjectID int64     `gorm:"not null;index:idx_board_rows_subject,priority:2"`
	Value     int64     `gorm:"not null"`
	ReachedAt time.Time `gorm:"not null"`
	IsPublic  bool      `gorm:"not null;index:idx_board_rows_public,priority:2"`
}

// BoardMark says when the boards of a period were last written to SQL. Once
// Complete, they are for good. AsOf is also the lease of who writes them.
//
// The mark of [BoardTick] is about the county: Seed sets its keys in Redis apart
// from those of any other database, and Doubts counts what could not be told
// to Redis and has not been made good by a rebuild.
type BoardMark struct {
	TenantID int64     `gorm:"primaryKey;autoIncrement:false"`
	Period   Period    `gorm:"primaryKey;size:10"`
	AsOf     time.Time `gorm:"not null"`
	Complete bool      `gorm:"not null"`
	Seed     string    `gorm:"size:26;not null"`
	Doubts   int64     `gorm:"not null"`
}

// BoardTick is the period of the mark that is about the county.
const BoardTick Period = "tick"

// SettleTime is how long a period is over before its boards are frozen: by
// then every transaction that began in it has ended.
const SettleTime = 15 * time.Minute

// BoardGrace is how long a period is over before Redis forgets its boards.
const BoardGrace = time.Hour

// BoardPeriods returns the periods whose boards are kept in Redis at a time: the
// current ones, and those that have just ended. All time comes first: the
// version of that standing stands for all the others, so it is read first.
func BoardPeriods(now time.Time) []Period {
	var all []Period
	for _, k := range []PeriodKind{All, Season, Quarter, Month, Week} {
		p, before := PeriodAt(k, now), PeriodAt(k, now.Add(-BoardGrace))
		if all = append(all, p); before != p {
			all = append(all, before)
		}
	}
	return all
}

// PeriodNamed returns the period that a word names at a time: a kind names the
// current one.
func PeriodNamed(word string, now time.Time) (Period, error) {
	for _, k := range PeriodKinds() {
		if word == string(k) {
			return PeriodAt(k, now), nil
		}
	}
	p := Period(word)
	if from, _ := p.Bounds(); p.Kind() == "" || from.After(now) {
		return "", ErrBoardPeriod
	}
	return p, nil
}

// Over reports whether p is over at a time for so long.
func (p Period) Over(now time.Time, since time.Duration) bool {
	_, to := p.Bounds()
	return !to.IsZero() && !to.Add(since).After(now)
}
