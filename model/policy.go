package model

import (
	"fmt"
	"maps"
	"time"

	"dandelion/internal/fault"
)

// ErrPolicy says that a limit is unknown or outside what is sensible.
var ErrPolicy = fault.Define(fault.Invalid, "policy.invalid", "时限或上限的名称或数值不正确")

// Limit names a rule's number that a tenant may change.
type Limit string

// The limits of the wish loop (domain rules of 微心愿), and of points.
const (
	DraftLapse       Limit = "wish.draft_lapse"
	ReviewTime       Limit = "wish.review"
	ReviewUrgent     Limit = "wish.review_urgent"
	ReturnLapse      Limit = "wish.return_lapse"
	WidenAfter       Limit = "wish.widen_after"
	MustDecide       Limit = "wish.must_decide"
	AcceptTime       Limit = "wish.accept"
	AcceptUrgent     Limit = "wish.accept_urgent"
	AppointTime      Limit = "wish.appoint"
	ServeTime        Limit = "wish.serve"
	ReworkTime       Limit = "wish.rework"
	OverdueGrace     Limit = "wish.overdue_grace"
	VerifyTime       Limit = "wish.verify"
	EvaluateTime     Limit = "wish.evaluate"
	EvaluateRemind   Limit = "wish.evaluate_remind"
	EscalateAfter    Limit = "wish.escalate_after"
	SuspendMax       Limit = "wish.suspend_max"
	ReopenTime       Limit = "wish.reopen"
	AppealTime       Limit = "wish.appeal"
	RevealAfterClose Limit = "wish.reveal_after_close"

	LiveClaims       Limit = "wish.live_claims"
	DispatchFailures Limit = "wish.dispatch_failures"
	Extensions       Limit = "wish.extensions"
	ReworkRounds     Limit = "wish.rework_rounds"

	CaseReviewTime Limit = "points.case_review"
	CaseAppealTime Limit = "points.case_appeal"
	CaseDecideTime Limit = "points.case_decide"
	RewardPickUp   Limit = "reward.pick_up"
	BoardPeople    Limit = "board.people"        // whether there are boards of members
	BoardOrgs      Limit = "board.organisations" // whether there are boards of organisations

	LeaveFree     Limit = "activity.leave_free"     // how long before a slot one can leave without a mark
	CheckInEarly  Limit = "activity.check_in_early" // how long before a slot one can check in
	CheckInLate   Limit = "activity.check_in_late"  // after how long one is late
	CheckOutLate  Limit = "activity.check_out_late" // how long after a slot one can check out
	ConfirmTime   Limit = "activity.confirm"        // how long its leader has to confirm who did not check out
	DisputeTime   Limit = "activity.dispute"        // how long hours can be disputed
	DisputeAnswer Limit = "activity.dispute_answer" // how long an answer may take: 5 working days
	FixKept       Limit = "activity.fix_kept"       // how long raw coordinates are kept
	WaitingList   Limit = "activity.waiting"        // how many can wait for a place of a slot
	ServiceDay    Limit = "activity.day_minutes"    // how many minutes of a day count
	AttestShare   Limit = "activity.attest_share"   // from which share of leader's words a slot is flagged, in per cent
	RegisterTime  Limit = "registration.review"     // how long a community has to confirm a registration
)

// Unit says what the number of a limit counts.
type Unit string

// The units of limits.
const (
	Minutes Unit = "minutes"
	Times   Unit = "times"
)

// LimitSpec describes a limit: its name for people, its default and bounds.
type LimitSpec struct {
	Limit    Limit
	Title    string
	Unit     Unit
	Default  int64
	Min, Max int64
}

const hour, day = 60, 24 * 60

