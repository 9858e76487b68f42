package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dandelion/internal/apitest"
	"dandelion/internal/demo"
	"dandelion/model"
)

// The member whom the walk looks for, who does not want to be seen, and what
// only he or the station may know.
const (
	shyName   = "张志强"
	shyWeek   = "W2026-28" // when he earned something, and stood on boards by name
	proxyName = "欧阳金丝雀"
)

// walk is a county in which a member has done everything that there is to do
// with points, and would rather not be talked about.
type walk struct {
	world
	code string            // of what waits for him
	ids  map[string]string // what {id} can be, by what comes before it
}

// newWalk lets the member earn, take, give, be sanctioned and appeal, and take
// his name back.
func newWalk(t *testing.T) *walk {
	t.Helper()
	w := &walk{world: laptop(t)}
	w.in("closed", nil)
	w.Pass(8 * 24 * time.Hour)
	w.Pass(7 * 24 * time.Hour) // until that week is frozen, with his name
	if r := w.Get(resident, "/boards?limit=50&org_id=1200&period="+shyWeek); r.At("frozen") != "true" || !strings.Contains(r.Text, shyName) {
		t.Fatalf("the board of %s is %s", shyWeek, r)
	}
	held := w.redeem()
	w.code = held.At("code")
	w.Must(member, http.MethodPut, "/redemptions/"+held.ID()+"/proxy", form{"name": proxyName, "consent": true})
	w.Must(member, http.MethodPost, "/points/donations", form{"amount": 1, "note": "添几本书"})
	sanction := w.Must(worker, http.MethodPost, "/points/cases", form{"kind": "no_show", "user_id": memberID, "reason": "约定时间未到场"})
	w.Must(worker2, http.MethodPost, "/points/cases/"+sanction.ID()+"/approve", form{"reason": "情况属实"})
	w.Must(member, http.MethodPost, "/points/cases/"+sanction.ID()+"/appeal", form{"reason": "当天在医院值班"})
	w.Must(member, http.MethodPut, "/me/board", form{"public": false})
	w.Settle()
	line := w.Get(member, "/points/entries?account=pending&limit=1")
	w.ids = map[string]string{
		"/points/transactions/": line.At("items.0.transaction_id"), "/points/cases/": sanction.ID(),
		"/redemptions/": held.ID(), "/rewards/": held.At("reward_id"), "/points/pools/": "1200",
	}
	return w
}

// variants are the queries that routes without an id are asked with.
var variants = map[string][]string{
	"/points/entries":        {"?limit=50", "?limit=50&account=pending"},
	"/points/notices":        {"?limit=50"},
	"/points/cases":          {"?view=mine&limit=50", "?view=queue&limit=50", "?view=queue&limit=50&org_id=1100", "?view=community&limit=50", "?view=community&limit=50&org_id=1200"},
	"/points/rules":          {""},
	"/points/levels":         {""},
	"/points/account":        {""},
	"/points/budgets":        {"", "?org_id=1200"},
	"/points/reconciliation": {""},
	"/rewards":               {"?limit=50", "?limit=50&org_id=1200"},
	"/redemptions":           {"?limit=50"},
	"/redemptions/queue":     {"?limit=50", "?limit=50&org_id=1200"},
	"/boards/mine":           {""},
	"/boards":                boardQueries(),
}

func boardQueries() (all []string) {
	for _, of := range model.BoardOfs() {
		for _, m := range of.Measures() {
			for _, period := range []string{"month", "all", shyWeek} {
				for _, org := range []string{"1200", "1100", "1000"} {
					all = append(all, fmt.Sprintf("?of=%s&measure=%s&period=%s&org_id=%s&limit=50", of, m, period, org))
				}
			}
		}
	}
	return all
}

// paths returns every GET route of points, boards, rewards and redemptions,
// with what there is of the member's in the place of ids. A new route fails the
// test until it is said how to ask for it.
func (w *walk) paths() (all []string) {
	w.Helper()
	for _, r := range w.App.API.Routes {
		path := strings.TrimPrefix(r.Path, "/api/v1")
		first := strings.Split(path, "/")[1]
		if r.Method != http.MethodGet || !slices.Contains([]string{"points", "boards", "rewards", "redemptions"}, first) {
			continue
		}
		before, _, has := strings.Cut(path, "{")
		switch {
		case has && w.ids[before] != "":
			all = append(all, before+w.ids[before])
		case !has && len(variants[path]) > 0:
			for _, q := range variants[path] {
				all = append(all, path+q)
			}
		default:
			w.Errorf("the walk does not know how to ask for %s", path)
		}
	}
	return all
}

// overseers are those of the staff who have to know whom a case is about and
// whose points a transaction moved.
var overseers = []string{worker, worker2, "demo-township", officer, auditor}

// mayKnow reports whether somebody has to be told who the member is by a path.
func mayKnow(as, path string) bool {
	return slices.Contains(overseers, as) && (strings.HasPrefix(path, "/points/cases") || strings.HasPrefix(path, "/points/transactions/"))
}

