package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"dandelion/internal/apitest"
	"dandelion/internal/db"
	"dandelion/internal/verify"
	"dandelion/model"
)

// metrics returns the values of the metrics whose names begin so.
func metrics(s *apitest.Server, name string) map[string]string {
	s.Helper()
	got := map[string]string{}
	for line := range strings.Lines(s.Do("", "GET", "/metrics", nil).Text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && strings.HasPrefix(key, name) {
			got[key] = value
		}
	}
	return got
}

// TestTheDemoCountyAddsUp proves the ledger of hundreds of stories, in which
// wishes were closed, lapsed, reopened, and done by teams.
func TestTheDemoCountyAddsUp(t *testing.T) {
	s := apitest.New(t, apitest.Options{})
	r, err := verify.Run(t.Context(), s.App.DB)
	if err != nil || r.Differing() > 0 {
		t.Fatalf("%v\n%s", err, r)
	}
	for check, least := range map[string]int64{
		"txn.lines": 100, "txn.reversal": 2, "earn.explained": 60, "earn.fate": 100, "line.orphan": 300, "balance": 100, "cap.day": 50, "deed": 50, "standing": 200, "wish.earns": 200,
		"txn.source": 8, "reward.stock": 8, "redemption.hold": 4, "redemption.fate": 4, "redemption.wait": 4, "donation.given": 1,
		"case.booked": 4, "case.fate": 4, "case.alarm": 4,
	} {
		if got := r.Of(check).Rows; got < least {
			t.Errorf("%s looked at %d rows, want %d or more", check, got, least)
		}
	}
}

// TestTheDemoCountyStillAddsUpAfterItsPointsHaveExpired lets the new year come in
// which the points of the stories expire: what waited has lapsed by then, too.
func TestTheDemoCountyStillAddsUpAfterItsPointsHaveExpired(t *testing.T) {
	s := apitest.New(t, apitest.Options{})
	for _, wait := range []time.Duration{60 * 24 * time.Hour, 490 * 24 * time.Hour} {
		s.Clock.Pass(wait)
		for range 40 { // of the members some at each tick
			if err := s.App.Work(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		r, err := verify.Run(t.Context(), s.App.DB)
		if err != nil || r.Differing() > 0 {
			t.Fatalf("after %v: %v\n%s", wait, err, r)
		}
		if got := r.Of("expiry.booked").Rows; (got > 0) != (wait > 100*24*time.Hour) {
			t.Errorf("after %v %d notices were looked at", wait, got)
		}
	}
}

func TestTheNightShowsDriftAndSaysSo(t *testing.T) {
	var log bytes.Buffer
	s := apitest.New(t, apitest.Options{Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelError}))})
	if got := metrics(s, "dandelion_points_drift"); len(got) != 0 {
		t.Errorf("before any night there is drift %v", got)
	}
	night := func() {
		t.Helper()
		if err := s.App.Night(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	night()
	if got := metrics(s, "dandelion_points_drift"); len(got) != len(verify.Checks()) || got[`dandelion_points_drift{check="balance"}`] != "0" {
		t.Errorf("after a quiet night drift is %v", got)
	}
	at := metrics(s, "dandelion_points_verified")["dandelion_points_verified_timestamp_seconds"]
	var seconds float64
	if err := json.Unmarshal([]byte(at), &seconds); err != nil || int64(seconds) != s.Clock.Now().Unix() {
		t.Errorf("verified at %s, want %d", at, s.Clock.Now().Unix())
	}
	if log.Len() > 0 {
		t.Errorf("a quiet night says %s", &log)
	}
	err := s.App.DB.Update(t.Context(), func(tx *db.Tx) error {
		return tx.Model(&model.PointBalance{}).Where("account = ? AND amount > 0", model.AccountMember).Update("amount", 1_000_000).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	night()
	if got := metrics(s, "dandelion_points_drift")[`dandelion_points_drift{check="balance"}`]; got != "0" {
		t.Errorf("the same night is verified twice: %s", got)
	}
	s.Clock.Pass(24 * time.Hour)
	night()
	got := metrics(s, "dandelion_points_drift")
	if n := got[`dandelion_points_drift{check="balance"}`]; n == "0" || n == "" || got[`dandelion_points_drift{check="txn.lines"}`] != "0" {
		t.Errorf("after a bad night drift is %v", got)
	}
	var line struct {
		Level, Msg, Check, First string
		Differing                int64
	}
	if err := json.Unmarshal(bytes.Split(log.Bytes(), []byte("\n"))[0], &line); err != nil || line.Level != "ERROR" || line.Check != "balance" ||
		fmt.Sprint(line.Differing) != got[`dandelion_points_drift{check="balance"}`] || !strings.HasPrefix(line.First, "point_balances member of ") {
		t.Errorf("a bad night says %s, %v", &log, err)
	}
}

// TestAReplicaShowsWhatAnotherFound: one makes the run, all tell of it.
func TestAReplicaShowsWhatAnotherFound(t *testing.T) {
	s := apitest.New(t, apitest.Options{Empty: true})
	if _, ran, err := verify.Night(t.Context(), s.App.DB); err != nil || !ran {
		t.Fatal(ran, err)
	}
	if err := s.App.Night(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := metrics(s, "dandelion_points_drift"); len(got) != len(verify.Checks()) {
		t.Errorf("this replica shows %v", got)
	}
}
