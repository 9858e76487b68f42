package model

import (
	"errors"
	"testing"
	"time"
)

func TestWhichPeriodsCanBeExported(t *testing.T) {
	for _, c := range []struct {
		from, to Day
		want     error
	}{
		{"2026-01-01", "2026-01-01", nil},
		{"2026-01-01", "2027-01-01", nil},
		{"2024-01-01", "2024-12-31", nil},
		{"2026-01-01", "2027-01-02", ErrExportPeriod},
		{"2026-01-02", "2026-01-01", ErrExportPeriod},
		{"x", "2026-01-01", ErrExportPeriod},
		{"2026-01-01", "", ErrExportPeriod},
	} {
		if err := ExportPeriod(c.from, c.to); !errors.Is(err, c.want) {
			t.Errorf("%s to %s: %v, want %v", c.from, c.to, err, c.want)
		}
	}
}

func TestRegistersSayHowARecordWasConfirmed(t *testing.T) {
	for want, r := range map[string]ServiceRecord{
		"签到签退确认": {SourceType: OfAttendance}, "领队确认": {SourceType: OfAttendance, CertifierID: 7}, "心愿办结核实": {SourceType: OfClaim, CertifierID: 7},
		"更正后确认": {SourceType: OfCorrection, CertifierID: 7},
	} {
		if got := r.Confirmation(); got != want {
			t.Errorf("%+v was confirmed by %s, want %s", r, got, want)
		}
	}
	if got := Written(time.Date(2026, 6, 30, 16, 5, 0, 0, time.UTC)); got != "2026-07-01 00:05" {
		t.Errorf("a time is written %s", got)
	}
}
