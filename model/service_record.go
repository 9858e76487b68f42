package model

import (
	"time"

	"dandelion/internal/fault"
)

// Faults of records of service.
var (
	ErrRecordNotFound = fault.Define(fault.NotFound, "service_record.not_found", "没有这条服务记录")
	ErrRecordState    = fault.Define(fault.Conflict, "service_record.state", "服务记录已被更正或作废")
)

// RecordState says whether a record of service counts.
type RecordState string

// The states of a record of service.
const (
	RecordValid RecordState = "valid" // 有效
	RecordVoid  RecordState = "void"  // 已作废: taken back, or replaced by a correction
)

// RecordStates returns the states of a record of service.
func RecordStates() []RecordState { return []RecordState{RecordValid, RecordVoid} }

// Title returns what people call s.
func (s RecordState) Title() string {
	return map[RecordState]string{RecordValid: "有效", RecordVoid: "已作废"}[s]
}

// ServiceRecord is time that somebody served, as it is certified (志愿服务记录;
// 民政部令 67 号: truthful, complete, prompt). It comes from an attendance, from
// the claim of a wish, or from a correction of an earlier record. Its minutes
// are never changed: a correction makes it void and adds another.
//
// Day is the day in Shanghai on which the service began: whose cap it fills, and
// DayLimit is that cap as it was when the record was made.
type ServiceRecord struct {
	ID           int64         `gorm:"primaryKey;autoIncrement:false;index:idx_service_records_user,priority:2;index:idx_service_records_org,priority:3"`
	TenantID     int64         `gorm:"not null"`
	UserID       int64         `gorm:"not null;index:idx_service_records_user,priority:1;index:idx_service_records_day,priority:1;uniqueIndex:idx_service_records_source,priority:3"`
	SourceType   Subject       `gorm:"size:16;not null;uniqueIndex:idx_service_records_source,priority:1"`
	SourceID     int64         `gorm:"not null;uniqueIndex:idx_service_records_source,priority:2"`
	State        RecordState   `gorm:"size:8;not null"`
	Role         EnrolmentRole `gorm:"size:8;not null"`
	SlotID       int64         `gorm:"not null"` // 0: of a wish
	AttendanceID int64         `gorm:"not null"` // that it is about; 0: of a wish
	Title        string        `gorm:"size:60;not null"`
	Place        string        `gorm:"size:60;not null"`                                  // "" for a wish: where somebody lives is nobody's business
	OrgID        int64         `gorm:"not null;index:idx_service_records_org,priority:1"` // who organised it
	OrgPath      Path          `gorm:"size:255;not null"`
	CommunityID  int64         `gorm:"not null"`
	UnitID       int64         `gorm:"not null;index:idx_service_records_unit,priority:1"` // of the person, at the time; 0: none
	StartedAt    time.Time     `gorm:"not null"`
	EndedAt      time.Time     `gorm:"not null"`
	Day          Day           `gorm:"size:10;not null;index:idx_service_records_day,priority:2;index:idx_service_records_org,priority:2;index:idx_service_records_unit,priority:2"`
	Minutes      int64         `gorm:"not null"`
	CutMinutes   int64         `gorm:"not null"` // served, but above the cap of the day
	DayLimit     int64         `gorm:"not null"` // in minutes
	CertifierID  int64         `gorm:"not null"` // who confirmed it; 0: the check-in itself
	ReplacedBy   int64         `gorm:"not null"` // the record that a correction put in its place; 0: none
	CreatedAt    time.Time     `gorm:"not null"`
	UpdatedAt    time.Time     `gorm:"not null"`
	Version      int64         `gorm:"not null"`
}
