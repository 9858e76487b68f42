package app_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"dandelion/internal/demo"
	"dandelion/model"
)

// The officers, who decide appeals and edit rules.
const (
	caseTownship = "demo-township"
	caseCounty   = "demo-county"
)

// caseUserID is the account of somebody as clients write it.
func caseUserID(code string) string { return strconv.FormatInt(demo.UserID(code), 10) }

// TestASanctionIsProposedApprovedAppealedAndReversed is the life of a case as
// people live it.
func TestASanctionIsProposedApprovedAppealedAndReversed(t *testing.T) {
	w := newWorld(t)
	const get, post = http.MethodGet, http.MethodPost
	volunteer := "demo-volunteer"
	proposal := form{"kind": "no_show", "user_id": caseUserID(volunteer), "reason": "约好上门没有来", "document": "MC-2026-0001"}
	made := w.Must(worker, post, "/points/cases", proposal)
	id := made.ID()
	if made.At("state") != "proposed" || made.At("change") != "-2" || made.At("community.id") != "1200" {
		t.Fatalf("the proposal: %s", made)
	}
	if again := w.Must(worker, post, "/points/cases", proposal); again.ID() != id {
		t.Errorf("the same document again: %s", again)
	}
	staff := []string{`"proposed_by"`, caseUserID(worker), caseUserID(worker2)}
	w.play(&id, []line{
		{worker, post, "/points/cases", form{"kind": "no_show", "user_id": caseUserID(member), "reason": "约好上门没有来", "document": "MC-2026-0001"}, 409, []string{"points.repeated"}, nil},
		{worker, get, "/points/cases?view=queue", nil, 200, []string{"ID", "待复核"}, nil},
		{volunteer, get, "/points/cases?view=mine", nil, 200, []string{"ID", "约好上门没有来", "另一位工作人员复核", `"actions":[]`}, staff},
		{neighbour, get, "/points/cases/ID", nil, 404, []string{"points.case_not_found"}, nil},
		{stranger, get, "/points/cases/ID", nil, 404, []string{"points.case_not_found"}, nil},
		{neighbour, get, "/points/cases?view=queue&org_id=1200", nil, 403, []string{"permission.denied"}, nil},
		{volunteer, post, "/points/cases/ID/approve", reason(), 403, []string{"permission.denied"}, nil},
		{worker, post, "/points/cases/ID/approve", reason(), 403, []string{"points.case_same_person"}, nil},
		{stranger, post, "/points/cases/ID/approve", reason(), 404, []string{"points.case_not_found"}, nil},
		{volunteer, post, "/points/cases/ID/appeal", reason(), 409, []string{"points.case_state", `"state":"proposed"`, `"possible":[]`}, nil},
		{worker2, post, "/points/cases/ID/approve", form{"reason": "居民反映属实"}, 200, []string{`"state":"approved"`, "已生效"}, nil},
		{worker2, post, "/points/cases/ID/approve", reason(), 409, []string{"points.case_state"}, nil},
		{volunteer, get, "/points/cases/ID", nil, 200, []string{"已扣减 2 分", "7月8日 09:00前申诉一次", `"actions":["appeal"]`, `"event":"approve"`}, staff},
		{volunteer, post, "/points/cases/ID/appeal", form{"reason": "当天电梯停运"}, 200, []string{`"state":"appealed"`, "乡镇（街道）或县级处理"}, staff},
		{worker2, post, "/points/cases/ID/uphold", reason(), 403, []string{"points.case_forbidden"}, nil},
		{caseTownship, get, "/points/cases?view=queue&state=appealed", nil, 200, []string{"ID", `"actions":["uphold","dismiss"]`}, nil},
	})
	w.Pass(7 * 24 * time.Hour)
	w.play(&id, []line{
		{volunteer, get, "/points/cases/ID", nil, 200, []string{"已上提到县级处理", `"escalated":true`, `"event":"escalate"`}, staff},
		{caseCounty, get, "/points/cases?view=queue", nil, 200, []string{"ID"}, nil},
		{caseCounty, post, "/points/cases/ID/uphold", form{"reason": "物业证明属实"}, 200, []string{`"state":"upheld"`}, nil},
		{volunteer, get, "/points/cases/ID", nil, 200, []string{"申诉成立", "恢复原状", "物业证明属实", `"actions":[]`}, staff},
		{auditor, get, "/points/cases?view=community&org_id=1200&state=upheld", nil, 200, []string{"ID", `"decided_by"`}, nil},
		{auditor, get, "/points/reconciliation", nil, 200, []string{`"sound":true`, `"season":2026`, "账目平衡", `"generated_at"`}, nil},
	})
}

