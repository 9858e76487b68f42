package model

import (
	"errors"
	"strings"
	"testing"
	"testing/quick"
	"time"
)

var noonOfJuly = time.Date(2026, 7, 1, 4, 0, 0, 0, time.UTC)

func TestACodeIsFoundHoweverItIsTyped(t *testing.T) {
	round := func(random [CertificateLength]byte) bool {
		code := CertificateCode(random[:])
		for _, typed := range []string{code, strings.ToLower(code), SaidCode(code), " " + strings.ToLower(SaidCode(code)) + " ", strings.ReplaceAll(SaidCode(code), "-", " ")} {
			if CleanCertificateCode(typed) != code {
				return false
			}
		}
		return len(code) == CertificateLength && strings.Trim(code, codeLetters) == ""
	}
	if err := quick.Check(round, nil); err != nil {
		t.Error(err)
	}
	for _, typed := range []string{
		"", "-", "ABCD-EFGH-JKLM-NPQ", "ABCD-EFGH-JKLM-NPQRS", "ABCD-EFGH-JKLM-NPQ0", "ABCD-EFGH-JKLM-NPQI", "ABCD-EFGH-JKLM-NPQ'", "中文中文中",
		"%%%%%%%%%%%%%%%%",
	} {
		if got := CleanCertificateCode(typed); got != "" {
			t.Errorf("%q is taken for %q", typed, got)
		}
	}
}

func TestNoCodeCanBeGuessed(t *testing.T) {
	letters := map[rune]int{}
	for b := range 256 {
		letters[rune(CertificateCode([]byte{byte(b)})[0])]++
	}
	for r, n := range letters {
		if n != 256/len(codeLetters) {
			t.Errorf("%c is %d of 256", r, n)
		}
	}
	bits := 0
	for n := len(letters); n > 1; n /= 2 {
		bits += CertificateLength
	}
	if len(letters) != 32 || bits < 80 {
		t.Errorf("%d letters, %d bits", len(letters), bits)
	}
	if len(PickUpCode(make([]byte, 99))) != PickUpLength || CleanPickUpCode("2345-6789-ab") != "23456789AB" {
		t.Error("pick-up codes are no longer what they were")
	}
	if got := SaidCode("7QK29XWMABCDEFGH"); got != "7QK2-9XWM-ABCD-EFGH" {
		t.Errorf("a code is said %s", got)
	}
}

func TestWhichPeriodsCanBeCertified(t *testing.T) {
	for _, c := range []struct {
		from, to Day
		want     error
	}{
		{"2026-07-01", "2026-07-01", nil},
		{"2016-07-02", "2026-07-01", nil},
		{"2016-07-01", "2026-07-01", ErrCertificatePeriod},
		{"2016-02-29", "2026-02-28", nil},
		{"2026-07-01", "2026-07-02", ErrCertificatePeriod},
		{"2026-06-30", "2026-06-29", ErrCertificatePeriod},
		{"", "2026-07-01", ErrCertificatePeriod},
		{"2026-06-31", "2026-07-01", ErrCertificatePeriod},
		{"2026-1-1", "2026-07-01", ErrCertificatePeriod},
		{"0001-01-01", "2026-07-01", ErrCertificatePeriod},
	} {
		if err := CertifiablePeriod(c.from, c.to, noonOfJuly); !errors.Is(err, c.want) {
			t.Errorf("%s to %s: %v, want %v", c.from, c.to, err, c.want)
		}
	}
	eve := time.Date(2026, 6, 30, 16, 0, 0, 0, time.UTC) // midnight in Shanghai
	if CertifiablePeriod("2026-07-01", "2026-07-01", eve) != nil || CertifiablePeriod("2026-07-01", "2026-07-01", eve.Add(-time.Millisecond)) == nil {
		t.Error("a day does not begin in Shanghai")
	}
}

func TestACertificateIsIssuedByRule(t *testing.T) {
	st := Step{Who: Actor{UserID: 7, TenantID: 1}, Now: noonOfJuly}
	for _, c := range []struct {
		name  string
		to    Day
		hours TimeServed
		place int
		want  error
	}{
		{"served, and has a place", "2026-06-30", TimeServed{90, 2}, 1, nil},
		{"his last place", "2026-06-30", TimeServed{90, 2}, MaxCertificates, nil},
		{"no place left", "2026-06-30", TimeServed{90, 2}, 0, ErrCertificateLimit},
		{"a place that is none", "2026-06-30", TimeServed{90, 2}, MaxCertificates + 1, ErrCertificateLimit},
		{"served nothing", "2026-06-30", TimeServed{0, 2}, 1, ErrCertificateHours},
		{"a period to come", "2026-07-02", TimeServed{90, 2}, 1, ErrCertificatePeriod},
	} {
		got, err := NewCertificate(9, st, "2026-01-01", c.to, c.hours, c.place)
		if !errors.Is(err, c.want) || (got == nil) != (c.want != nil) {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
		if got != nil && (got.UserID != 7 || got.TenantID != 1 || got.Minutes != 90 || got.Services != 2 || got.PlaceKey != CertificatePlace(7, c.place, noonOfJuly)) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestPlacesAreOfAPersonAndAYear(t *testing.T) {
	eve := time.Date(2026, 12, 31, 15, 59, 0, 0, time.UTC)
	if CertificatePlace(7, 1, eve) == CertificatePlace(7, 1, eve.Add(time.Minute)) {
		t.Error("a year does not begin in Shanghai")
	}
	seen := map[string]bool{}
	for _, user := range []int64{1, 11, 1 << 62} {
		for n := 1; n <= MaxCertificates; n++ {
			seen[CertificatePlace(user, n, eve)] = true
		}
	}
	if len(seen) != 3*MaxCertificates || len(CertificatePlace(1<<62, MaxCertificates, eve)) > 64 {
		t.Errorf("%d places of 3 persons", len(seen))
	}
}

func TestACertificateStandsWhileItsMinutesDo(t *testing.T) {
	c := Certificate{Minutes: 90}
	for minutes, want := range map[int64]CertificateState{0: CertificateOutdated, 89: CertificateOutdated, 90: CertificateValid, 91: CertificateValid} {
		if got := c.Standing(minutes); got != want {
			t.Errorf("%d of 90 minutes: %s", minutes, got)
		}
	}
	for _, s := range CertificateStates() {
		if s.Title() == "" {
			t.Errorf("%s has no title", s)
		}
	}
}
