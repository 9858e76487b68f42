package model

import "slices"

// WishEvent is a verb that moves a wish.
type WishEvent string

// The events of the wish loop. Those that only the system can cause come last.
const (
	WishSubmit    WishEvent = "submit"            // 点单
	WishReturn    WishEvent = "return"            // 退回补充
	WishReject    WishEvent = "reject"            // 不予受理
	WishTransfer  WishEvent = "transfer"          // 转办
	WishPublish   WishEvent = "publish"           // 发布
	WishDispatch  WishEvent = "dispatch"          // 派单
	WishAccept    WishEvent = "accept"            // 接受派单
	WishDecline   WishEvent = "decline"           // 谢绝派单
	WishWithdraw  WishEvent = "withdraw"          // 撤回派单
	WishClaim     WishEvent = "claim"             // 接单
	WishAppoint   WishEvent = "appoint"           // 预约上门
	WishStart     WishEvent = "start"             // 开始服务
	WishHandGoods WishEvent = "hand_goods"        // 交付物品
	WishExtend    WishEvent = "extend"            // 申请延期
	WishApprove   WishEvent = "approve_extension" // 同意延期
	WishRefuse    WishEvent = "refuse_extension"  // 不同意延期
	WishRelease   WishEvent = "release"           // 退单
	WishRevoke    WishEvent = "revoke"            // 撤单
	WishSuspend   WishEvent = "suspend"           // 挂起
	WishResume    WishEvent = "resume"            // 恢复
	WishReport    WishEvent = "report"            // 晒单
	WishVerify    WishEvent = "verify"            // 核实
	WishSendBack  WishEvent = "send_back"         // 退回返工
	WishEvaluate  WishEvent = "evaluate"          // 评单
	WishRedo      WishEvent = "rework"            // 返工
	WishFail      WishEvent = "fail"              // 提出未能实现
	WishConfirm   WishEvent = "confirm_fail"      // 确认未能实现
	WishKeepOn    WishEvent = "refuse_fail"       // 继续办理
	WishCancel    WishEvent = "cancel"            // 撤回
	WishReopen    WishEvent = "reopen"            // 重新办理

	WishTimeOut WishEvent = "time_out" // 派单超时
	WishExpire  WishEvent = "expire"   // 接单过期
	WishPass    WishEvent = "pass"     // 超时未核实, 进入评单
	WishLapse   WishEvent = "lapse"    // 未评单, 办结
)

// Relation is what somebody is to a wish.
type Relation uint16

// The relations.
const (
	Requester      Relation = 1 << iota // 点单人
	BeneficiaryRel                      // 受助人
	Proxy                               // 代办人
	Claimer                             // 接单人, with the team that goes
	Target                              // 派单对象
	Worker                              // 社区工作者、乡镇、县级 over the wish's community
	Candidate                           // may claim it while it is open
	Observer                            // grid worker or auditor of the place
	System                              // a timer
)

// Resident is who may judge a wish and have it done again.
const Resident = BeneficiaryRel | Proxy

// transition is one row of the table: from which states an event leads to
// which, and who may cause it.
type transition struct {
	event WishEvent
	title string
	from  []WishState
	to    WishState
	by    Relation
}

// stay marks an event that changes the wish but not its state, and back one
// that returns it to where it was suspended.
const (
	stay WishState = "(stay)"
	back WishState = "(back)"
)

// suspendable are the states that can be suspended: all in which something is
// waited for, but a draft, which is nobody else's business yet.
var suspendable = []WishState{
	WishSubmitted, WishReturned, WishOpen, WishDispatched, WishClaimed, WishInService, WishReported, WishAwaiting, WishRework,
}

// wishFlow is the whole wish loop; no wish changes state in any other way.
var wishFlow = []transition{
	{WishSubmit, "提交", []WishState{WishDraft, WishReturned}, WishSubmitted, Requester},
	{WishReturn, "退回补充", []WishState{WishSubmitted}, WishReturned, Worker},
	{WishReject, "不予受理", []WishState{WishSubmitted}, WishRejected, Worker},
	{WishTransfer, "转办", []WishState{WishSubmitted, WishOpen}, WishTransferred, Worker},
	{WishPublish, "发布", []WishState{WishSubmitted}, WishOpen, Worker},
	{WishDispatch, "派单", []WishState{WishSubmitted, WishOpen}, WishDispatched, Worker},
	{WishAccept, "接受派单", []WishState{WishDispatched}, WishClaimed, Target},
	{WishDecline, "谢绝派单", []WishState{WishDispatched}, WishOpen, Target},
	{WishWithdraw, "撤回派单", []WishState{WishDispatched}, WishOpen, Worker},
	{WishClaim, "接单", []WishState{WishOpen}, WishClaimed, Candidate},
	{WishAppoint, "预约", []WishState{WishClaimed}, stay, Claimer},
	{WishStart, "开始服务", []WishState{WishClaimed}, WishInService, Claimer},
	{WishHandGoods, "交付物品", []WishState{WishInService, WishRework}, stay, Claimer},
	{WishExtend, "申请延期", []WishState{WishClaimed, WishInService}, stay, Claimer},
	{WishApprove, "同意延期", []WishState{WishClaimed, WishInService}, stay, Worker},
	{WishRefuse, "不同意延期", []WishState{WishClaimed, WishInService}, stay, Worker},
	{WishRelease, "退单", []WishState{WishClaimed, WishInService}, WishOpen, Claimer},
	{WishRevoke, "撤单", []WishState{WishClaimed, WishInService, WishRework}, WishOpen, Worker},
	{WishRevoke, "撤单", []WishState{WishInService}, WishOpen, System},
	{WishSuspend, "挂起", suspendable, WishSuspended, Worker},
	{WishResume, "恢复办理", []WishState{WishSuspended}, back, Worker},
	{WishReport, "晒单", []WishState{WishInService, WishRework}, WishReported, Claimer},
	{WishVerify, "核实", []WishState{WishReported}, WishAwaiting, Worker},
	{WishSendBack, "退回返工", []WishState{WishReported}, WishRework, Worker},
	{WishEvaluate, "评单", []WishState{WishAwaiting}, WishClosed, Resident},
	{WishRedo, "返工", []WishState{WishAwaiting}, WishRework, Worker | Resident},
	{WishFail, "提出未能实现", []WishState{WishOpen, WishClaimed, WishInService, WishRework, WishSuspended}, stay, Worker},
	{WishConfirm, "确认未能实现", []WishState{WishOpen, WishClaimed, WishInService, WishRework, WishSuspended}, WishUnfulfilled, Worker},
	{WishKeepOn, "继续办理", []WishState{WishOpen, WishClaimed, WishInService, WishRework, WishSuspended}, stay, Worker},
	{WishCancel, "撤回", []WishState{WishDraft, WishReturned, WishSubmitted, WishOpen, WishDispatched, WishSuspended}, WishCancelled, Requester | Resident},
	{WishCancel, "撤回", []WishState{WishDraft, WishReturned}, WishCancelled, System},
	{WishCancel, "撤回", []WishState{WishClaimed, WishInService, WishRework, WishSuspended}, WishCancelled, Worker},
	{WishReopen, "重新办理", []WishState{WishClosed}, WishRework, Resident | Worker},

	{WishTimeOut, "派单超时", []WishState{WishDispatched}, WishOpen, System},
	{WishExpire, "接单过期", []WishState{WishClaimed}, WishOpen, System},
	{WishPass, "超时未核实", []WishState{WishReported}, WishAwaiting, System},
	{WishLapse, "逾期未评", []WishState{WishAwaiting}, WishClosed, System},
}

