package model

import (
	"time"

	"dandelion/internal/fault"
)

// Faults of the wish loop.
var (
	ErrWishNotFound   = fault.Define(fault.NotFound, "wish.not_found", "心愿不存在")
	ErrWishState      = fault.Define(fault.Conflict, "wish.state", "心愿当前状态不允许此操作")
	ErrWishTaken      = fault.Define(fault.Conflict, "wish.taken", "心愿已被他人接单")
	ErrWishWho        = fault.Define(fault.Forbidden, "wish.forbidden", "您不能对该心愿进行此操作")
	ErrWishOwn        = fault.Define(fault.Forbidden, "wish.own", "不能接自己提出或受益的心愿")
	ErrWishSame       = fault.Define(fault.Forbidden, "wish.same_person", "须由另一位工作人员办理")
	ErrWishClaimLimit = fault.Define(fault.Conflict, "wish.claim_limit", "同时接单数已达上限, 请先完成手上的心愿")
	ErrWishConsent    = fault.Define(fault.Invalid, "wish.proxy_consent", "代他人点单须记录受助人的同意")
	ErrWishText       = fault.Define(fault.Invalid, "wish.text", "文字内容为空、过长或含有不可用的字符")
	ErrWishPerson     = fault.Define(fault.Invalid, "wish.beneficiary", "受助人信息不完整或不正确")
	ErrWishDate       = fault.Define(fault.Invalid, "wish.date", "日期不在允许的范围内")
	ErrWishMinutes    = fault.Define(fault.Invalid, "wish.minutes", "服务时长须为 1–1440 分钟")
	ErrWishReceipt    = fault.Define(fault.Conflict, "wish.receipt", "物品类心愿须先登记物品交付")
	ErrWishHanded     = fault.Define(fault.Conflict, "wish.goods_handed", "物品已交付, 不能撤单、退单或更换接单人")
	ErrWishExtensions = fault.Define(fault.Conflict, "wish.extensions", "延期次数已用完")
	ErrWishNoRequest  = fault.Define(fault.Conflict, "wish.nothing_asked", "没有待审批的申请")
	ErrWishAsked      = fault.Define(fault.Conflict, "wish.already_asked", "已有待审批的申请")
	ErrWishTarget     = fault.Define(fault.Invalid, "wish.target", "派单对象不存在、已停用或不能接单")
	ErrWishTeam       = fault.Define(fault.Invalid, "wish.team", "单位接单须指定本单位的党员或志愿者, 至多 10 人")
	ErrWishRounds     = fault.Define(fault.Forbidden, "wish.rounds", "返工次数已满, 再次返工须由乡镇（街道）决定")
	ErrWishRejectCode = fault.Define(fault.Invalid, "wish.reject_code", "请选择不予受理的原因")
	ErrWishReopen     = fault.Define(fault.Conflict, "wish.reopen_over", "已超过重新办理的期限或次数")
	ErrWishReveal     = fault.Define(fault.Forbidden, "wish.reveal", "现在不能查看受助人信息")
	ErrWishEvaluation = fault.Define(fault.Invalid, "wish.evaluation", "请给出 1–5 星和是否解决")
)

// WishState is where a wish stands on its way from 点单 to 评单.
type WishState string

// The states of a wish.
const (
	WishDraft       WishState = "draft"               // 草稿
	WishSubmitted   WishState = "submitted"           // 待审核
	WishReturned    WishState = "returned"            // 退回补充
	WishOpen        WishState = "open"                // 待认领
	WishDispatched  WishState = "dispatched"          // 已派单
	WishClaimed     WishState = "claimed"             // 已接单
	WishInService   WishState = "in_service"          // 服务中
	WishReported    WishState = "reported"            // 待核实
	WishAwaiting    WishState = "awaiting_evaluation" // 待评单
	WishRework      WishState = "rework"              // 返工
	WishSuspended   WishState = "suspended"           // 挂起
	WishClosed      WishState = "closed"              // 已办结
	WishUnfulfilled WishState = "unfulfilled"         // 未能实现
	WishRejected    WishState = "rejected"            // 不予受理
	WishCancelled   WishState = "cancelled"           // 已撤回
	WishTransferred WishState = "transferred"         // 已转办
)

