package model

import (
	"encoding/json"
	"fmt"
	"time"
)

// CapKind says which cap what is earned counts towards.
type CapKind string

// The caps.
const (
	CapWish    CapKind = "wish"
	CapService CapKind = "service"
	CapGrid    CapKind = "grid"
	CapCouncil CapKind = "council"
)

// Feat is something done that the rules give points for: the facts, from which
// everything else is computed (计分事实).
type Feat struct {
	Source   Subject
	SourceID int64
	TenantID int64
	IssuerID int64  // the community whose budget it is
	Pair     string // whose wish it was
	Title    string
	At       time.Time // when it was done: the day whose caps it counts towards
	PostAt   time.Time // when it can no longer be appealed
	Facts
}

// Facts are what points are computed from, and kept with them. Those of hours
// of service have [Hours], which those of a wish say nothing about.
type Facts struct {
	Team       []int64 // the one who claimed first
	Own        []int64 // of the team, those of the household: they earn nothing
	Kind       WishKind
	Difficulty Difficulty
	Minutes    int64
	Stars      int64 // 0: unrated
	Solved     Solved
	*Hours
}

// Used is how full a person's caps are, on the day and in the month of a feat.
type Used struct{ Day, Pair int64 }

// Factor is a number that points were multiplied with, in tenths.
type Factor struct {
	Name   RuleName
	Title  string
	Tenths int64
}

// Cut says which cap took how much away, and how full it was.
type Cut struct {
	Cap   RuleName
	Title string
	Limit int64
	Used  int64
	Cut   int64
}

// Share is what one of a team gets.
type Share struct {
	UserID int64
	Due    int64 // before cuts
	Points int64 // what was booked
	Cuts   []Cut
	Why    string
}

// Explanation is how a number of points came about: enough to compute it again.
type Explanation struct {
	Facts
	Base    int64 // of an hour for companionship, else of the wish
	Factors []Factor
	Total   int64 // before it is shared and cut
	Shares  []Share
}

// Weigh computes what f is worth under r, and what each of the team gets of it
// with caps as full as used says.
func (r *PointRule) Weigh(f Feat, used map[int64]Used) Explanation {
	if f.Hours != nil {
		return r.weighHours(f, used)
	}
	x := Explanation{Facts: f.Facts, Base: r.base(f.Kind)}
	x.Factors = []Factor{r.factor(difficulties[f.Difficulty]), r.factor(judgements(f.Stars))}
	total, over := x.Base, int64(1)
	if f.Kind == WishCompanionship {
		total, over = total*f.Minutes, 60
	}
	for _, by := range x.Factors {
		total, over = total*by.Tenths, over*10
	}
	x.Total = (total + over/2) / over // half a point is a point
	n := int64(len(f.Team))
	for i, user := range f.Team {
		s := Share{UserID: user, Due: x.Total / n}
		if int64(i) < x.Total%n {
			s.Due++
		}
		x.Shares = append(x.Shares, r.cut(s, f, used[user]))
	}
	return x
}

var difficulties = map[Difficulty]RuleName{Easy: RuleEasy, Medium: RuleMedium, Hard: RuleHard, "": RuleEasy}

func judgements(stars int64) RuleName {
	switch {
	case stars == 0:
		return RuleUnrated
	case stars >= 5:
		return RuleStars5
	case stars == 4:
		return RuleStars4
	case stars == 3:
		return RuleStars3
	}
	return RuleStarsLow
}

func (r *PointRule) base(k WishKind) int64 {
	switch k {
	case WishGoods:
		return r.Number(RuleGoods)
	case WishCompanionship:
		return r.Number(RuleCompanionship)
	}
	return r.Number(RuleService)
}

func (r *PointRule) factor(name RuleName) Factor {
	return Factor{Name: name, Title: name.Title(), Tenths: r.Number(name)}
}

// Title returns what people call the number named n.
func (n RuleName) Title() string {
	for _, s := range ruleSpecs {
		if s.Name == n {
			return s.Title
		}
	}
	return ""
}

