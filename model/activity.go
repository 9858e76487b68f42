package model

import (
	"time"

	"dandelion/internal/fault"
)

// Faults of activities and their slots.
var (
	ErrActivityNotFound = fault.Define(fault.NotFound, "activity.not_found", "活动不存在")
	ErrActivityState    = fault.Define(fault.Conflict, "activity.state", "活动的当前状态不能这样操作")
	ErrActivityOrg      = fault.Define(fault.Invalid, "activity.org", "活动须由在用的社区、共建单位、服务队或社会组织举办")
	ErrActivityTerms    = fault.Define(fault.Invalid, "activity.terms", "活动的名称、说明或技能要求不正确")
	ErrActivityLarge    = fault.Define(fault.Conflict, "activity.large", "报名的人太多, 请先逐场取消")
	ErrActivityEmpty    = fault.Define(fault.Conflict, "activity.empty", "活动还没有场次, 不能发布")
	ErrSlotNotFound     = fault.Define(fault.NotFound, "slot.not_found", "场次不存在")
	ErrSlotState        = fault.Define(fault.Conflict, "slot.state", "场次的当前状态不能这样操作")
	ErrSlotBegun        = fault.Define(fault.Conflict, "slot.begun", "已有人签到或场次已开始, 不能再改时间或取消")
	ErrSlotTerms        = fault.Define(fault.Invalid, "slot.terms", "场次的时间、地点、人数或签到方式不正确")
	ErrSlotLeader       = fault.Define(fault.Invalid, "slot.leader", "领队须是本县的在册志愿者、党员或工作人员")
	ErrSlotFull         = fault.Define(fault.Conflict, "slot.full", "本场名额与候补均已满, 请看看其他场次")
)

// ActivityState is how an activity stands.
type ActivityState string

// The states of an activity.
const (
	ActivityDraft     ActivityState = "draft"     // 草稿
	ActivityPublished ActivityState = "published" // 已发布
	ActivityEnded     ActivityState = "ended"     // 已结束
	ActivityCancelled ActivityState = "cancelled" // 已取消
)

// Activity is something that an organisation invites volunteers to (活动). What
// one takes part in are its slots.
type Activity struct {
	ID          int64         `gorm:"primaryKey;autoIncrement:false;index:idx_activities_org,priority:2"`
	TenantID    int64         `gorm:"not null"`
	OrgID       int64         `gorm:"not null;index:idx_activities_org,priority:1"` // who invites
	OrgPath     Path          `gorm:"size:255;not null"`
	CommunityID int64         `gorm:"not null"` // where it is
	State       ActivityState `gorm:"size:16;not null"`
	Title       string        `gorm:"size:30;not null"`
	Detail      string        `gorm:"size:500;not null"`
	Skills      Skills        `gorm:"size:255;not null"`
	Reason      string        `gorm:"size:200;not null"` // why it was cancelled
	CreatedBy   int64         `gorm:"not null"`
	CreatedAt   time.Time     `gorm:"not null"`
	PublishedAt *time.Time
	EndedAt     *time.Time
	UpdatedAt   time.Time `gorm:"not null"`
	Version     int64     `gorm:"not null"`
}

// SlotState is how a slot stands.
type SlotState string

// The states of a slot. One of an activity that is a draft is open, and nobody
// sees it.
const (
	SlotOpen      SlotState = "open"      // 报名与进行中
	SlotEnded     SlotState = "ended"     // 已结束, 待确认
	SlotClosed    SlotState = "closed"    // 已办结
	SlotCancelled SlotState = "cancelled" // 已取消
)

// CheckInMode says how one proves that one is there (签到方式).
type CheckInMode string

// The modes of check-in. A leader's word is good in every mode, so that whoever
// has no smartphone is served.
const (
	ModeCode         CheckInMode = "code"           // 扫动态码
	ModeFence        CheckInMode = "fence"          // 定位
	ModeCodeAndFence CheckInMode = "code_and_fence" // 扫码并定位
	ModeLeader       CheckInMode = "leader"         // 领队点名
	ModeKiosk        CheckInMode = "kiosk"          // 领队扫志愿者的码
	ModeVisit        CheckInMode = "visit"          // 上门服务: of a wish, never of a slot
)

// Bounds of a slot.
const (
	MaxSlotCapacity = 500
	MaxSlotHours    = 12
	MaxSlotSeries   = 60  // slots that one call makes
	MaxSlots        = 366 // of an activity
	SlotRadius      = 300
)

// Slot is one time of an activity, the smallest thing to take part in (场次).
//
// Lat and Lng are its point in GCJ-02, in millionths of a degree; NULL if it has
// none. Enrolled and Waiting are how many places of it are taken, and are only
// ever changed by a statement that sees to it that they fit. Key is the sealed
// secret that its check-in codes are made of, KeyNo how often it was changed.
type Slot struct {
	ID          int64       `gorm:"primaryKey;autoIncrement:false;index:idx_slots_activity,priority:2;index:idx_slots_community,priority:4;index:idx_slots_tenant,priority:4;index:idx_slots_leader,priority:3"`
	TenantID    int64       `gorm:"not null;index:idx_slots_tenant,priority:1"`
	ActivityID  int64       `gorm:"not null;index:idx_slots_activity,priority:1"`
	OrgID       int64       `gorm:"not null"`
	OrgPath     Path        `gorm:"size:255;not null"`
	CommunityID int64       `gorm:"not null;index:idx_slots_community,priority:1"`
	State       SlotState   `gorm:"size:16;not null;index:idx_slots_community,priority:2;index:idx_slots_tenant,priority:2"`
	Published   bool        `gorm:"not null"`
	Mode        CheckInMode `gorm:"size:16;not null"`
	Title       string      `gorm:"size:30;not null"` // of the activity
	Skills      Skills      `gorm:"size:255;not null"`
	Place       string      `gorm:"size:60;not null"`
	Lat         *int64
	Lng         *int64
	Radius      int64      `gorm:"not null"` // in metres
	Capacity    int64      `gorm:"not null"`
	Enrolled    int64      `gorm:"not null"`
	Waiting     int64      `gorm:"not null"`
	LeaderID    int64      `gorm:"not null;index:idx_slots_leader,priority:1"`
	StartsAt    time.Time  `gorm:"not null;index:idx_slots_community,priority:3;index:idx_slots_tenant,priority:3;index:idx_slots_leader,priority:2"`
	EndsAt      time.Time  `gorm:"not null"`
	Key         string     `gorm:"column:code_key;size:255;not null"`
	KeyNo       int64      `gorm:"not null"`
	Reason      string     `gorm:"size:200;not null"` // of the last change, or why it was cancelled
	ChangedAt   *time.Time // when those enrolled were last told of a change
	CreatedAt   time.Time  `gorm:"not null"`
	UpdatedAt   time.Time  `gorm:"not null"`
	Version     int64      `gorm:"not null"`
}

// Planned returns how long s is to last, in minutes.
func (s *Slot) Planned() int64 { return int64(s.EndsAt.Sub(s.StartsAt) / time.Minute) }

// Organises reports whether a organises what the organisation at path does: he
// is its liaison, or of the staff above it.
func (a Actor) Organises(path Path) bool {
	return a.Holds(path, RoleLiaison, RoleWorker, RoleTownship, RoleCounty)
}

// Leads reports whether a leads s or organises it. For others its codes and list
// are not there.
func (a Actor) Leads(s *Slot) bool {
	return a.UserID != 0 && a.TenantID == s.TenantID && (a.UserID == s.LeaderID || a.Organises(s.OrgPath))
}