// WishKind is what a wish asks for.
type WishKind string

// The kinds of wish.
const (
	WishService       WishKind = "service"       // 服务
	WishGoods         WishKind = "goods"         // 物品
	WishCompanionship WishKind = "companionship" // 陪伴
)

// Urgency says how soon a wish must be looked at.
type Urgency string

// The urgencies of a wish.
const (
	Normal Urgency = "normal"
	Urgent Urgency = "urgent"
)

// Difficulty is a worker's estimate; the points of a wish depend on it.
type Difficulty string

// The difficulties of a wish.
const (
	Easy   Difficulty = "easy"
	Medium Difficulty = "medium"
	Hard   Difficulty = "hard"
)

// Channel says how a wish reached the community.
type Channel string

// The channels of a wish.
const (
	ChannelSelf  Channel = "self"  // 本人
	ChannelProxy Channel = "proxy" // 代办
	ChannelStaff Channel = "staff" // 工作人员录入
)

// AgeGroup is all that is kept in the clear of a beneficiary's age.
type AgeGroup string

// The age groups of beneficiaries.
const (
	Minor AgeGroup = "minor" // under 18
	Adult AgeGroup = "adult"
	Elder AgeGroup = "elder" // 60 and over
)

// HandOver says where the beneficiary is met. Station keeps the address from
// everybody.
type HandOver string

// The places of meeting.
const (
	AtHome    HandOver = "home"
	AtStation HandOver = "station" // 驿站交接
)

// Scope is how widely an open wish is offered.
type Scope string

// The scopes of an open wish, each with all that are before it.
const (
	ScopeCommunity Scope = "community"
	ScopeTownship  Scope = "township"
	ScopeCounty    Scope = "county"
)

// Light tells at a glance how the time of a state is spent: amber from 80 %,
// red from 100 %.
type Light string

// The lights.
const (
	Green Light = "green"
	Amber Light = "amber"
	Red   Light = "red"
)

// RejectCode is why something is not taken up as a wish.
type RejectCode string

// The reasons.
const (
	RejectScope     RejectCode = "out_of_scope" // 不属于微心愿
	RejectElsewhere RejectCode = "elsewhere"    // 应由其他渠道办理
	RejectDuplicate RejectCode = "duplicate"    // 重复提出
	RejectUntrue    RejectCode = "untrue"       // 情况不实
	RejectUnlawful  RejectCode = "unlawful"     // 违法违规或不当
	RejectProfit    RejectCode = "for_profit"   // 营利、经营
)

// RejectCodes returns the reasons.
func RejectCodes() []RejectCode {
	return []RejectCode{RejectScope, RejectElsewhere, RejectDuplicate, RejectUntrue, RejectUnlawful, RejectProfit}
}

// Solved is the resident's word on whether the wish came true.
type Solved string

// The answers to "solved?".
const (
	SolvedYes    Solved = "yes"
	SolvedPartly Solved = "partly"
	SolvedNo     Solved = "no"
)