// TestNobodyReadsOfAMemberWhoDoesNotWantToBeSeen asks for all there is to read
// about points as everybody else, and looks for him in the answers.
func TestNobodyReadsOfAMemberWhoDoesNotWantToBeSeen(t *testing.T) {
	w := newWalk(t)
	paths := w.paths()
	asked, told := 0, map[string]bool{}
	for _, p := range demo.Personas() {
		if p.Code == member {
			continue
		}
		for _, path := range paths {
			r := w.Do(p.Code, http.MethodGet, path, nil)
			if r.Status < http.StatusBadRequest {
				asked++
			}
			for _, secret := range []string{w.code, proxyName} {
				if strings.Contains(r.Text, secret) {
					t.Errorf("%s reads %s by %s: %s", p.Code, secret, path, r)
				}
			}
			seen := strings.Contains(r.Text, shyName) || strings.Contains(r.Text, `"`+memberID+`"`)
			if told[p.Code] = told[p.Code] || seen; seen && !mayKnow(p.Code, path) {
				t.Errorf("%s reads of him by %s: %s", p.Code, path, r)
			}
		}
	}
	for _, code := range overseers { // or else the walk looks for nothing
		if !told[code] {
			t.Errorf("%s is not told whom the case is about", code)
		}
	}
	if asked < 2000 {
		t.Errorf("only %d answers were looked at", asked)
	}
	if r := w.Get(member, "/redemptions/"+w.ids["/redemptions/"]); !strings.Contains(r.Text, w.code) || !strings.Contains(r.Text, proxyName) {
		t.Errorf("he himself is told %s", r)
	}
}

// TestTheMemberIsNotToldWhoOfTheStaffDidWhat to him: only in which role.
func TestTheMemberIsNotToldWhoOfTheStaffDidWhat(t *testing.T) {
	w := newWalk(t)
	staff := []string{`"10010"`, `"10011"`, "郑洁", "冯涛"}
	for _, path := range w.paths() {
		r := w.Do(member, http.MethodGet, path, nil)
		for _, s := range staff {
			if strings.Contains(r.Text, s) {
				t.Errorf("he reads %s by %s: %s", s, path, r)
			}
		}
	}
	about := "/points/cases/" + w.ids["/points/cases/"]
	if r := w.Get(worker2, about); r.At("proposed_by") != "10010" || r.At("history.0.actor_id") != "10010" || r.At("history.1.actor_id") != "10011" {
		t.Errorf("the staff read %s", r)
	}
	r := w.Get(member, about)
	for path, want := range map[string]string{
		"kind_title": "无故缺席", "state_title": "申诉中", "change": "-2", "user_id": memberID, "community.name": "红星社区", "reason": "约定时间未到场",
		"answer": "情况属实", "appeal": "当天在医院值班", "history.0.title": "提出", "history.0.role": "worker", "history.0.actor_id": "",
		"history.1.title": "同意", "history.1.state_title": "已生效", "history.2.actor_id": memberID, "history.2.title": "申诉", "history.3.title": "",
	} {
		if got := r.At(path); got != want {
			t.Errorf("%s is %q, want %q: %s", path, got, want, r)
		}
	}
}

// TestWhoSharesAWishReadsNothingOfTheOthersShare, neither of the points nor of
// the account.
func TestWhoSharesAWishReadsNothingOfTheOthersShare(t *testing.T) {
	w := laptop(t)
	id := w.order(nil)
	w.step(worker, id, "publish", nil)
	w.step(worker, id, "dispatch", form{"org_id": "2000"})
	w.step("demo-liaison", id, "accept", form{"team": []string{memberID, "10005"}})
	w.step(member, id, "start", nil)
	w.step(member, id, "report", form{"text": "已换好灯泡", "minutes": 30})
	w.step(worker, id, "verify", nil)
	w.step(resident, id, "evaluate", form{"stars": 5, "solved": "yes"})
	txn := ""
	for as, other := range map[string]string{member: "10005", member2: memberID} {
		line := w.Get(as, "/points/entries?account=pending&limit=1")
		if line.At("items.0.amount") != "6" || txn != "" && line.At("items.0.transaction_id") != txn {
			t.Fatalf("%s has %s", as, line)
		}
		txn = line.At("items.0.transaction_id")
		x := w.Get(as, "/points/transactions/"+txn)
		if strings.Contains(x.Text, `"`+other+`"`) || x.At("shares.0.points") != "6" || x.At("shares.1.points") != "" || x.At("lines.0.account") != "pending" || x.At("lines.1.account") != "" {
			t.Errorf("%s reads %s", as, x)
		}
		if !strings.Contains(x.Text, "由 2 人分享") || strings.Count(x.Text, "实得 6 分") != 1 {
			t.Errorf("%s reads %s", as, x.At("text"))
		}
	}
	if x := w.Get(auditor, "/points/transactions/"+txn); x.At("shares.1.points") != "6" || x.At("lines.3.amount") == "" {
		t.Errorf("the auditor reads %s", x)
	}
}