// cut takes from a share what household and caps do not allow.
func (r *PointRule) cut(s Share, f Feat, used Used) Share {
	s.Points = s.Due
	for _, own := range f.Own {
		if own == s.UserID {
			s.Points, s.Why = 0, "为自家办的心愿不计分"
			return s
		}
	}
	if limit := r.Number(RulePairMonth); s.Points > 0 && f.Pair != "" && used.Pair >= limit {
		s.Cuts = append(s.Cuts, Cut{RulePairMonth, RulePairMonth.Title(), limit, used.Pair, s.Points})
		s.Points = 0
	}
	if limit := r.Number(RuleWishDay); s.Points > max(0, limit-used.Day) {
		left := max(0, limit-used.Day)
		s.Cuts = append(s.Cuts, Cut{RuleWishDay, RuleWishDay.Title(), limit, used.Day, s.Points - left})
		s.Points = left
	}
	return s
}

// Posting returns the transaction that books f as pending (待入账), as x explains.
func (f *Feat) Posting(x Explanation, rule int64) (*Posting, error) {
	detail, err := json.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("points: explain: %w", err)
	}
	p := &Posting{Txn: PointTxn{
		TenantID: f.TenantID, Kind: PointEarn, SourceType: f.Source, SourceID: f.SourceID, RuleVersion: rule,
		Memo: f.Title, Detail: string(detail), OccurredAt: f.At,
	}}
	for _, s := range x.Shares {
		e := p.Move(s.Points, AccountIssue, f.IssuerID, AccountPending, s.UserID)
		e.CapDay, e.CapKind, e.Pair = DayNumber(f.At), f.capKind(), f.Pair
	}
	return p, nil
}

// Explained unpacks the explanation of t; false if there is none.
func (t *PointTxn) Explained() (x Explanation, ok bool) {
	if t.Detail == "" {
		return x, false
	}
	return x, json.Unmarshal([]byte(t.Detail), &x) == nil
}

// Post returns the transaction that makes what p earned the members' own
// (入账), and what each is credited with on the boards.
func (p *Posting) Post(now time.Time) *Posting {
	q := &Posting{Txn: PointTxn{
		TenantID: p.Txn.TenantID, Kind: PointPost, SourceType: p.Txn.SourceType, SourceID: p.Txn.SourceID, RuleVersion: p.Txn.RuleVersion,
		Memo: p.Txn.Memo, OccurredAt: now,
	}}
	x, _ := p.Txn.Explained()
	for _, s := range x.Shares {
		q.Move(s.Points, AccountPending, s.UserID, AccountMember, s.UserID).Lot = SeasonOf(now)
		q.Deeds = append(q.Deeds, x.deed(p.Txn.TenantID, s))
	}
	return q
}

// deed returns what one of a team is credited with on the boards.
func (x *Explanation) deed(tenant int64, s Share) Deed {
	d := Deed{TenantID: tenant, UserID: s.UserID, Tally: Tally{Honour: s.Points, Minutes: x.Minutes}}
	if x.Hours != nil {
		return d
	}
	d.Wishes, d.Stars = 1, x.Stars
	if s.UserID == x.Team[0] {
		d.Led = 1
	}
	if x.Stars > 0 {
		d.Rated = 1
	}
	if x.Stars > 0 && x.Solved == SolvedYes {
		d.Tally.Solved = 1
	}
	return d
}

// Text says how x came about, in plain Chinese. Version is that of the rules; 0
// is the built-in one.
func (x *Explanation) Text(version int64) []string {
	rule := "系统默认积分规则"
	if version > 0 {
		rule = fmt.Sprintf("本县第 %d 版积分规则", version)
	}
	if x.Hours != nil {
		return x.hoursText(rule)
	}
	base := fmt.Sprintf("按%s: 基础 %d 分", rule, x.Base)
	if x.Kind == WishCompanionship {
		base = fmt.Sprintf("按%s: 每小时 %d 分, 服务 %d 分钟", rule, x.Base, x.Minutes)
	}
	for _, f := range x.Factors {
		base += fmt.Sprintf(" × %s %d.%d", f.Title, f.Tenths/10, f.Tenths%10)
	}
	all := []string{base + fmt.Sprintf(", 共 %d 分", x.Total)}
	if n := len(x.Team); n > 1 {
		all = append(all, fmt.Sprintf("由 %d 人分享", n))
	}
	for _, s := range x.Shares {
		if s.Why != "" {
			all = append(all, s.Why)
		}
		for _, c := range s.Cuts {
			all = append(all, fmt.Sprintf("%s %d, 此前已有 %d, 扣去 %d 分", c.Title, c.Limit, c.Used, c.Cut))
		}
		all = append(all, fmt.Sprintf("应得 %d 分, 实得 %d 分", s.Due, s.Points))
	}
	return all
}
