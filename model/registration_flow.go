package model

import "slices"

// RegistrationState is how a registration stands.
type RegistrationState string

// The states of a registration.
const (
	RegistrationSubmitted RegistrationState = "submitted" // 待确认
	RegistrationReturned  RegistrationState = "returned"  // 退回补充
	RegistrationConfirmed RegistrationState = "confirmed" // 已报到
	RegistrationLeaving   RegistrationState = "leaving"   // 退出待审
	RegistrationRejected  RegistrationState = "rejected"  // 不予通过
	RegistrationWithdrawn RegistrationState = "withdrawn" // 已撤回
	RegistrationLeft      RegistrationState = "left"      // 已退出
	RegistrationReplaced  RegistrationState = "replaced"  // 已变更
)

// RegistrationEvent is a verb of registrations.
type RegistrationEvent string

// The events of a registration. Those of consent change no state; the last only
// the system can cause.
const (
	RegistrationSubmit       RegistrationEvent = "submit"
	RegistrationChange       RegistrationEvent = "change"
	RegistrationResubmit     RegistrationEvent = "resubmit"
	RegistrationWithdraw     RegistrationEvent = "withdraw"
	RegistrationConfirm      RegistrationEvent = "confirm"
	RegistrationReturn       RegistrationEvent = "return"
	RegistrationReject       RegistrationEvent = "reject"
	RegistrationAskLeave     RegistrationEvent = "ask_leave"
	RegistrationApproveLeave RegistrationEvent = "approve_leave"
	RegistrationRefuseLeave  RegistrationEvent = "refuse_leave"
	RegistrationAgree        RegistrationEvent = "consent"
	RegistrationDisagree     RegistrationEvent = "withdraw_consent"
	RegistrationReplace      RegistrationEvent = "replace"
	RegistrationDropChange   RegistrationEvent = "drop_change"
	RegistrationEscalate     RegistrationEvent = "escalate"
	RegistrationLapse        RegistrationEvent = "lapse"
)

// RegistrationParty is who causes an event of a registration.
type RegistrationParty string

// The parties to a registration.
const (
	RegistrationMember RegistrationParty = "member" // 本人
	RegistrationStaff  RegistrationParty = "staff"  // 社区工作者, or who decides in his place
	RegistrationSystem RegistrationParty = "system" // 系统
)

// A RegistrationArrow is one way from a state to another. From is "" where a
// registration begins.
type RegistrationArrow struct {
	Event    RegistrationEvent
	Title    string
	From, To RegistrationState
	By       RegistrationParty
}

// registrationFlow is the whole life of a registration; none changes state in
// any other way.
var registrationFlow = []RegistrationArrow{
	{RegistrationSubmit, "提交报到", "", RegistrationSubmitted, RegistrationMember},
	{RegistrationResubmit, "补充后重新提交", RegistrationReturned, RegistrationSubmitted, RegistrationMember},
	{RegistrationWithdraw, "撤回", RegistrationSubmitted, RegistrationWithdrawn, RegistrationMember},
	{RegistrationWithdraw, "撤回", RegistrationReturned, RegistrationWithdrawn, RegistrationMember},
	{RegistrationWithdraw, "撤回", RegistrationLeaving, RegistrationConfirmed, RegistrationMember},
	{RegistrationConfirm, "确认报到", RegistrationSubmitted, RegistrationConfirmed, RegistrationStaff},
	{RegistrationReturn, "退回补充", RegistrationSubmitted, RegistrationReturned, RegistrationStaff},
	{RegistrationReject, "不予通过", RegistrationSubmitted, RegistrationRejected, RegistrationStaff},
	{RegistrationChange, "申请变更", RegistrationConfirmed, RegistrationConfirmed, RegistrationMember},
	{RegistrationAskLeave, "申请退出", RegistrationConfirmed, RegistrationLeaving, RegistrationMember},
	{RegistrationApproveLeave, "同意退出", RegistrationLeaving, RegistrationLeft, RegistrationStaff},
	{RegistrationRefuseLeave, "不同意退出", RegistrationLeaving, RegistrationConfirmed, RegistrationStaff},

	{RegistrationReplace, "变更生效", RegistrationConfirmed, RegistrationReplaced, RegistrationSystem},
	{RegistrationDropChange, "变更未成", RegistrationConfirmed, RegistrationConfirmed, RegistrationSystem},
	{RegistrationEscalate, "逾期上提", RegistrationSubmitted, RegistrationSubmitted, RegistrationSystem},
	{RegistrationEscalate, "逾期上提", RegistrationLeaving, RegistrationLeaving, RegistrationSystem},
	{RegistrationLapse, "逾期未补充", RegistrationReturned, RegistrationWithdrawn, RegistrationSystem},
}

// registrationStates names every state, in the order of a life.
var registrationStates = []struct {
	state RegistrationState
	title string
	final bool
}{
	{RegistrationSubmitted, "待确认", false},
	{RegistrationReturned, "退回补充", false},
	{RegistrationConfirmed, "已报到", false},
	{RegistrationLeaving, "退出待审", false},
	{RegistrationRejected, "不予通过", true},
	{RegistrationWithdrawn, "已撤回", true},
	{RegistrationLeft, "已退出", true},
	{RegistrationReplaced, "已变更", true},
}

// RegistrationStates returns the states of a registration in the order of its
// life.
func RegistrationStates() []RegistrationState {
	all := make([]RegistrationState, len(registrationStates))
	for i, s := range registrationStates {
		all[i] = s.state
	}
	return all
}

// Title returns what people call s.
func (s RegistrationState) Title() string {
	for _, t := range registrationStates {
		if t.state == s {
			return t.title
		}
	}
	return ""
}

// Final reports whether a registration in s is over.
func (s RegistrationState) Final() bool {
	for _, t := range registrationStates {
		if t.state == s {
			return t.final
		}
	}
	return false
}

// RegistrationEvents returns the events of a registration in the order of the
// table, and after them those of consent.
func RegistrationEvents() []RegistrationEvent {
	var all []RegistrationEvent
	for _, t := range registrationFlow {
		if !slices.Contains(all, t.Event) {
			all = append(all, t.Event)
		}
	}
	return append(all, RegistrationAgree, RegistrationDisagree)
}

// Title returns what people call e.
func (e RegistrationEvent) Title() string {
	for _, t := range registrationFlow {
		if t.Event == e {
			return t.Title
		}
	}
	return map[RegistrationEvent]string{RegistrationAgree: "同意公开明细", RegistrationDisagree: "撤回公开明细的同意"}[e]
}

// Title returns what people call p.
func (p RegistrationParty) Title() string {
	return map[RegistrationParty]string{RegistrationMember: "本人", RegistrationStaff: "社区或上级工作人员", RegistrationSystem: "系统"}[p]
}

// RegistrationArrows returns every way that the table allows.
func RegistrationArrows() []RegistrationArrow { return registrationFlow }

// registrationMoves returns where e leads from a state when p causes it; false
// if it leads nowhere.
func registrationMoves(e RegistrationEvent, from RegistrationState, p RegistrationParty) (RegistrationState, bool) {
	for _, t := range registrationFlow {
		if t.Event == e && t.From == from && t.By == p {
			return t.To, true
		}
	}
	return "", false
}
