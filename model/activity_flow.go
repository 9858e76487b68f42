package model

// EnrolmentState is how an enrolment stands.
type EnrolmentState string

// The states of an enrolment.
const (
	EnrolmentWaiting   EnrolmentState = "waiting"   // 候补中
	EnrolmentEnrolled  EnrolmentState = "enrolled"  // 已报名
	EnrolmentAttended  EnrolmentState = "attended"  // 已参加
	EnrolmentAbsent    EnrolmentState = "absent"    // 缺席
	EnrolmentLeft      EnrolmentState = "left"      // 已退出
	EnrolmentRemoved   EnrolmentState = "removed"   // 已移出
	EnrolmentLapsed    EnrolmentState = "lapsed"    // 候补未成
	EnrolmentCancelled EnrolmentState = "cancelled" // 场次取消
)

// AttendanceState is how an attendance stands.
type AttendanceState string

// The states of an attendance.
const (
	AttendancePresent     AttendanceState = "present"     // 已签到
	AttendanceDone        AttendanceState = "done"        // 已签退
	AttendanceUnconfirmed AttendanceState = "unconfirmed" // 未签退, 待领队确认
	AttendanceVoid        AttendanceState = "void"        // 不计时长
)

// CheckEvent is a verb of activities: of the activity itself, its slots, those
// enrolled and those there.
type CheckEvent string

// The events of activities.
const (
	ActivityCreate  CheckEvent = "create"
	ActivityChange  CheckEvent = "change"
	ActivityPublish CheckEvent = "publish"
	ActivityCancel  CheckEvent = "cancel"
	ActivityEnd     CheckEvent = "end"

	SlotAdd    CheckEvent = "add"
	SlotChange CheckEvent = "change"
	SlotCancel CheckEvent = "cancel"
	SlotEnd    CheckEvent = "end"
	SlotClose  CheckEvent = "close"

	EnrolEnrol   CheckEvent = "enrol"
	EnrolWait    CheckEvent = "wait"
	EnrolPromote CheckEvent = "promote"
	EnrolLeave   CheckEvent = "leave"
	EnrolRemove  CheckEvent = "remove"
	EnrolClash   CheckEvent = "clash"
	EnrolAttend  CheckEvent = "attend"
	EnrolMiss    CheckEvent = "miss"
	EnrolLapse   CheckEvent = "lapse"
	EnrolCancel  CheckEvent = "cancel"
	EnrolVouch   CheckEvent = "vouch"

	CheckIn      CheckEvent = "check_in"
	CheckOut     CheckEvent = "check_out"
	CheckClose   CheckEvent = "close"
	CheckConfirm CheckEvent = "confirm"
	CheckRefuse  CheckEvent = "refuse"
	CheckLapse   CheckEvent = "lapse"
	CheckRevise  CheckEvent = "revise"
)

// CheckParty is who causes an event of an activity.
type CheckParty string

// The parties to an activity.
const (
	PartyOrganiser CheckParty = "organiser" // 组织者: its liaison, or the staff above it
	PartyLeader    CheckParty = "leader"    // 领队, or the organiser in his place
	PartyVolunteer CheckParty = "volunteer" // 志愿者
	PartyReviewer  CheckParty = "reviewer"  // 第二人: of the staff, and not the one who decided before
	PartySystem    CheckParty = "system"    // 系统
)

// A CheckArrow is one way from a state to another of something of activities.
// From is "" where it begins.
type CheckArrow struct {
	Event    CheckEvent
	Title    string
	From, To string
	By       CheckParty
}

// activityFlow is the whole life of an activity.
var activityFlow = []CheckArrow{
	{ActivityCreate, "新建", "", string(ActivityDraft), PartyOrganiser},
	{ActivityChange, "修改", string(ActivityDraft), string(ActivityDraft), PartyOrganiser},
	{ActivityChange, "修改", string(ActivityPublished), string(ActivityPublished), PartyOrganiser},
	{ActivityPublish, "发布", string(ActivityDraft), string(ActivityPublished), PartyOrganiser},
	{ActivityCancel, "取消", string(ActivityDraft), string(ActivityCancelled), PartyOrganiser},
	{ActivityCancel, "取消", string(ActivityPublished), string(ActivityCancelled), PartyOrganiser},
	{ActivityEnd, "结束", string(ActivityPublished), string(ActivityEnded), PartySystem},
}

// slotFlow is the whole life of a slot.
var slotFlow = []CheckArrow{
	{SlotAdd, "增加场次", "", string(SlotOpen), PartyOrganiser},
	{SlotChange, "变更", string(SlotOpen), string(SlotOpen), PartyOrganiser},
	{SlotCancel, "取消", string(SlotOpen), string(SlotCancelled), PartyOrganiser},
	{SlotEnd, "到时结束", string(SlotOpen), string(SlotEnded), PartySystem},
	{SlotClose, "办结", string(SlotOpen), string(SlotClosed), PartySystem},
	{SlotClose, "办结", string(SlotEnded), string(SlotClosed), PartySystem},
}

