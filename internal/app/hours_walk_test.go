package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dandelion/internal/apitest"
)

// account returns what somebody has, and what waits for him.
func (w world) account(as string) (spendable, pending int) {
	w.Helper()
	r := w.Get(as, "/points/account")
	return int(number(r.JSON["spendable"])), int(number(r.JSON["pending"]))
}

// has checks what somebody has, and what waits for him.
func (w world) has(when, as string, spendable, pending int) {
	w.Helper()
	if s, p := w.account(as); s != spendable || p != pending {
		w.Errorf("%s %s has %d and %d to come, want %d and %d", when, as, s, p, spendable, pending)
	}
}

// departed is arrived, and has checked out so much later.
func (w world) departed(n int, d time.Duration) (who, slot, attendance string) {
	w.Helper()
	who, slot, attendance = w.arrived(n)
	w.Pass(d)
	r := w.Must(who, http.MethodPost, "/slots/"+slot+"/check-out", w.code(slot, "out"))
	w.says(r, map[string]string{"id": attendance, "state": "done", "minutes": fmt.Sprint(int(d.Minutes()))})
	return who, slot, attendance
}

// corrected has a worker ask that the record of who say other minutes.
func (w world) corrected(as, record string, minutes int) apitest.Response {
	w.Helper()
	return w.Must(as, http.MethodPost, "/service/records/"+record+"/corrections", form{"minutes": minutes, "reason": "只服务了一个小时"})
}

// sumsUp checks how much of service somebody is told that he has.
func (w world) sumsUp(as string, minutes, services int) {
	w.Helper()
	m, s := fmt.Sprint(minutes), fmt.Sprint(services)
	w.says(w.Get(as, "/service/summary"), map[string]string{"minutes": m, "services": s, "season": "2026", "season_minutes": m, "season_services": s})
}

// TestTwoHoursAreServedEarnedAndCorrected follows them from the check-in to the
// slip of the unit.
func TestTwoHoursAreServedEarnedAndCorrected(t *testing.T) {
	w := laptop(t)
	who, slot, attendance := w.departed(1, 2*time.Hour)
	w.has("on leaving", who, 0, 4)
	w.sumsUp(who, 120, 1)
	record := w.Get(who, "/service/records").At("items.0.id")
	w.says(w.Get(who, "/service/records/"+record), map[string]string{
		"state": "valid", "source": "attendance", "slot_id": slot, "role": "member", "title": "清洁家园", "minutes": "120", "cut_minutes": "0", "day": "2026-07-01", "org.name": "红星社区",
	})
	w.says(w.Get(who, "/attendances/"+attendance), map[string]string{"minutes": "120", "in_mode": "code", "out_mode": "code", "state_title": "已签退"})
	line := w.Get(who, "/points/entries?account=pending&limit=1")
	w.says(line, map[string]string{"items.0.amount": "4", "items.0.title": "获得", "items.0.memo": "志愿服务时长: 清洁家园"})
	txn := "/points/transactions/" + line.At("items.0.transaction_id")
	if r := w.Get(who, txn); !strings.Contains(r.At("text"), "志愿服务") || r.At("shares.0.points") != "4" {
		t.Errorf("explained as %s", r)
	}
	w.Pass(7*24*time.Hour - 3*time.Hour)
	w.has("before the week is over", who, 0, 4)
	w.Pass(3*time.Hour + time.Minute)
	w.has("after a week", who, 4, 0)
	c := w.corrected(worker, record, 60).ID()
	if r := w.Do(worker, http.MethodPost, "/service/corrections/"+c+"/approve", form{"answer": "属实"}); r.Status != http.StatusForbidden {
		t.Errorf("who asked for it agrees to it: %s", r)
	}
	w.has("before it is decided", who, 4, 0)
	fresh := w.Must(worker2, http.MethodPost, "/service/corrections/"+c+"/approve", form{"answer": "属实"}).At("new_record_id")
	w.says(w.Get(who, "/service/records/"+record), map[string]string{"state": "void", "minutes": "120", "replaced_by": fresh})
	w.says(w.Get(who, "/service/records/"+fresh), map[string]string{"state": "valid", "minutes": "60", "source": "correction", "slot_id": slot})
	w.has("after the correction", who, 0, 2)
	if r := w.Get(who, txn); r.At("reversed_by") == "" || !strings.Contains(r.At("text"), "已冲正") {
		t.Errorf("afterwards it is explained as %s", r)
	}
	w.sumsUp(who, 60, 1)
	w.Pass(7*24*time.Hour + time.Minute)
	w.has("in the end", who, 2, 0)
}