// TestACaseThatIsWrongIsRefused: each part of a proposal that cannot be.
func TestACaseThatIsWrongIsRefused(t *testing.T) {
	w := laptop(t)
	who := caseUserID(member)
	for name, c := range map[string]struct {
		as     string
		body   form
		status int
		code   string
	}{
		"an adjustment of nothing":   {worker, form{"kind": "adjustment", "user_id": who, "reason": "补记分值"}, 422, "points.case_amount"},
		"too large an adjustment":    {worker, form{"kind": "adjustment", "user_id": who, "amount": 1001, "reason": "补记分值"}, 422, "request.invalid"},
		"a sanction that gives":      {worker, form{"kind": "no_show", "user_id": who, "amount": -5, "reason": "补记分值"}, 422, "points.case_amount"},
		"without a reason":           {worker, form{"kind": "no_show", "user_id": who, "reason": "　 "}, 422, "request.text"},
		"a number that is too short": {worker, form{"kind": "no_show", "user_id": who, "reason": "没有来", "document": "A1"}, 422, "request.invalid"},
		"one's own":                  {worker, form{"kind": "no_show", "user_id": caseUserID(worker), "reason": "没有来"}, 403, "points.case_own"},
		"somebody beyond the wall":   {worker, form{"kind": "no_show", "user_id": caseUserID(outsider), "reason": "没有来"}, 404, "user.not_found"},
		"a wish that is not his":     {worker, form{"kind": "late_release", "user_id": who, "wish_id": "77", "reason": "退单太晚"}, 422, "points.case_source"},
		"by a member":                {member2, form{"kind": "no_show", "user_id": who, "reason": "没有来"}, 403, "permission.denied"},
	} {
		if r := w.Do(c.as, http.MethodPost, "/points/cases", c.body); r.Status != c.status || r.Code() != c.code {
			t.Errorf("%s: %s, want %d %s", name, r, c.status, c.code)
		}
	}
}

