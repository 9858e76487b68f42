package model

import "slices"

// PointCaseState is how a case stands.
type PointCaseState string

// The states of a case.
const (
	CaseProposed  PointCaseState = "proposed"
	CaseApproved  PointCaseState = "approved" // in force; for a time it can be appealed
	CaseRefused   PointCaseState = "refused"
	CaseLapsed    PointCaseState = "lapsed"
	CaseAppealed  PointCaseState = "appealed"
	CaseUpheld    PointCaseState = "upheld" // the appeal was right: what was booked is reversed
	CaseDismissed PointCaseState = "dismissed"
)

// PointCaseEvent is a verb that moves a case.
type PointCaseEvent string

// The events of a case. Those that only the system can cause come last; the
// proposal begins a case and is in no table.
const (
	CasePropose  PointCaseEvent = "propose"
	CaseApprove  PointCaseEvent = "approve"
	CaseRefuse   PointCaseEvent = "refuse"
	CaseAppeal   PointCaseEvent = "appeal"
	CaseUphold   PointCaseEvent = "uphold"
	CaseDismiss  PointCaseEvent = "dismiss"
	CaseLapse    PointCaseEvent = "lapse"
	CaseEscalate PointCaseEvent = "escalate"
)

// CaseParty is what somebody is to a case.
type CaseParty uint8

// The parties to a case.
const (
	CaseConcerned CaseParty = 1 << iota // whose points they are
	CaseWorker                          // community worker, township or county officer over his community
	CaseOfficer                         // of these, the township's and the county's
	CaseReader                          // an auditor of the place
	CaseSystem                          // a timer
)

// caseParties names the parties for history and for people.
var caseParties = []struct {
	party       CaseParty
	name, title string
}{
	{CaseSystem, "system", "系统"},
	{CaseConcerned, "concerned", "当事人"},
	{CaseOfficer, "officer", "乡镇、县级工作人员"},
	{CaseWorker, "worker", "社区、乡镇、县级工作人员"},
	{CaseReader, "reader", "审计员"},
}

// Name returns the foremost party in p, "" if there is none.
func (p CaseParty) Name() string {
	for _, n := range caseParties {
		if n.party&p != 0 {
			return n.name
		}
	}
	return ""
}

// Title returns what people call the foremost party in p.
func (p CaseParty) Title() string {
	for _, n := range caseParties {
		if n.party&p != 0 {
			return n.title
		}
	}
	return ""
}

// caseTransition is one row of the table: from which state an event leads to
// which, and who may cause it.
type caseTransition struct {
	event    PointCaseEvent
	title    string
	from, to PointCaseState
	by       CaseParty
}

// pointCaseFlow is the whole life of a case; no case changes state in any other
// way.
var pointCaseFlow = []caseTransition{
	{CaseApprove, "同意", CaseProposed, CaseApproved, CaseWorker},
	{CaseRefuse, "不同意", CaseProposed, CaseRefused, CaseWorker},
	{CaseAppeal, "申诉", CaseApproved, CaseAppealed, CaseConcerned},
	{CaseUphold, "申诉成立", CaseAppealed, CaseUpheld, CaseOfficer},
	{CaseDismiss, "维持原决定", CaseAppealed, CaseDismissed, CaseOfficer},

	{CaseLapse, "超期失效", CaseProposed, CaseLapsed, CaseSystem},
	{CaseEscalate, "上提县级", CaseAppealed, CaseAppealed, CaseSystem},
}

// pointCaseStates names every state, in the order of a life.
var pointCaseStates = []struct {
	state PointCaseState
	title string
	final bool
}{
	{CaseProposed, "待复核", false},
	{CaseApproved, "已生效", true},
	{CaseRefused, "未通过", true},
	{CaseLapsed, "超期失效", true},
	{CaseAppealed, "申诉中", false},
	{CaseUpheld, "申诉成立", true},
	{CaseDismissed, "维持原决定", true},
}

// PointCaseStates returns the states of a case in the order of its life.
func PointCaseStates() []PointCaseState {
	var all []PointCaseState
	for _, s := range pointCaseStates {
		all = append(all, s.state)
	}
	return all
}

// Title returns what people call s.
func (s PointCaseState) Title() string {
	for _, t := range pointCaseStates {
		if t.state == s {
			return t.title
		}
	}
	return ""
}

// Final reports whether a case in s waits for nobody. One that is approved can
// be appealed for a time.
func (s PointCaseState) Final() bool {
	for _, t := range pointCaseStates {
		if t.state == s {
			return t.final
		}
	}
	return false
}

// stands reports whether a case in s forbids another for the same.
func (s PointCaseState) stands() bool {
	return s != CaseRefused && s != CaseLapsed && s != CaseUpheld
}

// Title returns what people call e.
func (e PointCaseEvent) Title() string {
	for _, t := range pointCaseFlow {
		if t.event == e {
			return t.title
		}
	}
	if e == CasePropose {
		return "提出"
	}
	return ""
}

// PointCaseEvents returns the events that people can cause, in the order of the
// table.
func PointCaseEvents() []PointCaseEvent {
	var all []PointCaseEvent
	for _, t := range pointCaseFlow {
		if t.by != CaseSystem && !slices.Contains(all, t.event) {
			all = append(all, t.event)
		}
	}
	return all
}

// PointCaseArrow is one way from a state to another, for diagrams and tests.
type PointCaseArrow struct {
	Event    PointCaseEvent
	From, To PointCaseState
	By       CaseParty
}

// PointCaseArrows returns every way that the table allows.
func PointCaseArrows() []PointCaseArrow {
	var all []PointCaseArrow
	for _, t := range pointCaseFlow {
		all = append(all, PointCaseArrow{t.event, t.from, t.to, t.by})
	}
	return all
}