// TestTheSlipOfAUnitCountsAndNamesWhomItMay: everybody counts, and only who has
// agreed is named.
func TestTheSlipOfAUnitCountsAndNamesWhomItMay(t *testing.T) {
	w := laptop(t)
	const slip = "/units/2000/slips/2026Q3"
	who, _, _ := w.departed(1, 2*time.Hour)
	r := w.Get(liaison, slip)
	w.says(r, map[string]string{"members": "1", "active": "1", "minutes": "120", "services": "1", "unnamed": "1", "lines.items.0.name": ""})
	registration := w.Get(who, "/registrations/mine").At("items.0.id")
	w.Must(who, http.MethodPut, "/registrations/"+registration+"/slip-consent", nil)
	w.says(w.Get(liaison, slip), map[string]string{
		"active": "1", "minutes": "120", "unnamed": "0", "lines.items.0.name": "钱文斌", "lines.items.0.minutes": "120", "lines.items.0.services": "1", "lines.items.0.community.name": "红星社区",
	})
	w.says(w.Get(worker, slip), map[string]string{"minutes": "120", "lines.items.0.name": "钱**"})
	w.says(w.Get(liaison, "/units/2000/service"), map[string]string{"items.0.minutes": "120", "items.0.services": "1", "items.0.wishes": "0"})
	record := w.Get(who, "/service/records").At("items.0.id")
	c := w.corrected(worker, record, 60).ID()
	w.says(w.Get(liaison, slip), map[string]string{"minutes": "120"})
	w.Must(worker2, http.MethodPost, "/service/corrections/"+c+"/approve", form{"answer": "属实"})
	w.says(w.Get(liaison, slip), map[string]string{"active": "1", "minutes": "60", "services": "1", "lines.items.0.minutes": "60", "lines.items.0.services": "1"})
	w.says(w.Get(who, "/registrations/"+registration+"/slip/2026Q3"), map[string]string{"named": "true"})
	w.Must(who, http.MethodDelete, "/registrations/"+registration+"/slip-consent", nil)
	w.says(w.Get(liaison, slip), map[string]string{"members": "1", "minutes": "60", "unnamed": "1", "lines.items.0.name": ""})
	if r := w.Get(worker, slip); strings.Contains(r.Text, "钱") {
		t.Errorf("he is still named: %s", r)
	}
}

// TestACorrectionThatIsRefusedChangesNothing of the hours or the points.
func TestACorrectionThatIsRefusedChangesNothing(t *testing.T) {
	w := laptop(t)
	who, _, _ := w.departed(1, 2*time.Hour)
	record := w.Get(who, "/service/records").At("items.0.id")
	c := w.corrected(who, record, 60).ID()
	w.says(w.Get(worker, "/service/corrections"), map[string]string{"items.0.id": c})
	w.Must(worker2, http.MethodPost, "/service/corrections/"+c+"/refuse", form{"answer": "签到记录无误"})
	w.says(w.Get(worker, "/service/corrections"), map[string]string{"items.0.id": ""})
	w.says(w.Get(who, "/service/records/"+record), map[string]string{"state": "valid", "minutes": "120", "replaced_by": "", "corrections.0.answer": "签到记录无误"})
	w.has("after the refusal", who, 0, 4)
	w.sumsUp(who, 120, 1)
	for _, decision := range []string{"approve", "refuse"} {
		if r := w.Do(worker, http.MethodPost, "/service/corrections/"+c+"/"+decision, form{"answer": "再看一次"}); r.Status != http.StatusConflict {
			t.Errorf("to %s it once more: %s", decision, r)
		}
	}
	w.has("after all that", who, 0, 4)
}

// TestWhoDoesNotCheckOutEarnsWhatTheLeaderConfirms, and nothing before.
func TestWhoDoesNotCheckOutEarnsWhatTheLeaderConfirms(t *testing.T) {
	w := laptop(t)
	who, attendance := w.forgotten(1)
	w.has("who forgot it", who, 0, 0)
	w.sumsUp(who, 0, 0)
	w.Must(worker, http.MethodPost, "/attendances/"+attendance+"/confirm", form{"minutes": 90})
	w.has("when it is confirmed", who, 0, 3)
	w.sumsUp(who, 90, 1)
	other, refused := w.forgotten(2)
	w.Must(worker, http.MethodPost, "/attendances/"+refused+"/refuse", reason())
	w.has("when it is refused", other, 0, 0)
	w.sumsUp(other, 0, 0)
}
