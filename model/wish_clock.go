package model

import (
	"cmp"
	"time"
)

// AlarmAction is what an alarm of a wish does when it rings.
type AlarmAction string

// What alarms do. Those that are named like an event cause it.
const (
	AlarmAmber    AlarmAction = "amber"    // light amber, remind who has to act
	AlarmRed      AlarmAction = "red"      // light red, remind, a task for the workers
	AlarmRemind   AlarmAction = "remind"   // remind, the light stays
	AlarmWiden    AlarmAction = "widen"    // offer it to more people
	AlarmDecide   AlarmAction = "decide"   // light red, a task that must be decided
	AlarmCall     AlarmAction = "call"     // remind; for an elder a call task
	AlarmResume   AlarmAction = "resume"   // light red, a task to take it up again
	AlarmEscalate AlarmAction = "escalate" // the township's queue
	AlarmTimeOut  AlarmAction = "time_out"
	AlarmExpire   AlarmAction = "expire"
	AlarmRevoke   AlarmAction = "revoke"
	AlarmPass     AlarmAction = "pass"
	AlarmLapse    AlarmAction = "lapse"
	AlarmCancel   AlarmAction = "cancel"
)

// alarm rings at a share of the state's time, in percent, plus some times a
// limit.
type alarm struct {
	percent int64
	times   int64
	limit   Limit
	do      AlarmAction
}

// wishClocks gives each state its alarms, in the order in which they ring.
// Every state that is not final has some, so that no wish can hang.
var wishClocks = map[WishState][]alarm{
	WishDraft:     {{80, 0, "", AlarmAmber}, {100, 0, "", AlarmCancel}},
	WishSubmitted: {{80, 0, "", AlarmAmber}, {100, 0, "", AlarmRed}, {200, 0, "", AlarmEscalate}},
	WishReturned:  {{80, 0, "", AlarmAmber}, {100, 0, "", AlarmCancel}},
	WishOpen: {
		{0, 1, WidenAfter, AlarmWiden},
		{80, 0, "", AlarmAmber},
		{0, 2, WidenAfter, AlarmWiden},
		{100, 0, "", AlarmDecide},
		{100, 1, EscalateAfter, AlarmEscalate},
	},
	WishDispatched: {{80, 0, "", AlarmAmber}, {100, 0, "", AlarmTimeOut}},
	WishClaimed:    {{80, 0, "", AlarmAmber}, {100, 0, "", AlarmRed}, {100, 1, OverdueGrace, AlarmExpire}},
	WishInService:  {{80, 0, "", AlarmAmber}, {100, 0, "", AlarmRed}, {100, 1, OverdueGrace, AlarmRevoke}},
	WishReported:   {{80, 0, "", AlarmAmber}, {100, 0, "", AlarmPass}},
	WishAwaiting:   {{0, 1, EvaluateRemind, AlarmCall}, {80, 0, "", AlarmAmber}, {100, 0, "", AlarmLapse}},
	WishRework:     {{80, 0, "", AlarmAmber}, {100, 0, "", AlarmRed}, {100, 1, OverdueGrace, AlarmEscalate}},
	WishSuspended:  {{100, 0, "", AlarmResume}, {100, 1, EscalateAfter, AlarmEscalate}},
}

// spans gives each state the limit that its time comes from, for a normal and
// for an urgent wish.
var spans = map[WishState][2]Limit{
	WishDraft:      {DraftLapse, DraftLapse},
	WishSubmitted:  {ReviewTime, ReviewUrgent},
	WishReturned:   {ReturnLapse, ReturnLapse},
	WishOpen:       {MustDecide, MustDecide},
	WishDispatched: {AcceptTime, AcceptUrgent},
	WishClaimed:    {AppointTime, AppointTime},
	WishInService:  {ServeTime, ServeTime},
	WishReported:   {VerifyTime, VerifyTime},
	WishAwaiting:   {EvaluateTime, EvaluateTime},
	WishRework:     {ReworkTime, ReworkTime},
}

