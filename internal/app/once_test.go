package app_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"dandelion/internal/apitest"
	"dandelion/internal/db"
	"dandelion/model"
)

// errand is a request that can succeed once.
type errand struct {
	as, path string
	body     any
}

// errands makes a new errand for each route that changes something, as often
// as it is asked.
func errands(t *testing.T, w world) map[string]func() errand {
	t.Helper()
	all := map[string]func() errand{}
	for _, d := range deeds() {
		all["POST /wishes/{id}/"+d.event] = func() errand {
			e := errand{d.as, "/wishes/" + w.in(d.state, d.order) + "/" + d.event, nil}
			if d.body != nil {
				e.body = d.body(w)
			}
			return e
		}
	}
	n := 0
	fresh := func() string { // somebody who has just consented
		n++
		code := fmt.Sprintf("demo-fresh-%d", n)
		w.Must(code, http.MethodPost, "/me/consents", form{"version": "1.0"})
		return code
	}
	me := func(path string, body any) func() errand {
		return func() errand { return errand{fresh(), path, body} }
	}
	of := func(path string, body any, make func() string) func() errand {
		return func() errand { return errand{admin, strings.Replace(path, "{id}", make(), 1), body} }
	}
	newOrg := func() string {
		n++
		return w.Must(admin, http.MethodPost, "/orgs", form{"kind": "team", "name": fmt.Sprintf("试验队%d", n), "parent_id": "1200"}).ID()
	}
	newUser := func() string {
		code := fresh()
		w.Must(code, http.MethodPatch, "/me", form{"community_id": "1200"})
		return w.Get(code, "/me").ID()
	}
	grant := func() form { return form{"user_id": newUser(), "role": "volunteer", "org_id": "1200"} }
	disabled := func() string {
		user := newUser()
		w.Must(admin, http.MethodPost, "/users/"+user+"/disable", reason())
		return user
	}
	maps.Copy(all, rewardErrands(w))
	maps.Copy(all, caseErrands(w))
	maps.Copy(all, activityErrands(w))
	maps.Copy(all, checkInErrands(w))
	maps.Copy(all, registrationErrands(w))
	maps.Copy(all, serviceErrands(w))
	maps.Copy(all, certificateErrands(w))
	maps.Copy(all, edgeErrands(w))
	maps.Copy(all, map[string]func() errand{
		"POST /auth/wechat": func() errand { n++; return errand{"", "/auth/wechat", form{"code": fmt.Sprint("demo-new-", n)}} },
		"POST /auth/admin-code": func() errand {
			code, err := w.App.Identity.MakeAdminCode(t.Context(), "新城县")
			if err != nil {
				t.Fatal(err)
			}
			return errand{fresh(), "/auth/admin-code", form{"code": code}}
		},
		"PATCH /me":      me("/me", form{"display_name": "小李", "community_id": "1200"}),
		"POST /me/phone": func() errand { n++; return errand{fresh(), "/me/phone", form{"code": fmt.Sprint("demo-phone-", n)}} },
		"POST /me/consents": func() errand {
			n++
			undecided := fmt.Sprint("demo-undecided-", n)
			w.Token(undecided)
			return errand{undecided, "/me/consents", form{"version": "1.0"}}
		},
		"DELETE /me/consents": me("/me/consents", nil),
		"POST /me/export":     me("/me/export", nil),
		"PUT /me/board": func() errand {
			code := fresh()
			w.Must(code, http.MethodPatch, "/me", form{"community_id": "1200"})
			return errand{code, "/me/board", form{"public": true}}
		},
		"POST /me/deletion": me("/me/deletion", nil),
		"POST /orgs": func() errand {
			n++
			return errand{admin, "/orgs", form{"kind": "team", "name": fmt.Sprintf("新队%d", n), "parent_id": "1200"}}
		},
		"PATCH /orgs/{id}":      of("/orgs/{id}", form{"skills": []string{"电工"}}, newOrg),
		"POST /orgs/{id}/close": of("/orgs/{id}/close", nil, newOrg),
		"POST /orgs/{id}/reopen": of("/orgs/{id}/reopen", nil, func() string {
			org := newOrg()
			w.Must(admin, http.MethodPost, "/orgs/"+org+"/close", nil)
			return org
		}),
		"POST /grants": func() errand { return errand{admin, "/grants", grant()} },
		"POST /grants/{id}/revoke": of("/grants/{id}/revoke", reason(), func() string {
			return w.Must(admin, http.MethodPost, "/grants", grant()).ID()
		}),
		"POST /users/find": func() errand {
			user, phone := fresh(), fmt.Sprintf("1370000%04d", n)
			w.Must(user, http.MethodPatch, "/me", form{"community_id": "1200"})
			w.Must(user, http.MethodPost, "/me/phone", form{"code": "phone-" + phone})
			return errand{admin, "/users/find", form{"phone": phone}}
		},
		"POST /users/{id}/disable": of("/users/{id}/disable", reason(), newUser),
		"POST /users/{id}/enable":  of("/users/{id}/enable", reason(), disabled),
		"PUT /policy/{name}": func() errand {
			n++
			name := []string{"wish.live_claims", "wish.extensions"}[n%2]
			return errand{admin, "/policy/" + name, form{"value": 4}}
		},
		"POST /wishes": func() errand { return errand{resident, "/wishes", orderForm(nil)} },
		"PUT /wishes/{id}": func() errand {
			edit := orderForm(form{"title": "客厅灯不亮"})
			delete(edit, "submit")
			return errand{resident, "/wishes/" + w.in("draft", nil), edit}
		},
		"POST /wishes/{id}/reveal": func() errand { return errand{member, "/wishes/" + w.in("claimed", nil) + "/reveal", reason()} },
		"POST /tasks/{id}/finish": func() errand {
			task := w.Get(worker, "/tasks?kind=call").At("items.0.id")
			return errand{worker, "/tasks/" + task + "/finish", form{"outcome": "已电话联系"}}
		},
	})
	return all
}