// Wish is a resident's micro-wish (微心愿). Its beneficiary's name, phone and
// address are not in it but in a [Beneficiary], so that no list can tell them.
type Wish struct {
	ID          int64 `gorm:"primaryKey;autoIncrement:false;index:idx_wishes_requester,priority:2;index:idx_wishes_beneficiary,priority:2;index:idx_wishes_proxy,priority:2;index:idx_wishes_claimer,priority:2;index:idx_wishes_claim_org,priority:2;index:idx_wishes_claim_org_state,priority:3;index:idx_wishes_target_org,priority:3;index:idx_wishes_target_user,priority:3;index:idx_wishes_pool,priority:2;index:idx_wishes_pool_community,priority:3;index:idx_wishes_pool_kind,priority:3;index:idx_wishes_pool_urgency,priority:3;index:idx_wishes_queue,priority:3;index:idx_wishes_queue_kind,priority:3;index:idx_wishes_queue_light,priority:3;index:idx_wishes_queue_urgency,priority:3;index:idx_wishes_community,priority:2;index:idx_wishes_community_state,priority:3;index:idx_wishes_community_kind,priority:3;index:idx_wishes_community_urgency,priority:3;index:idx_wishes_community_light,priority:3"`
	TenantID    int64 `gorm:"not null"`
	CommunityID int64 `gorm:"not null;index:idx_wishes_pool_community,priority:2;index:idx_wishes_community,priority:1;index:idx_wishes_community_state,priority:1;index:idx_wishes_community_kind,priority:1;index:idx_wishes_community_urgency,priority:1;index:idx_wishes_community_light,priority:1"`
	OrgPath     Path  `gorm:"size:255;not null"` // of the community, or of the grid if it is known

	State      WishState  `gorm:"size:24;not null;index:idx_wishes_queue,priority:2;index:idx_wishes_claim_org_state,priority:2;index:idx_wishes_target_org,priority:2;index:idx_wishes_target_user,priority:2;index:idx_wishes_community_state,priority:2"`
	Kind       WishKind   `gorm:"size:16;not null;index:idx_wishes_pool_kind,priority:2;index:idx_wishes_queue_kind,priority:2;index:idx_wishes_community_kind,priority:2"`
	Urgency    Urgency    `gorm:"size:8;not null;index:idx_wishes_pool_urgency,priority:2;index:idx_wishes_queue_urgency,priority:2;index:idx_wishes_community_urgency,priority:2"`
	Difficulty Difficulty `gorm:"size:8;not null"`
	Channel    Channel    `gorm:"size:8;not null"`
	HandOver   HandOver   `gorm:"size:8;not null"`
	AgeGroup   AgeGroup   `gorm:"size:8;not null"`
	Sensitive  bool       `gorm:"column:is_sensitive;not null"`
	Skill      string     `gorm:"size:32;not null"` // what it takes to fulfil it; "" if nothing in particular
	Title      string     `gorm:"size:40;not null"`
	Detail     string     `gorm:"size:500;not null"`
	ExpectedBy *time.Time

	RequesterID     int64  `gorm:"not null;index:idx_wishes_requester,priority:1"`
	BeneficiaryID   int64  `gorm:"not null;index:idx_wishes_beneficiary,priority:1"` // 0: no account
	ProxyID         int64  `gorm:"not null;index:idx_wishes_proxy,priority:1"`       // the named proxy; 0: none
	BeneficiaryMask string `gorm:"size:16;not null"`                                 // 王**

	PoolOrgID  int64 `gorm:"not null;index:idx_wishes_pool,priority:1;index:idx_wishes_pool_community,priority:1;index:idx_wishes_pool_kind,priority:1;index:idx_wishes_pool_urgency,priority:1"` // to whom it is offered; 0 unless open
	Scope      Scope `gorm:"size:16;not null"`
	QueueOrgID int64 `gorm:"not null;index:idx_wishes_queue,priority:1;index:idx_wishes_queue_kind,priority:1;index:idx_wishes_queue_light,priority:1;index:idx_wishes_queue_urgency,priority:1"` // who must see to it; 0 when it is over

	Light     Light     `gorm:"size:8;not null;index:idx_wishes_queue_light,priority:2;index:idx_wishes_community_light,priority:2"`
	ClockFrom time.Time `gorm:"not null"` // when the time of this state began
	DueAt     *time.Time
	Alarm     int64 `gorm:"not null"` // which alarm of the state rings next
	OpenTasks int64 `gorm:"not null"` // tasks that this state has called for

	DispatchID       int64 `gorm:"not null"`
	TargetOrgID      int64 `gorm:"not null;index:idx_wishes_target_org,priority:1"`
	TargetUserID     int64 `gorm:"not null;index:idx_wishes_target_user,priority:1"`
	DispatchFailures int64 `gorm:"not null"`

	ClaimID       int64 `gorm:"not null"`
	ClaimerID     int64 `gorm:"not null;index:idx_wishes_claimer,priority:1"`
	ClaimOrgID    int64 `gorm:"not null;index:idx_wishes_claim_org,priority:1;index:idx_wishes_claim_org_state,priority:1"` // the unit or team that claimed; 0: a person
	Team          IDs   `gorm:"size:255;not null"`                                                                          // those who go, the claimer with them
	ClaimedAt     *time.Time
	AppointmentAt *time.Time
	StartedAt     *time.Time
	GoodsHanded   bool   `gorm:"not null"`
	Receipt       string `gorm:"size:200;not null"` // who took the goods, and when

	Extensions   int64 `gorm:"not null"`
	ExtendUntil  *time.Time
	ExtendReason string `gorm:"size:500;not null"`

	SuspendedFrom WishState `gorm:"size:24;not null"`
	SuspendedAt   *time.Time
	ResumeOn      *time.Time
	HeldClock     *time.Time // the clock as it stood when it was stopped
	HeldDue       *time.Time
	HeldAlarm     int64 `gorm:"not null"`
	HeldLight     Light `gorm:"size:8;not null"`

	ReportText   string `gorm:"size:1000;not null"`
	Minutes      int64  `gorm:"not null"`
	Unverified   bool   `gorm:"not null"`
	ReworkRounds int64  `gorm:"not null"`
	WithTownship bool   `gorm:"not null"` // the township has it, after too many rounds

	FailBy     int64  `gorm:"not null"` // who asked to give up; 0: nobody
	FailReason string `gorm:"size:500;not null"`

	Stars       int64  `gorm:"not null"` // 0: unrated
	Solved      Solved `gorm:"size:8;not null"`
	ClosedAt    *time.Time
	Reopened    int64 `gorm:"not null"` // times the resident had it done again
	AppealUntil *time.Time
	ReopenUntil *time.Time

	RejectCode RejectCode `gorm:"size:16;not null"`
	Reason     string     `gorm:"size:500;not null"` // the last that the resident was told
	NextHint   string     `gorm:"size:500;not null"` // and what he can do now, in a worker's words

	CreatedAt   time.Time `gorm:"not null"`
	SubmittedAt *time.Time
	UpdatedAt   time.Time `gorm:"not null"`
	Version     int64     `gorm:"not null"`
}

