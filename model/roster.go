package model

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"dandelion/internal/fault"
)

// Faults of rosters.
var (
	ErrRosterNotFound = fault.Define(fault.NotFound, "roster.not_found", "名单中没有这一条")
	ErrRosterRemoved  = fault.Define(fault.Conflict, "roster.removed", "这一条已移出名单")
	ErrRosterRows     = fault.Define(fault.Invalid, "roster.rows", "名单中有不正确的行, 请按提示修改后重新提交, 本次没有导入任何人")
	ErrRosterTitles   = fault.Define(fault.Invalid, "roster.titles", "表格第一行须有“姓名”和“手机号”两列, 请下载模板填写")
	ErrRosterEmpty    = fault.Define(fault.Invalid, "roster.empty", "表格中没有可导入的人员")
	ErrRosterMany     = fault.Define(fault.Invalid, "roster.many", "每次至多导入 1000 人, 请分次导入")
)

// How many people one call can bring onto a roster: as JSON, and as a file.
const (
	MaxRosterEntries = 200
	MaxRosterRows    = 1000
)

// RosterState says whether somebody is on a roster.
type RosterState string

// The states of a line of a roster.
const (
	RosterActive  RosterState = "active"  // 在册
	RosterRemoved RosterState = "removed" // 已移出
)

// RosterStates returns the states of a line of a roster.
func RosterStates() []RosterState { return []RosterState{RosterActive, RosterRemoved} }

// RosterEntry is a party member whom a unit has on its books (在册党员). Name and
// Phone are sealed; the two indexes find them without telling them. ActiveKey is
// unique and set while he is on the roster, so that a number is there once.
type RosterEntry struct {
	ID         int64       `gorm:"primaryKey;autoIncrement:false;index:idx_roster_entries_unit,priority:3"`
	TenantID   int64       `gorm:"not null"`
	UnitID     int64       `gorm:"not null;index:idx_roster_entries_unit,priority:1"`
	State      RosterState `gorm:"size:8;not null;index:idx_roster_entries_unit,priority:2"`
	Name       string      `gorm:"size:255;not null"`
	Phone      string      `gorm:"size:255;not null"`
	NameIndex  string      `gorm:"size:64;not null"`
	PhoneIndex string      `gorm:"size:64;not null"`
	AddedBy    int64       `gorm:"not null"`
	RemovedBy  int64       `gorm:"not null"` // 0: nobody
	CreatedAt  time.Time   `gorm:"not null"`
	RemovedAt  *time.Time
	UpdatedAt  time.Time `gorm:"not null"`
	ActiveKey  *string   `gorm:"size:96;uniqueIndex:idx_roster_entries_active"`
	Version    int64     `gorm:"not null"`
}

// RosterKey names the one place that a phone number has on the roster of a unit.
func RosterKey(unit int64, phoneIndex string) string { return fmt.Sprintf("%d:%s", unit, phoneIndex) }

// NewRosterEntry returns the line of somebody who is found by the two indexes,
// on the roster of unit. What is sealed in it the caller adds.
func NewRosterEntry(id int64, unit *Org, nameIndex, phoneIndex string, st Step) *RosterEntry {
	key := RosterKey(unit.ID, phoneIndex)
	return &RosterEntry{
		ID: id, TenantID: unit.TenantID, UnitID: unit.ID, State: RosterActive, NameIndex: nameIndex, PhoneIndex: phoneIndex,
		AddedBy: st.Who.UserID, CreatedAt: st.Now, UpdatedAt: st.Now, ActiveKey: &key, Version: 1,
	}
}

// Remove takes e off the roster (移出名单).
func (e *RosterEntry) Remove(st Step) error {
	if e.State != RosterActive {
		return ErrRosterRemoved
	}
	e.State, e.RemovedBy, e.RemovedAt, e.ActiveKey = RosterRemoved, st.Who.UserID, &st.Now, nil
	return nil
}

// Is reports whether e is the line of whoever the two indexes find.
func (e *RosterEntry) Is(nameIndex, phoneIndex string) bool {
	return e.State == RosterActive && e.NameIndex == nameIndex && e.PhoneIndex == phoneIndex
}

// SeesRoster says whether a may know who belongs to unit: its liaison, or who is
// of the staff above it. For others what is the unit's own is not there.
func (a Actor) SeesRoster(unit *Org) error {
	if unit.Kind != OrgUnit || unit.TenantID != a.TenantID || !a.Organises(unit.Path) {
		return ErrOrgNotFound
	}
	return nil
}

// KeepsRoster says whether a may write the roster of unit: who may know of it,
// and who administers the county.
func (a Actor) KeepsRoster(unit *Org) error {
	if unit.Kind == OrgUnit && unit.TenantID == a.TenantID && a.Holds(unit.Path, RoleAdmin) {
		return nil
	}
	return a.SeesRoster(unit)
}

// Own reports whether a is the liaison of unit itself, who knows its people by
// name. All others see them masked.
func (a Actor) Own(unit *Org) bool {
	return a.TenantID == unit.TenantID && a.HoldsAt(unit.ID, RoleLiaison)
}

// PersonName returns a person's name in the form in which names are compared:
// without the spaces that people put between the characters, and with one dot
// for all; false if it can be no name.
func PersonName(s string) (string, bool) {
	s, ok := CleanText(s, 2, 30)
	if !ok {
		return "", false
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case strings.ContainsRune("•・‧∙.．", r):
			return '·'
		}
		return r
	}, s)
	n := len([]rune(s))
	return s, n >= 2 && n <= 20 && !strings.ContainsFunc(s, func(r rune) bool { return r != '·' && !unicode.IsLetter(r) })
}

// CleanPhone returns a mobile number as it is compared, from how people write it:
// with spaces, hyphens, wide digits or the code of the country; "" if it is none.
func CleanPhone(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return narrow(r)
	}, s)
	if rest, ok := strings.CutPrefix(s, "+86"); ok {
		s = rest
	}
	if !ValidPhone(s) {
		return ""
	}
	return s
}