// ended are the routes after which the session is over, so that a retry is told
// to log in: nothing is done twice, for there is nobody to do it.
var ended = map[string]bool{"POST /auth/logout": true, "POST /auth/revoke-all": true}

// tables are where an effect can be.
var tables = strings.Fields(`users sessions consents privacy_requests orgs grants members policies wishes beneficiaries dispatches claims
	evaluations events audits reveals tasks wish_helpers
	rewards redemptions donations point_txns point_entries point_cases point_rules point_budgets board_choices
	activities slots enrolments roster_entries registrations corrections disputes certificates attendances risk_flags`)

// rows counts the rows of all of them.
func (w world) rows() map[string]int64 {
	w.Helper()
	n := map[string]int64{}
	err := w.App.DB.View(w.Context(), func(tx *db.Tx) error {
		for _, table := range tables {
			var rows int64
			if err := tx.Table(table).Count(&rows).Error; err != nil {
				return err
			}
			n[table] = rows
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return n
}

// effect returns how many rows do has added, by table.
func (w world) effect(do func()) string {
	w.Helper()
	before := w.rows()
	do()
	after := w.rows()
	maps.DeleteFunc(after, func(table string, n int64) bool { return n == before[table] })
	for table := range after {
		after[table] -= before[table]
	}
	return fmt.Sprint(after)
}

// TestARetriedRequestDoesItsWorkOnce sends each request that changes something
// twenty times at once under one key: it has the effect of one that is sent
// once, and everybody gets the same answer.
func TestARetriedRequestDoesItsWorkOnce(t *testing.T) {
	w := newWorld(t)
	w.in("awaiting_evaluation", nil)
	w.in("awaiting_evaluation", nil)
	w.Pass(6 * 24 * time.Hour) // until those who should judge are called
	all := errands(t, w)
	for _, route := range w.App.API.Routes {
		name := route.Method + " " + strings.TrimPrefix(route.Path, "/api/v1")
		if !route.Mutating || ended[name] {
			continue
		}
		make := all[name]
		if make == nil {
			t.Errorf("%s is not tried", name)
			continue
		}
		t.Run(name, func(t *testing.T) { onceOnly(w.in1(t), route.Method, route.Permission, make) })
	}
}

func onceOnly(w world, method string, may model.Permission, make func() errand) {
	w.Helper()
	single := make()
	if single.as != "" {
		w.Token(single.as) // or its session would count
	}
	want := w.effect(func() { w.Must(single.as, method, single.path, single.body) })
	retried, key := make(), rand.Text()
	var answers map[string]int
	if got := w.effect(func() { answers = w.burst(20, method, retried, key) }); got != want {
		w.Errorf("twenty at once have the effect %s, want %s", got, want)
	}
	if len(answers) != 1 {
		w.Errorf("twenty at once get %d answers: %v", len(answers), answers)
	}
	for text := range answers {
		if !strings.HasPrefix(text, "20") {
			w.Errorf("twenty at once are refused: %s", text)
		}
	}
	if may == model.Anyone {
		return // a visitor's key is the key of one body
	}
	text := "{}"
	if retried.body != nil {
		b, err := json.Marshal(retried.body)
		if err != nil {
			w.Fatal(err)
		}
		text = string(b) + " "
	}
	r := w.Do(retried.as, method, retried.path, text, "Idempotency-Key", key)
	if r.Status != http.StatusConflict || r.Code() != "idempotency.mismatch" {
		w.Errorf("the same key with another body: %s", r)
	}
}

// burst sends n equal requests at once, and counts the answers.
func (w world) burst(n int, method string, e errand, key string) map[string]int {
	w.Helper()
	if e.as != "" {
		w.Token(e.as)
	}
	var mu sync.Mutex
	answers := map[string]int{}
	var wg sync.WaitGroup
	start := make(chan struct{})
	for range n {
		wg.Go(func() {
			<-start
			r := w.Do(e.as, method, e.path, e.body, "Idempotency-Key", key)
			mu.Lock()
			defer mu.Unlock()
			answers[r.String()]++
		})
	}
	close(start)
	wg.Wait()
	return answers
}

// TestAKeyBelongsToOnePersonAndOneSuccess holds the finer rules.
func TestAKeyBelongsToOnePersonAndOneSuccess(t *testing.T) {
	w := newWorld(t)
	send := func(as, path string, body any, key string) apitest.Response {
		return w.Do(as, http.MethodPost, path, body, "Idempotency-Key", key)
	}
	first := send(resident, "/wishes", orderForm(nil), "key-of-two")
	second := send(neighbour, "/wishes", orderForm(nil), "key-of-two")
	if first.Status != 201 || second.Status != 201 || first.ID() == second.ID() {
		t.Errorf("two persons with one key: %s, %s", first, second)
	}
	again := send(resident, "/wishes", orderForm(nil), "key-of-two")
	if again.Text != first.Text || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the answer is given again as %s", again)
	}
	if r := send(resident, "/wishes", form{"title": "灯"}, "key-of-error"); r.Status != 422 {
		t.Errorf("a bad order: %s", r)
	}
	if r := send(resident, "/wishes", orderForm(nil), "key-of-error"); r.Status != 201 {
		t.Errorf("a key under which nothing was done: %s", r)
	}
	for range 2 { // the search is on record, and has an answer
		if r := send(admin, "/users/find", form{"phone": "13912340000"}, "key-of-nobody"); r.Status != http.StatusNotFound || r.Code() != "user.not_found" {
			t.Errorf("a search that finds nobody: %s", r)
		}
	}
	if r := send(resident, "/wishes", orderForm(nil), "bad key!"); r.Status != 422 || r.Code() != "idempotency.key" {
		t.Errorf("a key that is none: %s", r)
	}
	w.Pass(25 * time.Hour)
	if r := send(resident, "/wishes", orderForm(nil), "key-of-two"); r.Status != 201 || r.ID() == first.ID() {
		t.Errorf("after a day the key is free again: %s", r)
	}
}