// Beneficiary is who a wish is for (受助人): sealed, and told only to the people
// who serve the wish. PhoneIndex finds the wishes of a number.
type Beneficiary struct {
	WishID     int64  `gorm:"primaryKey;autoIncrement:false"`
	TenantID   int64  `gorm:"not null"`
	Name       string `gorm:"size:255;not null"`
	Phone      string `gorm:"size:255;not null"`
	Address    string `gorm:"size:1000;not null"`
	PhoneIndex string `gorm:"size:64;not null;index:idx_beneficiaries_phone"`
	// How a proxy got consent (PIPL article 29: for sensitive data, separately).
	ConsentBy string     `gorm:"size:16;not null"` // oral, written, guardian; "" for oneself
	ConsentAt *time.Time // when it was recorded
}

// Reveal is one look at a beneficiary's data, and why. The beneficiary can
// read it.
type Reveal struct {
	ID        int64     `gorm:"primaryKey;autoIncrement:false"`
	TenantID  int64     `gorm:"not null"`
	WishID    int64     `gorm:"not null;index:idx_reveals_wish"`
	UserID    int64     `gorm:"not null"`
	Role      string    `gorm:"size:24;not null"`
	Reason    string    `gorm:"size:200;not null"`
	Fields    string    `gorm:"size:64;not null"` // which parts were shown
	RequestID string    `gorm:"size:32;not null"`
	CreatedAt time.Time `gorm:"not null"`
}