// limits lists every limit with its default, which domain.md §5 gives.
var limits = []LimitSpec{
	{DraftLapse, "草稿保留时间", Minutes, 30 * day, day, 365 * day},
	{ReviewTime, "审核时限", Minutes, 24 * hour, hour, 14 * day},
	{ReviewUrgent, "紧急心愿审核时限", Minutes, 2 * hour, 10, 3 * day},
	{ReturnLapse, "退回补充时限", Minutes, 7 * day, day, 60 * day},
	{WidenAfter, "无人认领扩大范围时间", Minutes, 72 * hour, hour, 30 * day},
	{MustDecide, "无人认领须研判时间", Minutes, 7 * day, day, 60 * day},
	{AcceptTime, "接单时限", Minutes, 24 * hour, hour, 14 * day},
	{AcceptUrgent, "紧急心愿接单时限", Minutes, 2 * hour, 10, 3 * day},
	{AppointTime, "预约上门时限", Minutes, 24 * hour, hour, 14 * day},
	{ServeTime, "服务时限", Minutes, 7 * day, day, 90 * day},
	{ReworkTime, "返工时限", Minutes, 72 * hour, hour, 30 * day},
	{OverdueGrace, "逾期宽限", Minutes, 48 * hour, hour, 14 * day},
	{VerifyTime, "核实时限", Minutes, 48 * hour, hour, 14 * day},
	{EvaluateTime, "评单时限", Minutes, 7 * day, day, 60 * day},
	{EvaluateRemind, "评单提醒时间", Minutes, 3 * day, hour, 30 * day},
	{EscalateAfter, "逾期上提乡镇时间", Minutes, 72 * hour, hour, 30 * day},
	{SuspendMax, "挂起最长时间", Minutes, 30 * day, day, 90 * day},
	{ReopenTime, "重新办理期限", Minutes, 15 * day, day, 90 * day},
	{AppealTime, "申诉期限", Minutes, 7 * day, day, 60 * day},
	{RevealAfterClose, "办结后可查看联系方式时间", Minutes, 7 * day, 0, 30 * day},
	{LiveClaims, "每人同时接单上限", Times, 3, 1, 20},
	{DispatchFailures, "派单失败转乡镇次数", Times, 3, 1, 10},
	{Extensions, "延期次数上限", Times, 2, 0, 10},
	{ReworkRounds, "返工轮次上限", Times, 2, 1, 10},
	{CaseReviewTime, "积分处理复核时限", Minutes, 7 * day, day, 30 * day},
	{CaseAppealTime, "积分处理申诉期限", Minutes, 7 * day, day, 60 * day},
	{CaseDecideTime, "积分申诉答复时限", Minutes, 7 * day, day, 30 * day}, // 5 working days
	{RewardPickUp, "兑换物品领取时限", Minutes, 7 * day, day, 30 * day},
	{BoardPeople, "个人排行榜（1 开启, 0 关闭）", Times, 1, 0, 1},
	{BoardOrgs, "组织排行榜（1 开启, 0 关闭）", Times, 1, 0, 1},
	{LeaveFree, "活动开始前可免责退出时间", Minutes, 24 * hour, 0, 7 * day},
	{CheckInEarly, "可提前签到时间", Minutes, 30, 0, 4 * hour},
	{CheckInLate, "迟到认定时间", Minutes, 15, 0, 2 * hour},
	{CheckOutLate, "结束后可签退时间", Minutes, 2 * hour, 0, 12 * hour},
	{ConfirmTime, "未签退确认时限", Minutes, 72 * hour, hour, 14 * day},
	{DisputeTime, "服务时长异议期限", Minutes, 30 * day, day, 90 * day},
	{DisputeAnswer, "服务时长异议答复时限", Minutes, 7 * day, day, 30 * day}, // 5 working days
	{FixKept, "原始定位保留时间", Minutes, 30 * day, 0, 30 * day},
	{WaitingList, "每场候补人数上限", Times, 20, 0, 500},
	{ServiceDay, "每日计入服务时长上限", Minutes, 8 * hour, hour, 16 * hour},
	{AttestShare, "领队代签比例提示线（百分之）", Times, 30, 1, 100},
	{RegisterTime, "报到审核时限", Minutes, 7 * day, day, 30 * day}, // 5 working days
}

// Limits returns every limit with its description.
func Limits() []LimitSpec { return limits }

// Policy is what a tenant has set; what it has not set has its default. The
// zero Policy is all defaults.
type Policy struct{ set map[Limit]int64 }

// PolicyRow is one limit that a tenant has set.
type PolicyRow struct {
	TenantID  int64     `gorm:"primaryKey;autoIncrement:false"`
	Name      Limit     `gorm:"primaryKey;size:32"`
	Value     int64     `gorm:"not null"`
	UpdatedBy int64     `gorm:"not null"`
	UpdatedAt time.Time `gorm:"not null"`
}

// TableName says that the rows are settings.
func (PolicyRow) TableName() string { return "policies" }

// PolicyOf returns the policy that rows make.
func PolicyOf(rows []PolicyRow) Policy {
	p := Policy{set: make(map[Limit]int64, len(rows))}
	for _, r := range rows {
		p.set[r.Name] = r.Value
	}
	return p
}

// With returns p with one limit changed, or [ErrPolicy] if there is no such
// limit or it cannot have such a value.
func (p Policy) With(l Limit, value int64) (Policy, error) {
	for _, s := range limits {
		switch {
		case s.Limit != l:
			continue
		case value < s.Min || value > s.Max:
			return p, ErrPolicy.At("body.value", fmt.Sprintf("须为 %d–%d", s.Min, s.Max))
		}
		q := Policy{set: maps.Clone(p.set)}
		if q.set == nil {
			q.set = map[Limit]int64{}
		}
		q.set[l] = value
		return q, nil
	}
	return p, ErrPolicy
}

// Number returns the value of l, in its unit.
func (p Policy) Number(l Limit) int64 {
	if n, ok := p.set[l]; ok {
		return n
	}
	for _, s := range limits {
		if s.Limit == l {
			return s.Default
		}
	}
	return 0
}

// Span returns the value of l, which counts minutes, as a duration.
func (p Policy) Span(l Limit) time.Duration { return time.Duration(p.Number(l)) * time.Minute }

// Step is the circumstances in which one step of a loop is taken: who takes
// it, when, and by which limits.
type Step struct {
	Who    Actor
	Now    time.Time
	Policy Policy
}
