package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// quiet brings the member into everything that points have: he earns, is on
// boards, holds a reward with a proxy, and is the one whom a case is about. His
// name is on no board. It returns what is his alone.
func (w world) quiet() (secrets map[string]string) {
	w.Helper()
	w.in("closed", nil)
	w.Pass(7*24*time.Hour + time.Second)
	w.Must(member, http.MethodPut, "/me/board", form{"public": false})
	taken := w.redeem()
	w.Must(member, http.MethodPut, "/redemptions/"+taken.ID()+"/proxy", form{"name": "欧阳代领", "consent": true})
	w.Must(worker, http.MethodPost, "/points/cases", form{"kind": "falsification", "user_id": memberID, "amount": 3, "reason": "照片像是旧的金丝雀"})
	return map[string]string{
		"his name": "张志强", "his account": `"` + memberID + `"`, "his code": taken.At("code"), "his proxy": "欧阳代领",
		"why he is accused": "照片像是旧的金丝雀", "his redemption": taken.ID(),
		"his transaction": w.Get(member, "/points/entries?limit=1").At("items.0.transaction_id"),
	}
}

// nosy are the people who look, each with what his duty lets him see.
var nosy = map[string][]string{
	resident:       nil,
	neighbour:      nil,
	member2:        nil,
	verifier:       {"his redemption"}, // in the queue of what waits, without a name
	admin:          nil,
	stranger:       nil,
	outsider:       nil,
	worker2:        {"his name", "his account", "why he is accused"},
	caseTownship:   {"his name", "his account", "why he is accused"},
	"demo-kin":     nil,
	"demo-grid":    nil,
	"demo-member3": nil,
}

// lookups are what one can ask for, for each route of points.
func lookups(secrets map[string]string) []string {
	all := []string{
		"/points/account", "/points/entries?limit=50", "/points/entries?account=pending&limit=50", "/points/notices", "/points/levels", "/points/rules",
		"/points/transactions/" + secrets["his transaction"], "/points/cases?view=mine&limit=50", "/points/cases?view=queue&limit=50",
		"/points/pools/1200", "/points/budgets?org_id=1200", "/points/reconciliation", "/rewards?limit=50", "/redemptions?limit=50",
		"/redemptions/" + secrets["his redemption"], "/redemptions/queue?limit=50", "/redemptions/queue?org_id=1200", "/boards/mine",
	}
	for _, of := range []string{"members", "units", "teams", "communities"} {
		for _, measure := range []string{"honour", "wishes", "hours", "satisfaction"} {
			for _, period := range []string{"week", "month", "season", "all"} {
				all = append(all, "/boards?limit=50&org_id=1000&of="+of+"&measure="+measure+"&period="+period)
			}
		}
	}
	return all
}

// TestPointsTellNobodyMoreThanHisDuty looks for what is one member's alone in
// every answer about points that others can get.
func TestPointsTellNobodyMoreThanHisDuty(t *testing.T) {
	w := laptop(t)
	secrets := w.quiet()
	answers, asked := 0, map[string]bool{}
	for who, may := range nosy {
		for _, path := range lookups(secrets) {
			r := w.Do(who, http.MethodGet, path, nil)
			if r.Status >= http.StatusInternalServerError {
				t.Errorf("%s as %s: %s", path, who, r)
			}
			if r.Route != nil {
				asked[r.Route.Path] = true
			}
			answers++
			for what, secret := range secrets {
				if what != "his transaction" && strings.Contains(r.Text, secret) && !slices.Contains(may, what) {
					t.Errorf("%s as %s tells %s: %s", path, who, what, r)
				}
			}
		}
	}
	for _, route := range w.App.API.Routes {
		section := strings.Split(strings.TrimPrefix(route.Path, "/api/v1/"), "/")[0]
		ours := section == "points" || section == "boards" || section == "redemptions" || route.Path == "/api/v1/rewards"
		if route.Method == http.MethodGet && ours && !asked[route.Path] && route.Path != "/api/v1/points/cases/{id}" {
			t.Errorf("nobody has looked at %s", route.Path)
		}
	}
	if answers < 700 {
		t.Errorf("only %d answers were looked at", answers)
	}
	mine := w.Get(member, "/boards?limit=50&org_id=1000&of=members&measure=honour&period=season")
	if mine.At("me.rank") == "" || mine.At("me.rank") == "0" {
		t.Errorf("he himself is told %s", mine)
	}
	if r := w.Get(member, "/redemptions/"+secrets["his redemption"]); r.At("code") != secrets["his code"] || !strings.Contains(r.Text, secrets["his proxy"]) {
		t.Errorf("his redemption is %s", r)
	}
}

// TestACaseIsToldToThoseItConcerns: the one it is about, and those who handle
// it; to anybody else it is not there.
func TestACaseIsToldToThoseItConcerns(t *testing.T) {
	w := laptop(t)
	id := w.caseIn("approved")
	for who, status := range map[string]int{
		member2: 200, worker: 200, worker2: 200, caseTownship: 200, caseCounty: 200, member: 404, resident: 404, verifier: 404, stranger: 404, outsider: 404, "demo-other-township": 404,
	} {
		if r := w.Do(who, http.MethodGet, "/points/cases/"+id, nil); r.Status != status {
			t.Errorf("to %s it is %s", who, r)
		}
	}
	own := w.Get(member2, "/points/cases/"+id)
	for _, staff := range []string{"郑洁", "冯涛", "10010", "10011"} { // who proposed and approved is the office's affair
		if strings.Contains(own.Text, staff) {
			t.Errorf("he is told who handled it: %s", own)
		}
	}
	if r := w.Get(member2, "/points/account"); !strings.Contains(r.Text, `"spendable"`) {
		t.Errorf("his account is %s", r)
	}
	if !strings.Contains(own.Text, "申诉") {
		t.Errorf("he is not told that he can appeal: %s", own)
	}
}
