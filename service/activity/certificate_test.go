package activity_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dandelion/model"
	"dandelion/service/activity"
)

func TestACertificateFreezesWhatWasServed(t *testing.T) {
	inOffices(t, func(w *office) {
		w.serve(w.volunteer, "2025-12-31", 480, nil)
		w.serve(w.volunteer, "2026-01-01", 60, nil)
		w.serve(w.volunteer, "2026-06-30", 95, nil)
		w.serve(w.volunteer, "2026-07-01", 30, nil)
		w.void(w.serve(w.volunteer, "2026-03-01", 200, nil))
		w.serve(w.volunteer, "2026-03-02", 77, func(r *model.ServiceRecord) { r.TenantID = certForeign })
		w.serve(w.neighbour, "2026-03-03", 500, nil)
		c := w.issue(w.volunteer, "2026-01-01", "2026-06-30")
		if c.Minutes != 155 || c.Services != 2 || c.Name != "王秀英" || c.Issuer != "梅城县" || c.State != model.CertificateValid || len(c.Code) != model.CertificateLength {
			t.Errorf("certified: %+v", c)
		}
		w.serve(w.volunteer, "2026-04-01", 100, nil)
		again, err := w.acts.Certificate(t.Context(), w.volunteer, c.ID)
		w.must(err)
		if again.Minutes != 155 || again.State != model.CertificateValid || again.Code != c.Code {
			t.Errorf("after another record: %+v", again)
		}
		if n := w.number("SELECT COUNT(*) FROM events WHERE subject = 'certificate' AND subject_id = ? AND name = 'issue'", c.ID); n != 1 {
			t.Errorf("%d lines of history", n)
		}
		if n := w.number("SELECT COUNT(*) FROM certificates WHERE name LIKE '%王%' OR code LIKE ? OR code_index LIKE ?", "%"+c.Code+"%", "%"+c.Code+"%"); n != 0 {
			t.Error("the name or the code is not sealed")
		}
	})
}

func TestWhatIsNotCertified(t *testing.T) {
	inOffices(t, func(w *office) {
		w.serve(w.volunteer, "2026-02-01", 60, nil)
		w.serve(w.neighbour, "2026-02-01", 60, nil)
		nobody := model.Actor{UserID: 101}
		for _, c := range []struct {
			name     string
			who      model.Actor
			from, to model.Day
			want     error
		}{
			{"no hours", w.volunteer, "2026-03-01", "2026-06-30", model.ErrCertificateHours},
			{"no name", w.neighbour, "2026-01-01", "2026-06-30", model.ErrCertificateName},
			{"a day to come", w.volunteer, "2026-01-01", "2026-07-02", model.ErrCertificatePeriod},
			{"backwards", w.volunteer, "2026-06-30", "2026-01-01", model.ErrCertificatePeriod},
			{"too long", w.volunteer, "2016-01-01", "2026-06-30", model.ErrCertificatePeriod},
			{"of no county", nobody, "2026-01-01", "2026-06-30", model.ErrCertificateHours},
		} {
			if _, err := w.acts.IssueCertificate(t.Context(), c.who, c.from, c.to); err == nil || !strings.Contains(err.Error(), c.want.Error()) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		}
		if n := w.number("SELECT COUNT(*) FROM certificates"); n != 0 {
			t.Errorf("%d certificates are written", n)
		}
	})
}

func TestNobodyRacesPastTwentyCertificates(t *testing.T) {
	inOffices(t, func(w *office) {
		w.serve(w.volunteer, "2026-02-01", 60, nil)
		const tries = 40
		got := together(tries, func(int) error {
			_, err := w.acts.IssueCertificate(t.Context(), w.volunteer, "2026-01-01", "2026-06-30")
			return err
		})
		t.Log(got)
		if n := w.number("SELECT COUNT(*) FROM certificates"); got["ok"] != model.MaxCertificates || n != model.MaxCertificates || got[model.ErrCertificateLimit.Code] != tries-model.MaxCertificates {
			t.Errorf("%d certificates: %v", n, got)
		}
		w.clock.Pass(184 * 24 * time.Hour) // into the next year
		w.issue(w.volunteer, "2026-01-01", "2026-06-30")
	})
}

