package model

import (
	"fmt"
	"time"
)

// Hours says that facts are hours of service, and what somebody was in them.
// The facts of a wish have none, and their explanations do not mention it.
type Hours struct{ Role EnrolmentRole }

// Earns reports whether r is hours that points are given for: those of
// activities. A wish has its own points, and nobody earns by not being there.
func (r *ServiceRecord) Earns() bool { return r.SlotID != 0 && r.Minutes > 0 }

// HoursFeat returns what r is worth points for. They can be appealed until
// postAt. It counts towards the caps of the day on which the service began.
func HoursFeat(r *ServiceRecord, postAt time.Time) Feat {
	return Feat{
		Source: OfServiceRecord, SourceID: r.ID, TenantID: r.TenantID, IssuerID: r.CommunityID, Title: "志愿服务时长: " + r.Title,
		At: r.StartedAt, PostAt: postAt,
		Facts: Facts{Team: []int64{r.UserID}, Minutes: r.Minutes, Hours: &Hours{r.Role}},
	}
}

// capKind returns the cap that a feat counts towards.
func (f *Feat) capKind() CapKind {
	if f.Hours != nil {
		return CapService
	}
	return CapWish
}

// weighHours computes what hours of service are worth. Used is how many minutes
// of the day had points before; those above the cap have none.
func (r *PointRule) weighHours(f Feat, used map[int64]Used) Explanation {
	x := Explanation{Facts: f.Facts, Base: r.Number(RuleHour)}
	if f.Hours.Role == EnrolLeader {
		x.Factors = []Factor{r.factor(RuleLeader)}
	}
	x.Total = x.worth(f.Minutes)
	limit := r.Number(RuleHoursDay)
	for _, user := range f.Team {
		s := Share{UserID: user, Due: x.Total, Points: x.Total}
		if left := max(0, limit-used[user].Day); f.Minutes > left {
			s.Points = x.worth(left)
			s.Cuts = []Cut{{RuleHoursDay, RuleHoursDay.Title(), limit, used[user].Day, s.Due - s.Points}}
		}
		x.Shares = append(x.Shares, s)
	}
	return x
}

// worth returns the points of so many minutes; half a point is a point.
func (x *Explanation) worth(minutes int64) int64 {
	total, over := x.Base*minutes, int64(60)
	for _, by := range x.Factors {
		total, over = total*by.Tenths, over*10
	}
	return (total + over/2) / over
}

// CountedMinutes returns how many of the minutes of x have points for one of
// its team: those that no cap of the day took away.
func (x *Explanation) CountedMinutes(user int64) int64 {
	for _, s := range x.Shares {
		if s.UserID != user {
			continue
		}
		for _, c := range s.Cuts {
			return min(x.Minutes, max(0, c.Limit-c.Used))
		}
		return x.Minutes
	}
	return 0
}

// hoursText says how the points of hours came about.
func (x *Explanation) hoursText(rule string) []string {
	base := fmt.Sprintf("按%s: 志愿服务每小时 %d 分, 本次 %s", rule, x.Base, SaidMinutes(x.Minutes))
	for _, f := range x.Factors {
		base += fmt.Sprintf(" × %s %d.%d", f.Title, f.Tenths/10, f.Tenths%10)
	}
	all := []string{base + fmt.Sprintf(", 共 %d 分（不足 1 分的四舍五入）", x.Total)}
	for _, s := range x.Shares {
		for _, c := range s.Cuts {
			all = append(all, fmt.Sprintf("%s %s, 当日此前已有 %s, 本次计分 %s, 扣去 %d 分",
				c.Title, SaidMinutes(c.Limit), SaidMinutes(c.Used), SaidMinutes(x.CountedMinutes(s.UserID)), c.Cut))
		}
		all = append(all, fmt.Sprintf("应得 %d 分, 实得 %d 分", s.Due, s.Points))
	}
	return all
}

// SaidMinutes returns so many minutes as people say them: "2 小时 5 分钟".
func SaidMinutes(n int64) string {
	switch {
	case n < 60:
		return fmt.Sprintf("%d 分钟", n)
	case n%60 == 0:
		return fmt.Sprintf("%d 小时", n/60)
	}
	return fmt.Sprintf("%d 小时 %d 分钟", n/60, n%60)
}