// enrolmentFlow is the whole life of an enrolment.
var enrolmentFlow = []CheckArrow{
	{EnrolEnrol, "报名", "", string(EnrolmentEnrolled), PartyVolunteer},
	{EnrolEnrol, "代为报名", "", string(EnrolmentEnrolled), PartyLeader},
	{EnrolWait, "候补", "", string(EnrolmentWaiting), PartyVolunteer},
	{EnrolPromote, "候补递补", string(EnrolmentWaiting), string(EnrolmentEnrolled), PartySystem},
	{EnrolPromote, "领队递补", string(EnrolmentWaiting), string(EnrolmentEnrolled), PartyLeader},
	{EnrolLeave, "退出", string(EnrolmentWaiting), string(EnrolmentLeft), PartyVolunteer},
	{EnrolLeave, "退出", string(EnrolmentEnrolled), string(EnrolmentLeft), PartyVolunteer},
	{EnrolRemove, "移出", string(EnrolmentWaiting), string(EnrolmentRemoved), PartyLeader},
	{EnrolRemove, "移出", string(EnrolmentEnrolled), string(EnrolmentRemoved), PartyLeader},
	{EnrolClash, "改期冲突退出", string(EnrolmentWaiting), string(EnrolmentLeft), PartySystem},
	{EnrolClash, "改期冲突退出", string(EnrolmentEnrolled), string(EnrolmentLeft), PartySystem},
	{EnrolAttend, "签到", string(EnrolmentEnrolled), string(EnrolmentAttended), PartyVolunteer},
	{EnrolAttend, "代为签到", string(EnrolmentEnrolled), string(EnrolmentAttended), PartyLeader},
	{EnrolMiss, "缺席", string(EnrolmentEnrolled), string(EnrolmentAbsent), PartySystem},
	{EnrolLapse, "候补未成", string(EnrolmentWaiting), string(EnrolmentLapsed), PartySystem},
	{EnrolCancel, "场次取消", string(EnrolmentWaiting), string(EnrolmentCancelled), PartySystem},
	{EnrolCancel, "场次取消", string(EnrolmentEnrolled), string(EnrolmentCancelled), PartySystem},
	{EnrolVouch, "异议成立", string(EnrolmentAbsent), string(EnrolmentAttended), PartyReviewer},
}

// attendanceFlow is the whole life of an attendance.
var attendanceFlow = []CheckArrow{
	{CheckIn, "签到", "", string(AttendancePresent), PartyVolunteer},
	{CheckIn, "代为签到", "", string(AttendancePresent), PartyLeader},
	{CheckOut, "签退", string(AttendancePresent), string(AttendanceDone), PartyVolunteer},
	{CheckOut, "代为签退", string(AttendancePresent), string(AttendanceDone), PartyLeader},
	{CheckClose, "到时未签退", string(AttendancePresent), string(AttendanceUnconfirmed), PartySystem},
	{CheckConfirm, "确认", string(AttendanceUnconfirmed), string(AttendanceDone), PartyLeader},
	{CheckRefuse, "不予确认", string(AttendanceUnconfirmed), string(AttendanceVoid), PartyLeader},
	{CheckLapse, "逾期未确认", string(AttendanceUnconfirmed), string(AttendanceVoid), PartySystem},
	{CheckRevise, "更正", string(AttendanceDone), string(AttendanceDone), PartyReviewer},
	{CheckRevise, "更正", string(AttendanceVoid), string(AttendanceDone), PartyReviewer},
	{CheckRevise, "异议成立", "", string(AttendanceDone), PartyReviewer},
}

// moves returns where e leads from a state in a flow when p causes it; false
// if it leads nowhere.
func moves[S ~string](flow []CheckArrow, e CheckEvent, from S, p CheckParty) (S, bool) {
	for _, t := range flow {
		if t.Event == e && t.From == string(from) && t.By == p {
			return S(t.To), true
		}
	}
	return "", false
}

// ActivityArrows returns every way that an activity can go.
func ActivityArrows() []CheckArrow { return activityFlow }

// SlotArrows returns every way that a slot can go.
func SlotArrows() []CheckArrow { return slotFlow }

// EnrolmentArrows returns every way that an enrolment can go.
func EnrolmentArrows() []CheckArrow { return enrolmentFlow }

// AttendanceArrows returns every way that an attendance can go.
func AttendanceArrows() []CheckArrow { return attendanceFlow }
