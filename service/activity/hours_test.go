package activity_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // the machine of a test may have no zones

	"dandelion/internal/db"
	"dandelion/internal/verify"
	"dandelion/model"
)

func TestHoursEarnTwoPointsAnHourAndHalfAPointIsAPoint(t *testing.T) {
	for _, c := range []struct {
		minutes int64
		role    model.EnrolmentRole
		want    int64
	}{
		{60, model.EnrolMember, 2},
		{14, model.EnrolMember, 0},
		{15, model.EnrolMember, 1},
		{90, model.EnrolMember, 3},
		{104, model.EnrolMember, 3},
		{105, model.EnrolMember, 4},
		{60, model.EnrolLeader, 2},
		{120, model.EnrolLeader, 5},
		{480, model.EnrolLeader, 19},
		{540, model.EnrolMember, 16},
	} {
		w := newHours(t)
		r := w.record(w.serve(hoursMorning, c.minutes, func(s *served) { s.e.Role = c.role }))
		if got := w.pending(); got != c.want || r.Total() != c.minutes || r.Minutes != min(480, c.minutes) {
			t.Errorf("%d minutes as %s earn %d of %d minutes, want %d", c.minutes, c.role, got, r.Minutes, c.want)
		}
		if r.UnitID != hoursUnit || r.CommunityID != hoursHome || r.OrgID != hoursUnit || r.Title != "清洁楼道" {
			t.Errorf("the record says %+v", r)
		}
		w.verified()
	}
}

func TestMereSignInIsWorthNothing(t *testing.T) {
	w := newHours(t)
	if r := w.record(w.serve(hoursMorning, 0, nil)); r.ID != 0 {
		t.Errorf("nothing served is recorded: %+v", r)
	}
	w.pass(8 * 24 * time.Hour)
	if n := w.number("SELECT COUNT(*) FROM point_txns") + w.number("SELECT COUNT(*) FROM deeds"); n != 0 {
		t.Errorf("nothing served left %d rows in the ledger", n)
	}
	w.verified()
}

func TestHoursArePostedAfterAWeekAndExplained(t *testing.T) {
	w := newHours(t)
	w.record(w.serve(hoursMorning, 300, nil))
	w.must(w.certify(w.serve(hoursMorning.Add(6*time.Hour), 300, func(s *served) { s.e.Role = model.EnrolLeader })))
	if got := w.pending(); got != 10+7 {
		t.Errorf("five hours and three that are left as leader earn %d, want 17", got)
	}
	w.pass(8 * 24 * time.Hour)
	var d model.Tally
	w.must(w.db.View(t.Context(), func(tx *db.Tx) error {
		return tx.Raw("SELECT SUM(honour) AS honour, SUM(wishes) AS wishes, SUM(minutes) AS minutes FROM deeds WHERE user_id = ?", hoursMember).Scan(&d).Error
	}))
	if d.Honour != 17 || d.Wishes != 0 || d.Minutes != 480 || w.pending() != 0 {
		t.Errorf("after a week there are %+v", d)
	}
	id := w.number("SELECT MAX(id) FROM point_txns WHERE kind = ?", model.PointEarn)
	x, err := w.ledger.Explain(t.Context(), w.member, id)
	w.must(err)
	said := strings.Join(x.Why.Text(0), "; ")
	for _, part := range []string{"每小时 2 分", "3 小时", "领队系数 1.2", "实得 7 分"} {
		if !strings.Contains(said, part) {
			t.Errorf("%q does not say %q", said, part)
		}
	}
	w.verified()
}