// wind starts the clock of the state that w has just come to.
func (w *Wish) wind(s Step) {
	w.Light, w.ClockFrom, w.Alarm, w.DueAt = Green, s.Now, 0, nil
	of, ok := spans[w.State]
	if !ok {
		return
	}
	limit := of[0]
	if w.Urgency == Urgent {
		limit = of[1]
	}
	due := s.Now.Add(s.Policy.Span(limit))
	if w.State == WishInService && w.ExpectedBy != nil && w.ExpectedBy.After(s.Now) {
		due = *w.ExpectedBy
	}
	w.DueAt = &due
}

// rewind gives the current state more time, until due.
func (w *Wish) rewind(s Step, due time.Time) {
	w.Light, w.ClockFrom, w.Alarm, w.DueAt = Green, s.Now, 0, &due
}

// NextAlarm returns when the next alarm of w rings; nil if none does.
func (w *Wish) NextAlarm(p Policy) *time.Time {
	alarms := wishClocks[w.State]
	if w.DueAt == nil || w.Alarm >= int64(len(alarms)) {
		return nil
	}
	at := w.rings(alarms[w.Alarm], p)
	for _, later := range alarms[w.Alarm+1:] { // a county may set a limit beyond the one that follows
		if t := w.rings(later, p); t.Before(at) {
			at = t
		}
	}
	return &at
}

// rings returns when a is due by itself.
func (w *Wish) rings(a alarm, p Policy) time.Time {
	at := w.ClockFrom.Add(w.DueAt.Sub(w.ClockFrom) / 100 * time.Duration(a.percent))
	if a.limit != "" {
		at = at.Add(time.Duration(a.times) * p.Span(a.limit))
	}
	return at.Truncate(time.Millisecond)
}

// Ring does what the next alarm of w is for, and returns what that was. It is
// called when the alarm's time has come; the effects beyond w itself are the
// service's: it tells people, opens tasks and ends dispatches and claims.
func (w *Wish) Ring(s Step) (AlarmAction, error) {
	alarms := wishClocks[w.State]
	if w.Alarm >= int64(len(alarms)) {
		return "", ErrWishState
	}
	do := alarms[w.Alarm].do
	if do == AlarmRevoke && w.GoodsHanded {
		do = AlarmEscalate // what the beneficiary has in hand is not taken back: the township sees to it
	}
	before := *w
	w.Alarm++
	if err := w.act(do, s); err != nil {
		*w = before
		return "", err
	}
	return do, nil
}

func (w *Wish) act(do AlarmAction, s Step) error {
	switch do {
	case AlarmAmber:
		if w.Light == Green { // what is red already, since the township has it, stays red
			w.Light = Amber
		}
	case AlarmRed, AlarmDecide, AlarmResume:
		w.Light = Red
	case AlarmWiden:
		w.widen()
	case AlarmEscalate:
		w.escalate()
	case AlarmTimeOut:
		return w.unanswered(WishTimeOut, s)
	case AlarmExpire:
		return w.giveBack(WishExpire, s, "接单后未按时预约或开始服务, 系统已收回")
	case AlarmRevoke:
		return w.giveBack(WishRevoke, s, "逾期未完成, 系统已收回")
	case AlarmPass:
		return w.pass(s)
	case AlarmLapse:
		return w.lapse(s)
	case AlarmCancel:
		return w.Cancel(s, "超过时限未提交, 系统已撤回")
	}
	return nil
}

// widen offers w one scope further; at the county nothing is wider.
func (w *Wish) widen() {
	switch w.Scope {
	case ScopeCommunity:
		w.Scope = ScopeTownship
	case ScopeTownship:
		w.Scope = ScopeCounty
	}
	w.PoolOrgID = w.scopeOrg()
}

// escalate puts w into the queue one level up, in red.
func (w *Wish) escalate() {
	w.Light = Red
	w.QueueOrgID = w.township()
}

// township returns the township of w's place, or the county where there is none.
func (w *Wish) township() int64 { return cmp.Or(w.OrgPath.At(LevelTownship), w.TenantID) }