// says checks what an answer has at some paths.
func (w world) says(r apitest.Response, want map[string]string) {
	w.Helper()
	for path, text := range want {
		if got := r.At(path); got != text {
			w.Errorf("%s is %q, want %q: %s", path, got, text, r)
		}
	}
}

// TestAmountsAndWordsAreRight follows a reward and a wish through every answer
// that speaks of them.
func TestAmountsAndWordsAreRight(t *testing.T) {
	w := laptop(t)
	before := number(w.Get(member, "/points/account").JSON["spendable"])
	reward := w.offer(form{"cost": 7, "stock": 5})
	w.says(w.Get(resident, "/rewards/"+reward), map[string]string{
		"name": "晴雨伞", "detail": "晴雨两用", "cost": "7", "stock": "5", "per_person": "2", "state": "active", "state_title": "可兑换", "org.name": "红星社区",
	})
	d := w.Must(member, http.MethodPost, "/rewards/"+reward+"/redeem", form{})
	w.says(d, map[string]string{"state_title": "待领取", "reward_name": "晴雨伞", "cost": "7", "org.name": "红星社区", "reward_id": reward, "proxy": "", "taken_by": ""})
	w.says(w.Get(member, "/points/entries?limit=1"), map[string]string{"items.0.amount": "-7", "items.0.kind": "hold", "items.0.title": "兑换", "items.0.memo": "兑换: 晴雨伞"})
	if now := number(w.Get(member, "/points/account").JSON["spendable"]); now != before-7 {
		t.Errorf("of %v there are %v left", before, now)
	}
	w.Must(officer, http.MethodPatch, "/rewards/"+reward, form{"cost": 9, "name": "大雨伞"}) // not for what is taken already
	w.says(w.Get(member, "/redemptions/"+d.ID()), map[string]string{"cost": "7"})
	w.Must(member, http.MethodPost, "/redemptions/"+d.ID()+"/cancel", nil)
	w.says(w.Get(member, "/redemptions?limit=1"), map[string]string{"items.0.state_title": "已取消", "items.0.cost": "7", "items.0.code": ""})
	w.says(w.Get(member, "/points/entries?limit=1"), map[string]string{"items.0.amount": "7", "items.0.kind": "reverse", "items.0.title": "冲正"})
	w.says(w.Get(member, "/rewards/"+reward), map[string]string{"stock": "5", "cost": "9"})
	pool := number(w.Get(member, "/points/pools/1200").JSON["amount"])
	w.says(w.Must(member, http.MethodPost, "/points/donations", form{"amount": 3, "note": "添几本书"}), map[string]string{"amount": "3", "org_id": "1200", "note": "添几本书"})
	w.says(w.Get(member, "/points/entries?limit=1"), map[string]string{"items.0.amount": "-3", "items.0.title": "捐赠"})
	w.says(w.Get(resident, "/points/pools/1200"), map[string]string{"amount": fmt.Sprint(pool + 3), "org.name": "红星社区"})
	w.Must(officer, http.MethodPatch, "/rewards/"+reward, form{"open": false})
	w.says(w.Get(member, "/rewards/"+reward), map[string]string{"state": "closed", "state_title": "已停止"})
}

// TestABoardSpeaksAsPeopleDo: units and amounts of one's own place, as the
// account has them.
func TestABoardSpeaksAsPeopleDo(t *testing.T) {
	w := laptop(t)
	w.in("closed", nil)
	w.Pass(8 * 24 * time.Hour)
	honour := w.Get(member, "/points/account").At("honour")
	for measure, unit := range map[string]string{"honour": "分", "wishes": "件", "hours": "小时", "satisfaction": "星"} {
		r := w.Get(member, "/boards?limit=50&period=season&measure="+measure)
		if r.At("me.unit") != unit || r.At("scope.name") != "红星社区" || number(r.JSON["total"]) > 0 && r.At("me.of") != r.At("total") || r.At("period") != "S2026" {
			t.Errorf("by %s it is %s", measure, r)
		}
		if measure == "honour" && r.At("me.value") != honour {
			t.Errorf("he has %s, the account says %s", r.At("me.value"), honour)
		}
		for _, l := range lines(r) {
			if l["unit"] != unit || l["name"] == "" || l["id"] != nil {
				t.Errorf("by %s a line is %v", measure, l)
			}
		}
	}
	for of, unit := range map[string]string{"honour": "分/百人", "wishes": "件/百人", "hours": "小时/百人", "satisfaction": "星", "solved": "%"} {
		for _, l := range lines(w.Get(resident, "/boards?of=units&period=season&org_id=1000&measure="+of)) {
			if value := number(l["value"]); l["unit"] != unit || value <= 0 || unit == "星" && value > 5 || unit == "%" && value > 100 {
				t.Errorf("by %s a line is %v", of, l)
			}
		}
	}
	r := w.Get(member, "/boards/mine")
	for i := range lines(r) {
		at := fmt.Sprintf("items.%d.", i)
		if r.At(at+"kind") == "season" && r.At(at+"measure") == "honour" && (r.At(at+"value") != honour || r.At(at+"scope_id") != "1200") {
			t.Errorf("my place is %s", lines(r)[i])
		}
	}
}
