package model

import (
	"strconv"
	"strings"
	"time"

	"dandelion/internal/fault"
)

// Faults of accounts.
var (
	ErrUserNotFound = fault.Define(fault.NotFound, "user.not_found", "人员不存在")
	ErrDisabled     = fault.Define(fault.Forbidden, "account.disabled", "账号已停用, 请联系社区")
	ErrPhoneTaken   = fault.Define(fault.Conflict, "account.phone_taken", "该手机号已绑定其他账号")
	ErrUserState    = fault.Define(fault.Conflict, "user.state", "账号已处于该状态")
	ErrUserSelf     = fault.Define(fault.Forbidden, "user.self", "不能停用自己的账号")
)

// UserState says whether an account can be used.
type UserState string

// The states of an account.
const (
	UserActive   UserState = "active"
	UserDisabled UserState = "disabled" // 停用: refused from the next request on
)

// User is somebody whom WeChat has introduced. Name and Phone are sealed by
// package crypt; PhoneIndex finds a number without telling it. What a county
// calls a person in public is DisplayName, "" until chosen.
type User struct {
	ID          int64     `gorm:"primaryKey;autoIncrement:false"`
	TenantID    int64     `gorm:"not null"`
	OpenID      string    `gorm:"size:64;not null;uniqueIndex:idx_users_open_id"`
	State       UserState `gorm:"size:16;not null"`
	DisplayName string    `gorm:"size:32;not null"`
	Name        string    `gorm:"size:255;not null"`
	Phone       string    `gorm:"size:255;not null"`
	PhoneIndex  *string   `gorm:"size:64;uniqueIndex:idx_users_phone"`
	HomeID      int64     `gorm:"not null"`
	HomePath    Path      `gorm:"size:255;not null"`
	Consent     string    `gorm:"size:16;not null"` // the version consented to; "": none
	CreatedAt   time.Time `gorm:"not null"`
	UpdatedAt   time.Time `gorm:"not null"`
	Version     int64     `gorm:"not null"`
}

// NewUser returns an account for somebody whom WeChat has just introduced.
func NewUser(id int64, openID string, now time.Time) User {
	return User{ID: id, OpenID: openID, State: UserActive, CreatedAt: now, UpdatedAt: now, Version: 1}
}

// offline begins the OpenID of those who have no account with WeChat.
const offline = "offline:"

// NewOfflineUser returns somebody without an account with WeChat, for whom the
// staff of the community place have his consent on paper (无智能手机人员). Nobody can
// log in as him: WeChat calls nobody so.
func NewOfflineUser(id int64, place *Org, consent string, now time.Time) User {
	u := NewUser(id, offline+strconv.FormatInt(id, 10), now)
	u.TenantID, u.HomeID, u.HomePath, u.Consent = place.TenantID, place.ID, place.Path, consent
	return u
}

// OfflineID reports whether an OpenID is of somebody without an account with
// WeChat.
func OfflineID(openID string) bool { return strings.HasPrefix(openID, offline) }

// Disable stops u from doing anything more.
func (u *User) Disable(who Actor) error {
	switch {
	case u.ID == who.UserID:
		return ErrUserSelf
	case u.State == UserDisabled:
		return ErrUserState
	}
	u.State = UserDisabled
	return nil
}

// Enable lets u in again.
func (u *User) Enable() error {
	if u.State == UserActive {
		return ErrUserState
	}
	u.State = UserActive
	return nil
}

// Session lets the holder of a token act as a user. Only the token's hash is
// kept, so that a copy of the table opens no door.
type Session struct {
	TokenHash string    `gorm:"primaryKey;size:64"`
	UserID    int64     `gorm:"not null;index:idx_sessions_user"`
	CreatedAt time.Time `gorm:"not null"`
	ExpiresAt time.Time `gorm:"not null;index:idx_sessions_expiry"`
}

// Consent is one agreement of a person to one version of the privacy policy
// (PIPL articles 14 and 15: informed, and withdrawable at any time).
type Consent struct {
	ID          int64     `gorm:"primaryKey;autoIncrement:false"`
	UserID      int64     `gorm:"not null;index:idx_consents_user"`
	Version     string    `gorm:"size:16;not null"`
	GivenAt     time.Time `gorm:"not null"`
	WithdrawnAt *time.Time
	RequestID   string `gorm:"size:32;not null"`
	TakenBy     int64  `gorm:"not null"` // of the staff, who keeps the paper on which it was given; 0: he gave it himself
}

// PrivacyKind says what a person asks for his own data.
type PrivacyKind string

// The kinds of request about one's own data.
const (
	PrivacyExport   PrivacyKind = "export"   // 导出 (PIPL article 45)
	PrivacyDeletion PrivacyKind = "deletion" // 注销 (PIPL article 47)
)

// ErrPrivacyOpen says that such a request waits already.
var ErrPrivacyOpen = fault.Define(fault.Conflict, "privacy.open", "您已有一项同类申请在办理")

// PrivacyRequest is a person's request for a copy of his data or its deletion.
type PrivacyRequest struct {
	ID        int64       `gorm:"primaryKey;autoIncrement:false"`
	TenantID  int64       `gorm:"not null"`
	UserID    int64       `gorm:"not null;index:idx_privacy_requests_user"`
	Kind      PrivacyKind `gorm:"size:16;not null"`
	AskedAt   time.Time   `gorm:"not null"`
	DueAt     time.Time   `gorm:"not null"` // 15 days after asking
	DoneAt    *time.Time
	ActiveKey *string `gorm:"size:64;uniqueIndex:idx_privacy_requests_active"`
}

// AdminCode lets whoever presents it first become the administrator of a
// county. It is made by the operator's command; only its hash is kept.
type AdminCode struct {
	CodeHash  string    `gorm:"primaryKey;size:64"`
	TenantID  int64     `gorm:"not null"`
	CreatedAt time.Time `gorm:"not null"`
	ExpiresAt time.Time `gorm:"not null"`
	UsedBy    int64     `gorm:"not null"` // 0: not yet
	UsedAt    *time.Time
}

// ErrAdminCode says that a one-time code is wrong, used or too old.
var ErrAdminCode = fault.Define(fault.Invalid, "admin_code.invalid", "一次性管理员码无效、已使用或已过期")

// Member is the registration of an in-service party member or volunteer with a
// community (在职党员报到): where he belongs and what he can do. Stars and Rated
// are a projection of his evaluations, written as absolute values.
type Member struct {
	UserID      int64     `gorm:"primaryKey;autoIncrement:false"`
	TenantID    int64     `gorm:"not null"`
	CommunityID int64     `gorm:"not null;index:idx_members_community,priority:1"`
	GridID      int64     `gorm:"not null"`
	UnitID      int64     `gorm:"not null;index:idx_members_unit"`
	TeamID      int64     `gorm:"not null;index:idx_members_team"`
	Skills      Skills    `gorm:"size:255;not null"`
	Stars       int64     `gorm:"not null"` // sum of stars received
	Rated       int64     `gorm:"not null"` // number of evaluations with stars
	CreatedAt   time.Time `gorm:"not null"`
	UpdatedAt   time.Time `gorm:"not null"`
}