// TestTheCountyTriesAndPublishesRules with levels and budgets beside them.
func TestTheCountyTriesAndPublishesRules(t *testing.T) {
	w := newWorld(t)
	const get, post, put = http.MethodGet, http.MethodPost, http.MethodPut
	cheaper := []form{{"name": "wish.service", "value": 5}}
	tomorrow := form{"numbers": cheaper, "from": "2026-07-02", "note": "试行", "after": 0}
	id := ""
	w.play(&id, []line{
		{resident, get, "/points/rules", nil, 200, []string{`"version":0,"in_force":true`, "心愿每日上限", `"unit":"十分之一"`}, nil},
		{worker, post, "/points/rules/preview", form{"numbers": cheaper}, 403, []string{"permission.denied"}, nil},
		{caseCounty, post, "/points/rules/preview", form{"numbers": cheaper}, 200, []string{`"days":30`, `"truncated":false`, `"kind":"service"`}, nil},
		{caseCounty, post, "/points/rules/preview", form{"numbers": []form{{"name": "wish.magic", "value": 1}}}, 422, []string{"request.invalid"}, nil},
		{caseCounty, post, "/points/rules/preview", form{"numbers": []form{{"name": "wish.service", "value": 5}, {"name": "wish.service", "value": 6}}}, 422, []string{"points.rule", "只填一次"}, nil},
		{caseCounty, post, "/points/rules", form{"numbers": cheaper, "from": "2026-07-01", "after": 0}, 409, []string{"points.rule_date"}, nil},
		{caseCounty, post, "/points/rules", tomorrow, 201, []string{`"version":1`, `"in_force":false`}, nil},
		{"demo-admin", post, "/points/rules", tomorrow, 409, []string{"points.rule_changed"}, nil},
		{worker, put, "/points/levels", form{"levels": []form{{"threshold": 0, "name": "种子"}}}, 403, []string{"permission.denied"}, nil},
		{caseCounty, put, "/points/levels", form{"levels": []form{{"threshold": 1, "name": "种子"}}}, 422, []string{"points.levels"}, nil},
		{caseCounty, put, "/points/levels", form{"levels": []form{{"threshold": 0, "name": "种子"}, {"threshold": 9, "name": "新芽"}}}, 200, []string{"新芽"}, nil},
		{resident, get, "/points/levels", nil, 200, []string{`"threshold":9,"name":"新芽"`}, []string{"飞扬"}},
		{worker, get, "/points/budgets", nil, 200, []string{`"amount":600`, `"name":"红星社区"`, `"season":2026`}, nil},
		{caseCounty, put, "/points/budgets/1200", form{"amount": 1}, 200, []string{`"remaining":0`, "照常发放"}, nil},
		{stranger, get, "/points/budgets?org_id=1200", nil, 404, []string{"org.not_found"}, nil},
		{worker, put, "/points/budgets/1200", form{"amount": 5}, 403, []string{"permission.denied"}, nil},
		{worker, get, "/points/reconciliation", nil, 403, []string{"permission.denied"}, nil},
		{caseCounty, get, "/points/reconciliation?season=2025", nil, 200, []string{`"season":2025`, `"sound":true`}, nil},
	})
	w.Pass(24 * time.Hour)
	if r := w.Get(resident, "/points/rules"); !strings.Contains(r.Text, `"version":1,"in_force":true`) || !strings.Contains(r.Text, `"value":5,"default":10`) {
		t.Errorf("on its day the new rule is in force: %s", r)
	}
}

// TestTheDemoCountyShowsCases: one of each kind of story, to be looked at.
func TestTheDemoCountyShowsCases(t *testing.T) {
	w := laptop(t)
	for state, n := range map[string]int{"approved": 2, "proposed": 1, "appealed": 1} {
		r := w.Get(worker, "/points/cases?view=community&org_id=1200&state="+state)
		if items, _ := r.JSON["items"].([]any); len(items) != n {
			t.Errorf("%d cases are %s, want %d", len(items), state, n)
		}
	}
}

// caseErrands are those of the routes of cases and rules, for the test that each
// request does its work once.
func caseErrands(w world) map[string]func() errand {
	n := 0
	cheaper := []form{{"name": "wish.service", "value": 5}}
	all := map[string]func() errand{
		"POST /points/cases": func() errand {
			n++
			return errand{worker, "/points/cases", form{
				"kind": "falsification", "user_id": caseUserID(member2), "reason": "照片不是当天的", "document": fmt.Sprintf("MC-2026-%04d", n),
			}}
		},
		"POST /points/rules": func() errand {
			newest, _ := strconv.Atoi(w.Get(caseCounty, "/points/rules").At("items.0.version"))
			from := model.DayOf(time.Date(2027, 1, 1+newest, 12, 0, 0, 0, time.UTC))
			return errand{caseCounty, "/points/rules", form{"numbers": cheaper, "from": from, "note": "试行", "after": newest}}
		},
		"POST /points/rules/preview": func() errand { return errand{caseCounty, "/points/rules/preview", form{"numbers": cheaper}} },
		"PUT /points/levels": func() errand {
			n++
			return errand{caseCounty, "/points/levels", form{"levels": []form{{"threshold": 0, "name": fmt.Sprint("种子", n)}}}}
		},
		"PUT /points/budgets/{org_id}": func() errand { n++; return errand{caseCounty, "/points/budgets/1200", form{"amount": n}} },
	}
	for _, d := range caseDeeds {
		all["POST /points/cases/{id}/"+d.event] = func() errand {
			return errand{d.as, "/points/cases/" + w.caseIn(d.state) + "/" + d.event, reason()}
		}
	}
	return all
}