func TestVoidedRecordsMakeACertificateOutdated(t *testing.T) {
	inOffices(t, func(w *office) {
		first := w.serve(w.volunteer, "2026-02-01", 60, nil)
		w.serve(w.volunteer, "2026-02-02", 40, nil)
		c := w.issue(w.volunteer, "2026-01-01", "2026-06-30")
		later := w.serve(w.volunteer, "2026-07-01", 300, nil) // outside of the period
		state := func() model.CertificateState {
			t.Helper()
			v, err := w.acts.VerifyCertificate(t.Context(), c.Code)
			w.must(err)
			all, err := w.acts.Certificates(t.Context(), w.volunteer, 0, 10)
			w.must(err)
			if len(all) != 1 || all[0].State != v.State || all[0].Code != "" || all[0].Name != "" || v.Minutes != 100 {
				t.Errorf("listed as %+v, verified as %+v", all, v)
			}
			return v.State
		}
		w.void(later)
		if s := state(); s != model.CertificateValid {
			t.Errorf("a record outside of the period: %s", s)
		}
		w.void(first)
		if s := state(); s != model.CertificateOutdated {
			t.Errorf("a record of the period was voided: %s", s)
		}
		w.serve(w.volunteer, "2026-02-01", 59, nil)
		if s := state(); s != model.CertificateOutdated {
			t.Errorf("a correction to less: %s", s)
		}
		w.serve(w.volunteer, "2026-02-03", 1, nil)
		if s := state(); s != model.CertificateValid {
			t.Errorf("the minutes hold again: %s", s)
		}
	})
}

func TestWhoeverHasTheCodeSeesNoMoreThanHeMust(t *testing.T) {
	inOffices(t, func(w *office) {
		w.serve(w.volunteer, "2026-02-01", 60, nil)
		c := w.issue(w.volunteer, "2026-01-01", "2026-06-30")
		for _, typed := range []string{c.Code, strings.ToLower(c.Code), model.SaidCode(c.Code), " " + strings.ToLower(model.SaidCode(c.Code))} {
			v, err := w.acts.VerifyCertificate(t.Context(), typed)
			w.must(err)
			if v.ID != c.ID || v.Name != "王**" || v.Code != "" {
				t.Errorf("%s: %+v", typed, v)
			}
		}
		last := c.Code[:model.CertificateLength-1]
		for _, typed := range []string{"", "x", last, last + "2" + "2", last + "0", strings.Repeat("2", 16), c.CodeIndex, fmt.Sprint(c.ID), strings.Repeat("A", 5000)} {
			_, err := w.acts.VerifyCertificate(t.Context(), typed)
			w.wants(err, model.ErrCertificateNotFound)
		}
	})
}

func TestCertificatesAreOnesOwn(t *testing.T) {
	inOffices(t, func(w *office) {
		w.serve(w.volunteer, "2026-02-01", 60, nil)
		var ids []int64
		for range 5 {
			ids = append(ids, w.issue(w.volunteer, "2026-01-01", "2026-06-30").ID)
		}
		moved := w.volunteer
		moved.TenantID = certForeign
		for _, who := range []model.Actor{w.neighbour, w.worker, w.foreign, moved, {}} {
			_, err := w.acts.Certificate(t.Context(), who, ids[0])
			w.wants(err, model.ErrCertificateNotFound)
			if all, err := w.acts.Certificates(t.Context(), who, 0, 10); err != nil || len(all) != 0 {
				t.Errorf("%d sees %v, %v", who.UserID, all, err)
			}
		}
		var seen []activity.Certified
		for before := int64(0); ; before = seen[len(seen)-1].ID {
			some, err := w.acts.Certificates(t.Context(), w.volunteer, before, 2)
			w.must(err)
			if len(some) == 0 {
				break
			}
			seen = append(seen, some...)
		}
		for i, c := range seen {
			if c.ID != ids[len(ids)-1-i] {
				t.Errorf("%d is in place %d", c.ID, i)
			}
		}
		if len(seen) != len(ids) {
			t.Errorf("%d of %d are listed", len(seen), len(ids))
		}
	})
}