// wishStates names every state, in the order of a life.
var wishStates = []struct {
	state WishState
	title string
	final bool
}{
	{WishDraft, "草稿", false},
	{WishSubmitted, "待审核", false},
	{WishReturned, "退回补充", false},
	{WishOpen, "待认领", false},
	{WishDispatched, "已派单", false},
	{WishClaimed, "已接单", false},
	{WishInService, "服务中", false},
	{WishReported, "待核实", false},
	{WishAwaiting, "待评单", false},
	{WishRework, "返工", false},
	{WishSuspended, "挂起", false},
	{WishClosed, "已办结", true},
	{WishUnfulfilled, "未能实现", true},
	{WishRejected, "不予受理", true},
	{WishCancelled, "已撤回", true},
	{WishTransferred, "已转办", true},
}

// WishStates returns the states of a wish in the order of their life.
func WishStates() []WishState {
	all := make([]WishState, len(wishStates))
	for i, s := range wishStates {
		all[i] = s.state
	}
	return all
}

// Title returns what people call s.
func (s WishState) Title() string {
	for _, t := range wishStates {
		if t.state == s {
			return t.title
		}
	}
	return ""
}

// Final reports whether a wish in s is over. A closed wish can be reopened for
// a time.
func (s WishState) Final() bool {
	return slices.ContainsFunc(wishStates, func(t struct {
		state WishState
		title string
		final bool
	},
	) bool {
		return t.state == s && t.final
	})
}

// Title returns what people call e; history also has lines of drafts, alarms
// and tasks.
func (e WishEvent) Title() string {
	for _, t := range wishFlow {
		if t.event == e {
			return t.title
		}
	}
	return otherTitles[string(e)]
}

// otherTitles are what people call the lines of history that are no events of
// the loop.
var otherTitles = map[string]string{
	string(WishVisitIn): "上门签到", string(WishVisitOut): "上门签退",
	"order": "写下心愿", "edit": "修改内容", string(AlarmAmber): "时限将到", string(AlarmRed): "超过时限", string(AlarmRemind): "提醒",
	string(AlarmWiden): "扩大范围", string(AlarmDecide): "提请研判", string(AlarmCall): "提醒评单", string(AlarmResume): "到期恢复提醒",
	string(AlarmEscalate): "上提乡镇", "task." + string(TaskDecide): "研判结果", "task." + string(TaskCall): "电话回访",
	"task." + string(TaskOverdue): "督促结果", "task." + string(TaskTakeOver): "兜底处理",
}

// WishEvents returns the events that people can cause, in the order of the
// table.
func WishEvents() []WishEvent {
	var all []WishEvent
	for _, t := range wishFlow {
		if t.by != System && !slices.Contains(all, t.event) {
			all = append(all, t.event)
		}
	}
	return all
}

// An Arrow is one way from a state to another, for diagrams and tests.
type Arrow struct {
	Event    WishEvent
	From, To WishState
	By       Relation
}

// WishArrows returns every way that the table allows. An event that leaves the
// state as it is leads to the state it came from; one that returns from a
// suspension has an arrow to each state that can be suspended.
func WishArrows() []Arrow {
	var all []Arrow
	for _, t := range wishFlow {
		for _, from := range t.from {
			for _, to := range destinations(t, from) {
				all = append(all, Arrow{Event: t.event, From: from, To: to, By: t.by})
			}
		}
	}
	return all
}

func destinations(t transition, from WishState) []WishState {
	switch t.to {
	case stay:
		return []WishState{from}
	case back:
		var to []WishState
		for _, s := range wishFlow {
			if s.event == WishSuspend {
				to = append(to, s.from...)
			}
		}
		return to
	}
	return []WishState{t.to}
}
