package model

import "slices"

// RedemptionState is how a redemption stands.
type RedemptionState string

// The states of a redemption.
const (
	RedemptionHeld      RedemptionState = "held"      // 待领取
	RedemptionPickedUp  RedemptionState = "picked_up" // 已领取
	RedemptionCancelled RedemptionState = "cancelled" // 已取消
	RedemptionExpired   RedemptionState = "expired"   // 已过期
)

// RedemptionEvent is a verb that moves a redemption.
type RedemptionEvent string

// The events of a redemption. The last only the system can cause.
const (
	RedemptionRedeem RedemptionEvent = "redeem"     // 兑换
	RedemptionName   RedemptionEvent = "name_proxy" // 委托代领
	RedemptionDrop   RedemptionEvent = "drop_proxy" // 撤回委托
	RedemptionPickUp RedemptionEvent = "pick_up"    // 核销领取
	RedemptionCancel RedemptionEvent = "cancel"     // 取消
	RedemptionLapse  RedemptionEvent = "expire"     // 逾期未领
)

// RedemptionParty is who causes an event of a redemption.
type RedemptionParty string

// The parties to a redemption.
const (
	RedemptionOwner  RedemptionParty = "owner"    // 本人
	RedemptionStaff  RedemptionParty = "verifier" // 核销员
	RedemptionSystem RedemptionParty = "system"   // 系统
)

// redemptionFlow is the whole life of a redemption; none changes state in any
// other way. It begins from no state.
var redemptionFlow = []struct {
	event    RedemptionEvent
	title    string
	from, to RedemptionState
	by       RedemptionParty
}{
	{RedemptionRedeem, "兑换", "", RedemptionHeld, RedemptionOwner},
	{RedemptionName, "委托代领", RedemptionHeld, RedemptionHeld, RedemptionOwner},
	{RedemptionDrop, "撤回委托", RedemptionHeld, RedemptionHeld, RedemptionOwner},
	{RedemptionPickUp, "核销领取", RedemptionHeld, RedemptionPickedUp, RedemptionStaff},
	{RedemptionCancel, "取消", RedemptionHeld, RedemptionCancelled, RedemptionOwner},
	{RedemptionLapse, "逾期未领", RedemptionHeld, RedemptionExpired, RedemptionSystem},
}

// redemptionStates names every state, in the order of a life.
var redemptionStates = []struct {
	state RedemptionState
	title string
	final bool
}{
	{RedemptionHeld, "待领取", false},
	{RedemptionPickedUp, "已领取", true},
	{RedemptionCancelled, "已取消", true},
	{RedemptionExpired, "已过期", true},
}

// RedemptionStates returns the states of a redemption in the order of its life.
func RedemptionStates() []RedemptionState {
	all := make([]RedemptionState, len(redemptionStates))
	for i, s := range redemptionStates {
		all[i] = s.state
	}
	return all
}

// Title returns what people call s.
func (s RedemptionState) Title() string {
	for _, t := range redemptionStates {
		if t.state == s {
			return t.title
		}
	}
	return ""
}

// Final reports whether a redemption in s is over.
func (s RedemptionState) Final() bool {
	for _, t := range redemptionStates {
		if t.state == s {
			return t.final
		}
	}
	return false
}

// RedemptionEvents returns the events of a redemption in the order of the table.
func RedemptionEvents() []RedemptionEvent {
	all := make([]RedemptionEvent, len(redemptionFlow))
	for i, t := range redemptionFlow {
		all[i] = t.event
	}
	return slices.Compact(all)
}

// Title returns what people call e.
func (e RedemptionEvent) Title() string {
	for _, t := range redemptionFlow {
		if t.event == e {
			return t.title
		}
	}
	return ""
}

// Title returns what people call p.
func (p RedemptionParty) Title() string {
	return map[RedemptionParty]string{RedemptionOwner: "本人", RedemptionStaff: "核销员", RedemptionSystem: "系统"}[p]
}

// A RedemptionArrow is one way from a state to another, for diagrams and tests.
// From is "" where a redemption begins.
type RedemptionArrow struct {
	Event    RedemptionEvent
	From, To RedemptionState
	By       RedemptionParty
}

// RedemptionArrows returns every way that the table allows.
func RedemptionArrows() []RedemptionArrow {
	all := make([]RedemptionArrow, len(redemptionFlow))
	for i, t := range redemptionFlow {
		all[i] = RedemptionArrow{Event: t.event, From: t.from, To: t.to, By: t.by}
	}
	return all
}
