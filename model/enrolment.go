package model

import (
	"fmt"
	"time"

	"dandelion/internal/fault"
)

// Faults of enrolments.
var (
	ErrEnrolmentNotFound = fault.Define(fault.NotFound, "enrolment.not_found", "没有这条报名")
	ErrEnrolmentState    = fault.Define(fault.Conflict, "enrolment.state", "报名的当前状态不能这样操作")
	ErrEnrolled          = fault.Define(fault.Conflict, "enrolment.exists", "您已报名本场")
	ErrEnrolmentOverlap  = fault.Define(fault.Conflict, "enrolment.overlap", "与已报名的其他场次时间冲突")
	ErrEnrolmentLate     = fault.Define(fault.Conflict, "enrolment.late", "本场已经结束或不再接受报名")
	ErrEnrolmentRemoved  = fault.Define(fault.Conflict, "enrolment.removed", "领队已将您移出本场, 如有疑问请联系领队")
	ErrEnrolmentRole     = fault.Define(fault.Forbidden, "enrolment.role", "请先登记为志愿者或到社区报到")
)

// EnrolmentRole is what somebody does in a slot.
type EnrolmentRole string

// The roles in a slot.
const (
	EnrolLeader EnrolmentRole = "leader" // 领队
	EnrolMember EnrolmentRole = "member" // 队员
)

// Enrolment is somebody's place in a slot (报名). ActiveKey is unique: while it is
// set a person has one enrolment in a slot. StartsAt and EndsAt are the slot's,
// so that what overlaps is one range of one index.
type Enrolment struct {
	ID         int64          `gorm:"primaryKey;autoIncrement:false;index:idx_enrolments_user,priority:2;index:idx_enrolments_slot,priority:3"`
	TenantID   int64          `gorm:"not null"`
	ActivityID int64          `gorm:"not null"`
	SlotID     int64          `gorm:"not null;index:idx_enrolments_slot,priority:1"`
	UserID     int64          `gorm:"not null;index:idx_enrolments_user,priority:1;index:idx_enrolments_time,priority:1"`
	State      EnrolmentState `gorm:"size:16;not null;index:idx_enrolments_slot,priority:2"`
	Role       EnrolmentRole  `gorm:"size:8;not null"`
	StartsAt   time.Time      `gorm:"not null;index:idx_enrolments_time,priority:2"`
	EndsAt     time.Time      `gorm:"not null"`
	EnrolledBy int64          `gorm:"not null"` // himself, or the leader who put him on the list
	LateLeave  bool           `gorm:"not null"` // left later than is free of a mark
	Reason     string         `gorm:"size:200;not null"`
	CreatedAt  time.Time      `gorm:"not null"`
	EndedAt    *time.Time
	UpdatedAt  time.Time `gorm:"not null"`
	ActiveKey  *string   `gorm:"size:64;uniqueIndex:idx_enrolments_active"`
	Version    int64     `gorm:"not null"`
}

// EnrolmentKey names the one enrolment that a person can have in a slot.
func EnrolmentKey(slot, user int64) string { return fmt.Sprintf("%d:%d", slot, user) }

// Calendar is what a person's slots and hours are changed under (日程). Whoever
// adds to them has read them, and raises Version; so two that do not go together
// cannot both be added.
type Calendar struct {
	UserID    int64     `gorm:"primaryKey;autoIncrement:false"`
	TenantID  int64     `gorm:"not null"`
	UpdatedAt time.Time `gorm:"not null"`
	Version   int64     `gorm:"not null"`
}
