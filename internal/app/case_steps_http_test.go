package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"dandelion/internal/apitest"
	"dandelion/model"
)

// caseDeed is a step of a case that is tried by somebody in a state.
type caseDeed struct {
	event string
	as    string // who may
	state string // when
	to    string // where it leads
	not   string // who may not
	code  string // and what he is told
	late  string // when it is too late for the one who may
}

var caseDeeds = []caseDeed{
	{"approve", worker2, "proposed", "approved", worker, "points.case_same_person", "refused"},
	{"refuse", worker2, "proposed", "refused", stranger, "points.case_not_found", "approved"},
	{"appeal", member2, "approved", "appealed", neighbour, "points.case_not_found", "refused"},
	{"uphold", caseTownship, "appealed", "upheld", worker2, "points.case_forbidden", "approved"},
	{"dismiss", caseCounty, "appealed", "dismissed", member, "permission.denied", "upheld"},
}

// caseWays say how a case about the second member gets to each state.
var caseWays = map[string][][2]string{
	"proposed": nil,
	"approved": {{worker2, "approve"}},
	"refused":  {{worker2, "refuse"}},
	"appealed": {{worker2, "approve"}, {member2, "appeal"}},
	"upheld":   {{worker2, "approve"}, {member2, "appeal"}, {caseTownship, "uphold"}},
}

// caseIn brings a new case about the second member to a state.
func (w world) caseIn(state string) string {
	w.Helper()
	id := w.Must(worker, http.MethodPost, "/points/cases", form{"kind": "falsification", "user_id": caseUserID(member2), "amount": 3, "reason": "照片不是当天的"}).ID()
	for _, s := range caseWays[state] {
		w.Must(s[0], http.MethodPost, "/points/cases/"+id+"/"+s[1], reason())
	}
	return id
}

// TestEveryStepOfACaseIsTakenAndRefused tries each step over HTTP: by who may,
// by who may not, and too late. What is refused changes nothing.
func TestEveryStepOfACaseIsTakenAndRefused(t *testing.T) {
	w := newWorld(t)
	for _, d := range caseDeeds {
		t.Run(d.event, func(t *testing.T) {
			w := w.in1(t)
			id := w.caseIn(d.state)
			before := w.Get(member2, "/points/cases/"+id).Text
			r := w.Do(d.not, http.MethodPost, "/points/cases/"+id+"/"+d.event, reason())
			if r.Code() != d.code || !slices.Contains([]int{http.StatusForbidden, http.StatusNotFound}, r.Status) {
				t.Errorf("by %s: %s, want %s", d.not, r, d.code)
			}
			if after := w.Get(member2, "/points/cases/"+id).Text; after != before {
				t.Errorf("what was refused has changed the case:\n%s\n%s", before, after)
			}
			if r := w.Do(d.as, http.MethodPost, "/points/cases/"+id+"/"+d.event, form{"reason": " "}); r.Status != http.StatusUnprocessableEntity {
				t.Errorf("without a reason: %s", r)
			}
			if r := w.Must(d.as, http.MethodPost, "/points/cases/"+id+"/"+d.event, reason()); r.At("state") != d.to {
				t.Errorf("it leads to %s, want %s", r.At("state"), d.to)
			}
			r = w.Do(d.as, http.MethodPost, "/points/cases/"+w.caseIn(d.late)+"/"+d.event, reason())
			if r.Status != http.StatusConflict || r.Code() != "points.case_state" || r.At("state") != d.late {
				t.Errorf("when it is %s: %s", d.late, r)
			}
		})
	}
	for _, e := range model.PointCaseEvents() {
		if !slices.ContainsFunc(caseDeeds, func(d caseDeed) bool { return d.event == string(e) }) {
			t.Errorf("%s is not tried", e)
		}
	}
}

// TestARetriedApprovalIsOne: the same key gets the same answer, and one booking.
func TestARetriedApprovalIsOne(t *testing.T) {
	w := newWorld(t)
	id := w.caseIn("proposed")
	path := "/points/cases/" + id + "/approve"
	first := w.Do(worker2, http.MethodPost, path, reason(), "Idempotency-Key", "approve-0001")
	again := w.Do(worker2, http.MethodPost, path, reason(), "Idempotency-Key", "approve-0001")
	if first.Status != http.StatusOK || again.Text != first.Text || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("a retry: %s, and then %s", first, again)
	}
	other := w.Do(worker2, http.MethodPost, path, form{"reason": "另有说法"}, "Idempotency-Key", "approve-0001")
	if other.Status != http.StatusConflict {
		t.Errorf("the same key with another body: %s", other)
	}
	r := w.Get(auditor, "/points/reconciliation")
	if r.At("sound") != "true" {
		t.Errorf("the ledger: %s", r)
	}
}

// TestThePagesOfCasesHoldEachOnce takes a list apart and puts it together.
func TestThePagesOfCasesHoldEachOnce(t *testing.T) {
	w := laptop(t)
	want := map[string]bool{}
	for range 7 {
		want[w.caseIn("proposed")] = true
	}
	got, cursor := map[string]bool{}, ""
	for {
		path := apitest.Query("/points/cases", "view", "queue", "limit", "3")
		if cursor != "" {
			path = apitest.Query("/points/cases", "view", "queue", "limit", "3", "cursor", cursor)
		}
		r := w.Get(worker, path)
		items, _ := r.JSON["items"].([]any)
		for i := range items {
			id := r.At(fmt.Sprintf("items.%d.id", i))
			if got[id] {
				t.Errorf("%s is on two pages", id)
			}
			got[id] = true
		}
		if cursor = r.At("next"); cursor == "" {
			break
		}
	}
	for id := range want {
		if !got[id] {
			t.Errorf("%s is on no page", id)
		}
	}
	first := w.Get(worker, apitest.Query("/points/cases", "view", "queue", "limit", "3")).At("next")
	for name, c := range map[string]struct{ as, path string }{
		"of another reader": {worker2, apitest.Query("/points/cases", "view", "queue", "cursor", first)},
		"of another list":   {worker, apitest.Query("/points/cases", "view", "mine", "cursor", first)},
		"of another state":  {worker, apitest.Query("/points/cases", "view", "queue", "state", "appealed", "cursor", first)},
	} {
		if r := w.Do(c.as, http.MethodGet, c.path, nil); r.Status != http.StatusUnprocessableEntity || r.Code() != "cursor.invalid" {
			t.Errorf("a cursor %s: %s", name, r)
		}
	}
}

// TestAnAppealThatComesTooLateIsTold in words that say why.
func TestAnAppealThatComesTooLateIsTold(t *testing.T) {
	w := laptop(t)
	id := w.caseIn("approved")
	w.Pass(7*24*time.Hour + time.Second)
	if r := w.Do(member2, http.MethodPost, "/points/cases/"+id+"/appeal", reason()); r.Status != http.StatusConflict || r.Code() != "points.case_late" {
		t.Errorf("an appeal after a week: %s", r)
	}
	if r := w.Get(member2, "/points/cases/"+id); r.At("actions.0") != "" || r.At("told") != "已扣减 3 分, 申诉期限已过。" {
		t.Errorf("the member is told %s", r.At("told"))
	}
}
