package model

import (
	"time"

	"dandelion/internal/fault"
)

// Faults of check-ins.
var (
	ErrAttendanceNotFound = fault.Define(fault.NotFound, "attendance.not_found", "没有这条签到记录")
	ErrAttendanceState    = fault.Define(fault.Conflict, "attendance.state", "签到记录的当前状态不能这样操作")
	ErrCheckedIn          = fault.Define(fault.Conflict, "attendance.checked_in", "您已签到")
	ErrNotCheckedIn       = fault.Define(fault.Conflict, "attendance.not_checked_in", "尚未签到, 不能签退")
	ErrElsewhere          = fault.Define(fault.Conflict, "attendance.elsewhere", "您在另一处还没有签退, 请先签退")
	ErrCheckInWindow      = fault.Define(fault.Conflict, "attendance.window", "不在签到或签退的时间内")
	ErrCheckInCode        = fault.Define(fault.Invalid, "attendance.code", "签到码无效或已过期, 请重新扫码")
	ErrCheckInMode        = fault.Define(fault.Conflict, "attendance.mode", "本场不用这种方式签到")
	ErrFixMissing         = fault.Define(fault.Invalid, "attendance.fix_missing", "本场签到需要定位")
	ErrFixFar             = fault.Define(fault.Conflict, "attendance.far", "您不在活动地点附近, 如有误请由领队代签")
	ErrFixVague           = fault.Define(fault.Conflict, "attendance.vague", "定位精度不足, 请由领队代签")
)

// Attendance is that somebody was there, from when to when, and how that was
// shown (签到记录). Source is an enrolment, or the claim of a wish for a visit.
//
// OpenKey is unique and set while he is there: nobody is in two places at once.
// The fixes are in GCJ-02, in millionths of a degree, one at check-in and one at
// check-out, never a track; they are dropped at FixUntil, while the distances in
// metres stay. Devices are hashes of what the client calls its device.
type Attendance struct {
	ID          int64           `gorm:"primaryKey;autoIncrement:false;index:idx_attendances_user,priority:2"`
	TenantID    int64           `gorm:"not null"`
	SourceType  Subject         `gorm:"size:16;not null;uniqueIndex:idx_attendances_source,priority:1"`
	SourceID    int64           `gorm:"not null;uniqueIndex:idx_attendances_source,priority:2"`
	UserID      int64           `gorm:"not null;uniqueIndex:idx_attendances_source,priority:3;index:idx_attendances_user,priority:1"`
	SlotID      int64           `gorm:"not null;index:idx_attendances_slot"` // 0: a visit
	State       AttendanceState `gorm:"size:16;not null"`
	InAt        time.Time       `gorm:"not null"`
	InMode      CheckInMode     `gorm:"size:16;not null"`
	InBy        int64           `gorm:"not null"` // himself, or the leader who scanned or attested
	InLat       *int64
	InLng       *int64
	InDistance  *int64
	InDevice    string `gorm:"size:64;not null"`
	Late        bool   `gorm:"not null"`
	OutAt       *time.Time
	OutMode     CheckInMode `gorm:"size:16;not null"` // "": nobody checked out
	OutBy       int64       `gorm:"not null"`
	OutLat      *int64
	OutLng      *int64
	OutDistance *int64
	OutDevice   string     `gorm:"size:64;not null"`
	FixUntil    *time.Time `gorm:"index:idx_attendances_fix"` // NULL: there are no fixes
	Minutes     int64      `gorm:"not null"`                  // what counts
	DecidedBy   int64      `gorm:"not null"`                  // the leader who confirmed or refused; 0: nobody had to
	Reason      string     `gorm:"size:200;not null"`
	OpenKey     *int64     `gorm:"uniqueIndex:idx_attendances_open"` // the person, while he is there
	CreatedAt   time.Time  `gorm:"not null"`
	UpdatedAt   time.Time  `gorm:"not null"`
	Version     int64      `gorm:"not null"`
}

// OverPlanned is how many minutes more than planned can count.
const OverPlanned = 30

// Served returns how many minutes count of a slot that was to last so many, for
// whoever was there from in to out. Time that runs backwards counts nothing.
func Served(planned int64, in, out time.Time) int64 {
	return max(0, min(int64(out.Sub(in)/time.Minute), planned+OverPlanned))
}