// TestTwoHoursAtOnceFillADayOnce certifies many services of one day at once: as
// much as the cap counts, to the minute, also where hours have no points and
// no balance keeps two bookings apart.
func TestTwoHoursAtOnceFillADayOnce(t *testing.T) {
	for _, with := range []bool{true, false} {
		w := newHours(t)
		if !with {
			w.activities.Points = nil
		}
		var all []*served
		for range 8 {
			all = append(all, w.serve(hoursMorning, 100, nil))
		}
		var wg sync.WaitGroup
		for _, s := range all {
			wg.Go(func() {
				if err := w.certify(s); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		n, cut := w.number("SELECT SUM(minutes) FROM service_records"), w.number("SELECT SUM(cut_minutes) FROM service_records")
		if n != 480 || cut != 320 {
			t.Errorf("points %v: %d minutes count and %d are cut, want 480 and 320", with, n, cut)
		}
		w.verified("record.source", "record.day")
		if with {
			w.verified()
		}
	}
}

func TestADayIsThatOfShanghaiOnWhichItBegan(t *testing.T) {
	local := time.Local
	defer func() { time.Local = local }()
	for _, zone := range []string{"UTC", "America/New_York", "Asia/Kathmandu"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		time.Local = loc
		w := newHours(t)
		midnight := time.Date(2026, 7, 4, 16, 0, 0, 0, time.UTC)
		last := w.record(w.serve(midnight.Add(-time.Millisecond).Local(), 480, nil))
		full := w.record(w.serve(midnight.Add(-time.Hour).Local(), 30, nil))
		first := w.record(w.serve(midnight.Local(), 480, nil))
		if last.Day != "2026-07-04" || first.Day != "2026-07-05" || full.Minutes != 0 || full.CutMinutes != 30 || first.Minutes != 480 {
			t.Errorf("in %s: %s %d, %d, %s %d", zone, last.Day, last.Minutes, full.Minutes, first.Day, first.Minutes)
		}
		w.verified()
	}
}

func TestCorrectionsNeedASecondPersonAndCarryThePoints(t *testing.T) {
	w, ctx := newHours(t), t.Context()
	s := w.serve(hoursMorning, 60, nil)
	r := w.record(s)
	for _, who := range []model.Actor{w.nextWorker, w.abroad} {
		if _, err := w.activities.RequestCorrection(ctx, who, r.ID, 90, "少记"); !errors.Is(err, model.ErrRecordNotFound) {
			t.Errorf("%d may ask: %v", who.UserID, err)
		}
	}
	for _, n := range []int64{60, 151, -1} {
		if _, err := w.activities.RequestCorrection(ctx, w.leader, r.ID, n, "少记"); !errors.Is(err, model.ErrCorrectionMinutes) {
			t.Errorf("%d minutes: %v", n, err)
		}
	}
	c, err := w.activities.RequestCorrection(ctx, w.worker, r.ID, 150, "少记")
	w.must(err)
	if _, err := w.activities.RequestCorrection(ctx, w.member, r.ID, 90, "少记"); !errors.Is(err, model.ErrCorrectionOpen) {
		t.Errorf("a second waits: %v", err)
	}
	if _, err := w.activities.ApproveCorrection(ctx, w.worker, c.ID, "属实"); !errors.Is(err, model.ErrCorrectionSame) {
		t.Errorf("the same person decides: %v", err)
	}
	if _, err := w.activities.ApproveCorrection(ctx, w.nextWorker, c.ID, "属实"); !errors.Is(err, model.ErrCorrectionNotFound) {
		t.Errorf("a stranger decides: %v", err)
	}
	queue, err := w.activities.Corrections(ctx, w.worker2, 0, 0, 10)
	if w.must(err); len(queue) != 1 || queue[0].OldMinutes != 60 || queue[0].NewMinutes != 150 {
		t.Errorf("the queue has %+v", queue)
	}
	_, err = w.activities.ApproveCorrection(ctx, w.worker2, c.ID, "属实")
	w.must(err)
	now := w.standing(s)
	if now.SourceType != model.OfCorrection || now.Minutes != 150 || now.CertifierID != w.worker2.UserID || w.pending() != 5 {
		t.Errorf("after it stands %+v and %d points", now, w.pending())
	}
	w.pass(8 * 24 * time.Hour)
	again, err := w.activities.RequestCorrection(ctx, w.member, now.ID, 0, "记错了")
	w.must(err)
	_, err = w.activities.ApproveCorrection(ctx, w.worker, again.ID, "属实")
	w.must(err)
	if n := w.number("SELECT SUM(amount) FROM point_balances WHERE owner_id = ?", hoursMember); n != 0 {
		t.Errorf("%d points are left of nothing", n)
	}
	if _, err = w.activities.ApproveCorrection(ctx, w.worker, again.ID, "属实"); !errors.Is(err, model.ErrCorrectionState) {
		t.Errorf("it is decided twice: %v", err)
	}
	w.verified()
}

func absent(s *served) { s.a, s.e.State = nil, model.EnrolmentAbsent }

func TestADisputeIsAnsweredBySomebodyWhoHadNoPartInIt(t *testing.T) {
	w, ctx := newHours(t), t.Context()
	s := w.serve(hoursMorning, 0, absent)
	w.clock.Pass(3 * time.Hour)
	for who, want := range map[*model.Actor]error{&w.leader: model.ErrEnrolmentNotFound, &w.abroad: model.ErrEnrolmentNotFound} {
		if _, err := w.activities.FileDispute(ctx, *who, s.e.ID, 100, "我在"); !errors.Is(err, want) {
			t.Errorf("%d files: %v", who.UserID, err)
		}
	}
	if _, err := w.activities.FileDispute(ctx, w.member, s.e.ID, 151, "我在"); !errors.Is(err, model.ErrDisputeMinutes) {
		t.Errorf("too many minutes: %v", err)
	}
	d, err := w.activities.FileDispute(ctx, w.member, s.e.ID, 120, "我在")
	w.must(err)
	if d.About != model.AboutAbsent || !d.AnswerBy.Equal(w.clock.Now().Add(7*24*time.Hour)) {
		t.Errorf("it is %+v", d)
	}
	if _, err := w.activities.FileDispute(ctx, w.member, s.e.ID, 100, "我在"); !errors.Is(err, model.ErrDisputeTaken) {
		t.Errorf("a second is filed: %v", err)
	}
	if _, err := w.activities.UpholdDispute(ctx, w.nextWorker, d.ID, 90, "属实"); !errors.Is(err, model.ErrDisputeNotFound) {
		t.Errorf("a stranger answers: %v", err)
	}
	if _, err := w.activities.UpholdDispute(ctx, w.worker, d.ID, 121, "属实"); !errors.Is(err, model.ErrDisputeMinutes) {
		t.Errorf("more than claimed: %v", err)
	}
	_, err = w.activities.UpholdDispute(ctx, w.worker, d.ID, 90, "属实")
	w.must(err)
	if r := w.standing(s); r.Minutes != 90 || r.SourceType != model.OfDispute || r.ID == 0 || w.pending() != 3 {
		t.Errorf("it counts %+v and %d points", r, w.pending())
	}
	if n := w.number("SELECT COUNT(*) FROM enrolments WHERE id = ? AND state = ?", s.e.ID, model.EnrolmentAttended); n != 1 {
		t.Error("he is still absent")
	}
	w.pass(30 * 24 * time.Hour)
	late := w.serve(hoursMorning, 0, absent)
	if _, err := w.activities.FileDispute(ctx, w.member, late.e.ID, 60, "我在"); !errors.Is(err, model.ErrDisputeLate) {
		t.Errorf("after thirty days: %v", err)
	}
	w.verified()
}

func TestWhoeverConfirmedOrLedCannotAnswerAndSilenceGoesToTheTownship(t *testing.T) {
	w, ctx := newHours(t), t.Context()
	s := w.serve(hoursMorning, 60, func(s *served) { s.a.DecidedBy, s.slot.LeaderID = w.worker.UserID, w.worker2.UserID })
	w.record(s)
	w.clock.Pass(3 * time.Hour)
	d, err := w.activities.FileDispute(ctx, w.member, s.e.ID, 100, "多做了")
	w.must(err)
	for _, who := range []model.Actor{w.worker, w.worker2} {
		if _, err := w.activities.DismissDispute(ctx, who, d.ID, "不属实"); !errors.Is(err, model.ErrDisputeSame) {
			t.Errorf("%d answers: %v", who.UserID, err)
		}
	}
	w.pass(7*24*time.Hour - time.Millisecond)
	if got, err := w.activities.Dispute(ctx, w.member, d.ID); err != nil || got.Escalated {
		t.Errorf("it is too early: %+v %v", got, err)
	}
	w.pass(time.Millisecond)
	queue, err := w.activities.DisputeQueue(ctx, w.officer, 0, 0, 10)
	if w.must(err); len(queue) != 1 || !queue[0].Escalated || queue[0].DueAt != nil {
		t.Fatalf("the township has %+v", queue)
	}
	_, err = w.activities.UpholdDispute(ctx, w.officer, d.ID, 100, "属实")
	w.must(err)
	if r := w.standing(s); r.Minutes != 100 || w.number("SELECT COUNT(*) FROM timers WHERE kind = ?", model.DisputeAlarm) != 0 {
		t.Errorf("it counts %+v", r)
	}
	if _, err := w.activities.DismissDispute(ctx, w.officer, d.ID, "不属实"); !errors.Is(err, model.ErrDisputeState) && !errors.Is(err, model.ErrDisputeSame) {
		t.Errorf("it is answered twice: %v", err)
	}
	w.verified()
}

// TestVerifyNamesEveryWrongToHours does each of them to a sound county.
func TestVerifyNamesEveryWrongToHours(t *testing.T) {
	for _, c := range []struct{ name, checks, do string }{
		{"a record says more minutes", "record.earns record.source", "UPDATE service_records SET minutes = minutes + 5 WHERE state = 'valid'"},
		{"a record is void by hand", "record.earns record.source", "UPDATE service_records SET state = 'void'"},
		{"a void record is valid by hand", "record.earns record.source", "UPDATE service_records SET state = 'valid'"},
		{"a record is a leader's", "record.earns", "UPDATE service_records SET role = 'leader' WHERE state = 'valid'"},
		{"a record is somebody else's", "record.earns record.source", "UPDATE service_records SET user_id = 1001 WHERE state = 'valid'"},
		{"a record is deleted", "earn.source record.source", "DELETE FROM service_records WHERE state = 'valid'"},
		{"the day had less room", "record.day", "UPDATE service_records SET day_limit = 10"},
		{"an attendance says other minutes", "record.source", "UPDATE attendances SET minutes = 1"},
		{"an attendance is void by hand", "record.source", "UPDATE attendances SET state = 'void'"},
		{"an explanation has another factor", "earn.explained", `UPDATE point_txns SET detail = REPLACE(detail, '"Base":2', '"Base":3') WHERE kind = 'earn'`},
		{"an explanation has other minutes", "earn.explained earn.fate record.earns", `UPDATE point_txns SET detail = REPLACE(detail, '"Minutes":150', '"Minutes":90') WHERE kind = 'earn'`},
	} {
		w, ctx := newHours(t), t.Context()
		r := w.record(w.serve(hoursMorning, 60, nil))
		k, err := w.activities.RequestCorrection(ctx, w.leader, r.ID, 150, "少记")
		w.must(err)
		_, err = w.activities.ApproveCorrection(ctx, w.worker, k.ID, "属实")
		w.must(err)
		w.pass(8 * 24 * time.Hour)
		w.verified()
		w.exec(c.do)
		report, err := verify.Run(ctx, w.db)
		w.must(err)
		var noticed []string
		for _, res := range report.Results {
			if res.Differing > 0 {
				noticed = append(noticed, res.Name)
			}
		}
		if got := strings.Join(noticed, " "); got != c.checks {
			t.Errorf("%s is noticed by %q, want %q\n%s", c.name, got, c.checks, report)
		}
	}
}
