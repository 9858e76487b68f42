package model

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Verbs check, then change; a verb that refuses leaves the case untouched.

// move is the only place where a case comes to a state: it says who has to act
// next and winds the clock.
func (c *PointCase) move(to PointCaseState, s Step) {
	c.State, c.DueAt, c.QueueOrgID = to, nil, 0
	switch to {
	case CaseProposed:
		c.DueAt, c.QueueOrgID = after(s, CaseReviewTime), c.CommunityID
	case CaseApproved:
		c.AppealUntil = after(s, CaseAppealTime)
	case CaseAppealed:
		c.DueAt, c.QueueOrgID = after(s, CaseDecideTime), c.OrgPath.At(LevelTownship)
	}
	if !to.stands() {
		c.ActiveKey = nil
	}
}

// PartyTo returns what who is to c; 0 for a stranger, and for everybody of
// another county.
func (c *PointCase) PartyTo(who Actor) CaseParty {
	switch {
	case who.TenantID != c.TenantID || who.TenantID == 0:
		return 0
	case who.System:
		return CaseSystem
	case who.UserID == 0:
		return 0
	}
	var p CaseParty
	if who.UserID == c.UserID {
		p |= CaseConcerned
	}
	if who.Holds(c.OrgPath, RoleWorker, RoleTownship, RoleCounty) {
		p |= CaseWorker
	}
	if who.Holds(c.OrgPath, RoleTownship, RoleCounty) {
		p |= CaseOfficer
	}
	if who.Holds(c.OrgPath, RoleAuditor) {
		p |= CaseReader
	}
	return p
}

// PartIn returns the part in which who does e to c, for its history.
func (c *PointCase) PartIn(e PointCaseEvent, who Actor) string {
	p := c.PartyTo(who)
	for _, t := range pointCaseFlow {
		if t.event == e && t.by&p != 0 {
			return t.by.Name()
		}
	}
	return p.Name()
}

// may says why who cannot cause e now, or nil: first whether it is his to do at
// all, then whether the state allows it.
func (c *PointCase) may(e PointCaseEvent, who Actor) error {
	p := c.PartyTo(who)
	if p == 0 {
		return ErrPointCaseNotFound
	}
	i := slices.IndexFunc(pointCaseFlow, func(t caseTransition) bool { return t.event == e })
	switch t := pointCaseFlow[i]; {
	case t.by&p == 0:
		return ErrPointCaseWho
	case t.by != CaseConcerned && p&CaseConcerned != 0:
		return ErrPointCaseOwn
	case t.by == CaseWorker && who.UserID == c.ProposedBy,
		t.by == CaseOfficer && (who.UserID == c.ProposedBy || who.UserID == c.ReviewedBy):
		return ErrPointCaseSame
	case t.from != c.State:
		return c.refuse(e, who)
	}
	return nil
}

// refuse tells in which state c is and what who can do instead.
func (c *PointCase) refuse(e PointCaseEvent, who Actor) error {
	var names []string
	possible := []PointCaseEvent{}
	for _, t := range pointCaseFlow {
		if t.from == c.State && t.by != CaseSystem && c.may(t.event, who) == nil {
			names, possible = append(names, t.title), append(possible, t.event)
		}
	}
	if names == nil {
		names = []string{"无"}
	}
	return ErrPointCaseState.Saying("这项积分处理现在是“%s”, 不能%s; 您现在可以进行的操作: %s", c.State.Title(), e.Title(), strings.Join(names, "、")).
		With("state", c.State).With("possible", possible)
}

// Possible returns what who can do with c now, in the order of the table.
func (c *PointCase) Possible(who Actor, now time.Time) []PointCaseEvent {
	all := []PointCaseEvent{}
	for _, t := range pointCaseFlow {
		if t.from != c.State || t.by == CaseSystem || c.may(t.event, who) != nil || t.event == CaseAppeal && c.late(now) {
			continue
		}
		all = append(all, t.event)
	}
	return all
}

