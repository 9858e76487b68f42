package model

import (
	"fmt"
	"strings"
	"time"

	"dandelion/internal/fault"
)

// Faults of certificates of hours.
var (
	ErrCertificateNotFound = fault.Define(fault.NotFound, "certificate.not_found", "没有这份证明, 请核对编号")
	ErrCertificatePeriod   = fault.Define(fault.Invalid, "certificate.period", "起止日期不正确: 须先起后止, 不晚于今天, 且不超过 10 年")
	ErrCertificateHours    = fault.Define(fault.Conflict, "certificate.no_hours", "这段时间内没有已确认的志愿服务时长, 不能出具证明")
	ErrCertificateName     = fault.Define(fault.Conflict, "certificate.no_name", "请先在个人资料中填写真实姓名, 再申请证明")
	ErrCertificateLimit    = fault.Define(fault.Conflict, "certificate.limit", "本年申请的证明已达 20 份, 请使用已出具的证明")
)

// Bounds of certificates of hours.
const (
	MaxCertificates   = 20 // of one person in a year
	certificateYears  = 10 // of one certificate
	CertificateLength = 16 // letters of a code: 80 bits, so that it cannot be guessed
)

// CertificateState says whether what a certificate says is still so.
type CertificateState string

// The states of a certificate. They are found when somebody asks, and stored
// nowhere.
const (
	CertificateValid    CertificateState = "valid"    // 有效
	CertificateOutdated CertificateState = "outdated" // 已过时: records that it counts were voided since
)

// CertificateStates returns the states of a certificate.
func CertificateStates() []CertificateState {
	return []CertificateState{CertificateValid, CertificateOutdated}
}

// Title returns what people call s.
func (s CertificateState) Title() string {
	return map[CertificateState]string{CertificateValid: "有效", CertificateOutdated: "已过时"}[s]
}

// Certificate says how long somebody served in a period, as it was when it was
// issued (志愿服务证明; 民政部令 67 号). It never changes; whether it still holds
// is found by its records.
//
// Name is his name then, sealed; Issuer the county's. CodeIndex finds the code
// that is on the paper without telling it; Code is the code sealed. PlaceKey is
// unique: it is one of the few places that a person has in a year.
type Certificate struct {
	ID        int64     `gorm:"primaryKey;autoIncrement:false;index:idx_certificates_user,priority:2"`
	TenantID  int64     `gorm:"not null"`
	UserID    int64     `gorm:"not null;index:idx_certificates_user,priority:1"`
	PlaceKey  string    `gorm:"size:64;not null;uniqueIndex:idx_certificates_place"`
	Issuer    string    `gorm:"size:64;not null"`
	Name      string    `gorm:"size:255;not null"`
	FromDay   Day       `gorm:"size:10;not null"`
	ToDay     Day       `gorm:"size:10;not null"`
	Minutes   int64     `gorm:"not null"`
	Services  int64     `gorm:"not null"`
	CodeIndex string    `gorm:"size:64;not null;uniqueIndex:idx_certificates_code"`
	Code      string    `gorm:"size:255;not null"`
	IssuedAt  time.Time `gorm:"not null"`
}

// TimeServed is how long and how often somebody served.
type TimeServed struct{ Minutes, Services int64 }

// NewCertificate returns the certificate of what who served from one day to
// another, who fills the place numbered place, 0 if he has none left. Its name,
// issuer and code the caller adds.
func NewCertificate(id int64, st Step, from, to Day, h TimeServed, place int) (*Certificate, error) {
	if err := CertifiablePeriod(from, to, st.Now); err != nil {
		return nil, err
	}
	switch {
	case h.Minutes <= 0:
		return nil, ErrCertificateHours
	case place < 1 || place > MaxCertificates:
		return nil, ErrCertificateLimit
	}
	return &Certificate{
		ID: id, TenantID: st.Who.TenantID, UserID: st.Who.UserID, PlaceKey: CertificatePlace(st.Who.UserID, place, st.Now),
		FromDay: from, ToDay: to, Minutes: h.Minutes, Services: h.Services, IssuedAt: st.Now,
	}, nil
}

// CertifiablePeriod says why a period cannot be certified, or nil.
func CertifiablePeriod(from, to Day, now time.Time) error {
	first, last := from.Start(), to.Start()
	switch {
	case first.IsZero() || last.IsZero() || last.Before(first), to > DayOf(now), !last.Before(first.AddDate(certificateYears, 0, 0)):
		return ErrCertificatePeriod
	}
	return nil
}

// CertificatePlace names the place numbered n, from 1, that a person has in the
// year of now, which is Shanghai's.
func CertificatePlace(user int64, n int, now time.Time) string {
	return fmt.Sprintf("%d:%s:%d", user, DayOf(now)[:4], n)
}

// Standing says whether c still holds, of which so many minutes are valid now.
// More than it says does it no harm: it was true, and still is.
func (c *Certificate) Standing(minutes int64) CertificateState {
	if minutes < c.Minutes {
		return CertificateOutdated
	}
	return CertificateValid
}

// CertificateCode makes a code of randomness, of which it needs
// [CertificateLength] bytes.
func CertificateCode(random []byte) string { return spellCode(random, CertificateLength) }

// CleanCertificateCode returns a code as it was made, from how a person typed
// it; "" if it can be none.
func CleanCertificateCode(typed string) string { return cleanCode(typed, CertificateLength) }

// SaidCode returns a code as people read it, in groups of four.
func SaidCode(code string) string {
	var parts []string
	for ; len(code) > 4; code = code[4:] {
		parts = append(parts, code[:4])
	}
	return strings.Join(append(parts, code), "-")
}