// Approve puts c in force (同意). Whoever proposed it cannot.
func (c *PointCase) Approve(s Step, answer string) error {
	if err := c.may(CaseApprove, s.Who); err != nil {
		return err
	}
	c.move(CaseApproved, s)
	c.ReviewedBy, c.Answer = s.Who.UserID, answer
	return nil
}

// Refuse ends c before anything was booked (不同意).
func (c *PointCase) Refuse(s Step, answer string) error {
	if err := c.may(CaseRefuse, s.Who); err != nil {
		return err
	}
	c.move(CaseRefused, s)
	c.ReviewedBy, c.Answer = s.Who.UserID, answer
	return nil
}

func (c *PointCase) late(now time.Time) bool {
	return c.AppealUntil == nil || now.After(*c.AppealUntil)
}

// File asks the township to look again, once and in time (申诉).
func (c *PointCase) File(s Step, why string) error {
	if err := c.may(CaseAppeal, s.Who); err != nil {
		return err
	}
	if c.late(s.Now) {
		return ErrPointCaseLate
	}
	c.move(CaseAppealed, s)
	c.Appeal = why
	return nil
}

// Uphold finds that the appeal is right: what was booked is to be reversed
// (申诉成立).
func (c *PointCase) Uphold(s Step, ruling string) error {
	return c.decide(CaseUphold, CaseUpheld, s, ruling)
}

// Dismiss finds that the decision stands (维持原决定).
func (c *PointCase) Dismiss(s Step, ruling string) error {
	return c.decide(CaseDismiss, CaseDismissed, s, ruling)
}

func (c *PointCase) decide(e PointCaseEvent, to PointCaseState, s Step, ruling string) error {
	if err := c.may(e, s.Who); err != nil {
		return err
	}
	c.move(to, s)
	c.DecidedBy, c.Ruling = s.Who.UserID, ruling
	return nil
}

// Ring does what falls due: a proposal that nobody looked at lapses, an appeal
// that nobody decided goes to the county, whose queue it stays in.
func (c *PointCase) Ring(s Step) (PointCaseEvent, error) {
	if c.State == CaseProposed {
		if err := c.may(CaseLapse, s.Who); err != nil {
			return "", err
		}
		c.move(CaseLapsed, s)
		return CaseLapse, nil
	}
	if err := c.may(CaseEscalate, s.Who); err != nil {
		return "", err
	}
	c.DueAt, c.QueueOrgID, c.Escalated = nil, c.OrgPath.At(LevelCounty), true
	return CaseEscalate, nil
}

// effect says in words what c does to the points.
func (c *PointCase) effect() string {
	if c.Change < 0 {
		return fmt.Sprintf("扣减 %d 分", -c.Change)
	}
	return fmt.Sprintf("增加 %d 分", c.Change)
}

// Told returns how c stands and what comes next, in plain words for the person
// concerned.
func (c *PointCase) Told(now time.Time) string {
	switch c.State {
	case CaseProposed:
		return "工作人员提出" + c.effect() + ", 正由另一位工作人员复核; 复核通过前积分不变, 逾期未复核自动失效, 您不用办理。"
	case CaseApproved:
		if c.late(now) {
			return "已" + c.effect() + ", 申诉期限已过。"
		}
		return "已" + c.effect() + "。如有异议, 可在" + Said(*c.AppealUntil) + "前申诉一次。"
	case CaseRefused:
		return "复核未通过, 积分没有变动。"
	case CaseLapsed:
		return "逾期未复核, 已自动失效, 积分没有变动。"
	case CaseAppealed:
		if c.Escalated {
			return "您的申诉超过答复期限, 已上提到县级处理。"
		}
		return "您的申诉由乡镇（街道）或县级处理, 将在" + Said(*c.DueAt) + "前答复; 超过期限自动上提县级。"
	case CaseUpheld:
		return "申诉成立, 相关积分和荣誉分已恢复原状。"
	case CaseDismissed:
		return "申诉后维持原决定, 处理到此结束。"
	}
	return ""
}
