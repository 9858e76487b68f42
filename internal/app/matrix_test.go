package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"dandelion/api"
	"dandelion/internal/apitest"
	"dandelion/internal/demo"
	"dandelion/model"
)

// holders says once more, and independently of the system, which persons of
// the demo counties hold each permission. A visitor is "", and somebody who has
// not consented is newcomer.
var holders = map[model.Permission]func(p demo.Persona) bool{
	model.Anyone:          func(demo.Persona) bool { return true },
	model.SignedIn:        func(p demo.Persona) bool { return p.Code != "" },
	model.Consented:       func(p demo.Persona) bool { return p.Code != "" && p.Code != newcomer },
	model.ServeWish:       has("member", "volunteer", "liaison"),
	model.HandleWish:      has("worker", "township_officer", "county_officer"),
	model.ManageOrgs:      has("admin"),
	model.ManageGrants:    has("admin"),
	model.EditPolicy:      has("county_officer", "admin"),
	model.ReadAudit:       has("auditor"),
	model.EditPoints:      has("county_officer", "admin"),
	model.VerifyReward:    has("verifier"),
	model.HandlePoints:    has("worker", "township_officer", "county_officer"),
	model.ReviewService:   has("worker", "township_officer", "county_officer"),
	model.ReconcilePoints: has("county_officer", "auditor", "admin"),
	model.JoinActivity:    has("member", "volunteer", "liaison"),
	model.ManageActivity:  has("liaison", "worker", "township_officer", "county_officer"),
	model.HandleRegister:  has("worker", "township_officer", "county_officer"),
	model.ReadRoster:      has("liaison", "worker", "township_officer", "county_officer"),
	model.ManageRoster:    has("liaison", "worker", "township_officer", "county_officer", "admin"),
}

const newcomer = "newcomer"

func has(roles ...model.Role) func(demo.Persona) bool {
	return func(p demo.Persona) bool { return slices.Contains(roles, p.Role) }
}

// permissions says which permission each route must ask for. A route that is
// not here fails the test: who adds one says here whom it is for.
var permissions = map[model.Permission]string{
	model.Anyone: `POST /auth/wechat, GET /privacy-policy, GET /certificates/{code}`,
	model.SignedIn: `POST /auth/logout, POST /auth/revoke-all, POST /auth/admin-code, GET /me, PATCH /me, POST /me/phone, POST /me/consents,
		DELETE /me/consents, POST /me/export, POST /me/deletion, GET /me/requests, GET /communities`,
	model.Consented: `GET /orgs, GET /orgs/{id}, GET /wishes, POST /wishes, GET /wishes/{id}, PUT /wishes/{id}, GET /wishes/{id}/history,
		POST /wishes/{id}/reveal, GET /wishes/{id}/reveals, POST /wishes/{id}/submit, POST /wishes/{id}/evaluate, POST /wishes/{id}/rework,
		POST /wishes/{id}/cancel, POST /wishes/{id}/reopen, GET /points/account, GET /points/entries, GET /points/notices,
		GET /points/transactions/{id}, GET /points/cases, GET /points/cases/{id}, POST /points/cases/{id}/appeal, GET /points/rules,
		GET /points/levels, GET /rewards, GET /rewards/{id}, POST /rewards/{id}/redeem, GET /redemptions,
		GET /redemptions/{id}, POST /redemptions/{id}/cancel, PUT /redemptions/{id}/proxy, DELETE /redemptions/{id}/proxy,
		POST /points/donations, GET /points/pools/{org_id}, GET /boards, GET /boards/mine, PUT /me/board,
		GET /activities/{id}, GET /slots, GET /slots/{id}, POST /slots/{id}/leave, GET /slots/{id}/enrolments, POST /slots/{id}/enrolments,
		POST /enrolments/{id}/remove, GET /enrolments, GET /volunteers,
		POST /registrations, GET /registrations/mine, GET /registrations/{id}, POST /registrations/{id}/withdraw,
		POST /registrations/{id}/resubmit, POST /registrations/{id}/change, POST /registrations/{id}/leave,
		PUT /registrations/{id}/slip-consent, DELETE /registrations/{id}/slip-consent, GET /registrations/{id}/slip/{quarter},
		GET /service/records, GET /service/records/{id}, GET /service/summary, POST /service/records/{id}/corrections,
		POST /enrolments/{id}/dispute, GET /service/disputes, GET /service/disputes/{id},
		POST /service/certificates, GET /service/certificates, GET /service/certificates/{id}, GET /service/certificates/{id}/picture.png,
		GET /slots/{id}/entrance.png, GET /slots/{id}/code, GET /slots/{id}/code.png, POST /slots/{id}/key, GET /slots/{id}/my-code,
		GET /slots/{id}/my-code.png, POST /slots/{id}/check-in, POST /slots/{id}/check-out, POST /slots/{id}/scan, POST /enrolments/{id}/attest,
		GET /slots/{id}/attendances, GET /attendances, GET /attendances/{id}, POST /attendances/{id}/confirm, POST /attendances/{id}/refuse`,
	model.JoinActivity: `POST /slots/{id}/enrol`,
	model.ManageActivity: `GET /activities, POST /activities, PATCH /activities/{id}, POST /activities/{id}/publish, POST /activities/{id}/cancel,
		POST /activities/{id}/slots, PATCH /slots/{id}, POST /slots/{id}/cancel, POST /volunteers`,
	model.ReviewService: `GET /service/corrections, POST /service/corrections/{id}/approve, POST /service/corrections/{id}/refuse,
		GET /service/records/export.xlsx, GET /service/disputes/queue, POST /service/disputes/{id}/uphold, POST /service/disputes/{id}/dismiss, GET /risk-flags,
		POST /risk-flags/{id}/review`,
	model.ServeWish: `POST /wishes/{id}/accept, POST /wishes/{id}/decline, POST /wishes/{id}/claim, POST /wishes/{id}/appoint, POST /wishes/{id}/start,
		POST /wishes/{id}/hand_goods, POST /wishes/{id}/extend, POST /wishes/{id}/release, POST /wishes/{id}/report,
		POST /wishes/{id}/visit`,
	model.HandleWish: `GET /wishes/{id}/suggestions, POST /wishes/{id}/return, POST /wishes/{id}/reject, POST /wishes/{id}/transfer,
		POST /wishes/{id}/publish, POST /wishes/{id}/dispatch, POST /wishes/{id}/withdraw, POST /wishes/{id}/approve_extension,
		POST /wishes/{id}/refuse_extension, POST /wishes/{id}/revoke, POST /wishes/{id}/suspend, POST /wishes/{id}/resume, POST /wishes/{id}/verify,
		POST /wishes/{id}/send_back, POST /wishes/{id}/fail, POST /wishes/{id}/confirm_fail, POST /wishes/{id}/refuse_fail, GET /tasks,
		POST /tasks/{id}/finish`,
	model.ManageOrgs: `POST /orgs, PATCH /orgs/{id}, POST /orgs/{id}/close, POST /orgs/{id}/reopen`,
	model.ManageGrants: `GET /grants, POST /grants, POST /grants/{id}/revoke, POST /users/find, POST /users/{id}/disable,
		POST /users/{id}/enable`,
	model.EditPolicy: `GET /policy, PUT /policy/{name}`,
	model.ReadAudit:  `GET /audits`,
	model.EditPoints: `POST /rewards, PATCH /rewards/{id}, POST /points/rules, POST /points/rules/preview, PUT /points/levels,
		PUT /points/budgets/{org_id}`,
	model.HandlePoints: `POST /points/cases, POST /points/cases/{id}/approve, POST /points/cases/{id}/refuse, POST /points/cases/{id}/uphold,
		POST /points/cases/{id}/dismiss, GET /points/budgets`,
	model.ReconcilePoints: `GET /points/reconciliation`,
	model.HandleRegister: `GET /registrations, POST /registrations/{id}/confirm, POST /registrations/{id}/return, POST /registrations/{id}/reject,
		POST /registrations/{id}/approve-leave, POST /registrations/{id}/refuse-leave`,
	model.ReadRoster: `GET /units/{id}/service, GET /units/{id}/slips/{quarter}, GET /units/{id}/slips/{quarter}/file.xlsx`,
	model.ManageRoster: `GET /units/{id}/roster, POST /units/{id}/roster, POST /units/{id}/roster/import,
		GET /units/{id}/roster/template.xlsx, POST /units/{id}/roster/{entry}/remove`,
	model.VerifyReward: `GET /redemptions/queue, POST /redemptions/check, POST /redemptions/pick-up`,
}

// expected returns the permission of each route, as "GET /api/v1/me".
func expected() map[string]model.Permission {
	all := map[string]model.Permission{}
	for may, routes := range permissions {
		for route := range strings.SplitSeq(routes, ",") {
			method, path, _ := strings.Cut(strings.TrimSpace(route), " ")
			all[method+" /api/v1"+path] = may
		}
	}
	return all
}

// TestEveryRouteAdmitsExactlyThoseItIsFor asks for every route as everybody. A
// request that is admitted goes on to be found wrong, for it has nothing in it
// that exists: what matters is who gets as far as that.
func TestEveryRouteAdmitsExactlyThoseItIsFor(t *testing.T) {
	w := laptop(t)
	people := append([]demo.Persona{{Title: "visitor"}, {Code: newcomer, Title: newcomer}}, demo.Personas()...)
	want := expected()
	for _, route := range w.App.API.Routes {
		name := route.Method + " " + route.Path
		may, known := want[name]
		delete(want, name)
		if !known || route.Permission != may {
			t.Errorf("%s asks for %q, want %q", name, route.Permission, may)
			continue
		}
		path := strings.NewReplacer("{id}", "77", "{name}", "nothing", "{entry}", "78", "{quarter}", "2026Q3").Replace(route.Path)
		for _, p := range people {
			r := w.ask(route, path, p)
			if got, may := outcome(r), due(p, holders[may](p)); got != may {
				t.Errorf("%s as %s is %s, want %s: %s", name, p.Title, got, may, r)
			}
		}
		if may == model.Anyone {
			continue
		}
		for _, forged := range []string{"Bearer forged", "Bearer " + strings.Repeat("A", 52), "Basic YTpi", "Bearer "} {
			if r := w.Do(forged, route.Method, path, nothing(route.Method)); r.Status != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s with %q is answered with %s", name, forged, r)
			}
		}
	}
	for name := range want {
		t.Errorf("%s is not there", name)
	}
}

// nothing is a body that no route accepts, but for those that take none.
func nothing(method string) any {
	if method == http.MethodGet || method == http.MethodDelete {
		return nil
	}
	return `{}`
}

// ask sends a request as somebody, and undoes what it may have ended: his
// session, or his consent.
func (w world) ask(route api.RouteInfo, path string, p demo.Persona) apitest.Response {
	w.Helper()
	r := w.Do(p.Code, route.Method, path, nothing(route.Method))
	switch route.OperationID {
	case "logout", "revokeSessions":
		w.Forget()
	case "withdrawConsent":
		if p.Code != "" && p.Code != newcomer {
			w.Must(p.Code, http.MethodPost, "/me/consents", form{"version": "1.0"})
		}
	}
	return r
}

// due is what somebody gets who holds a permission or does not.
func due(p demo.Persona, holds bool) string {
	switch {
	case holds:
		return "admitted"
	case p.Code == "":
		return "sent to log in"
	}
	return "refused"
}

// outcome says how far a request got. Those that were admitted can still be
// refused by a finer rule, which has a code of its own.
func outcome(r apitest.Response) string {
	switch {
	case r.Status == http.StatusUnauthorized:
		return "sent to log in"
	case r.Code() == "permission.denied", r.Code() == "consent.required" && r.Route.Permission != model.SignedIn:
		return "refused"
	case r.Status >= http.StatusInternalServerError:
		return "broken"
	}
	return "admitted"
}

// TestNobodySeesThroughTheWallAroundACounty asks for everything that has an id
// as the people of another county, who hold the same roles: none of it is
// there, and a body that names it is refused as if it did not exist.
func TestNobodySeesThroughTheWallAroundACounty(t *testing.T) {
	w := newWorld(t)
	wish, task := w.in("in_service", nil), ""
	late := w.in("submitted", nil)
	w.Pass(25 * 3600e9)
	task = w.Get(worker, "/tasks").At("items.0.id")
	grant := w.Get(admin, "/grants?user_id=10004").At("items.0.id")
	txn := w.Get(member, "/points/entries").At("items.0.transaction_id")
	if task == "" || grant == "" || txn == "" {
		t.Fatalf("no task %q, grant %q or transaction %q to ask for", task, grant, txn)
	}
	ids := map[string][]string{
		"wishes": {wish, late}, "tasks": {task}, "orgs": {"1000", "1200", "2000"}, "grants": {grant}, "users": {"10004", "10001"},
		"points/transactions": {txn},
	}
	ids["service/certificates"] = []string{w.certified().ID()}
	h := w.hours()
	ids["service/records"], ids["service/corrections"] = []string{h.record(60)}, []string{h.correction()}
	ids["service/disputes"] = []string{h.dispute()}
	ids["points/cases"] = []string{w.caseIn("proposed")}
	ids["rewards"], ids["redemptions"] = []string{w.offer(nil)}, []string{w.redeem().ID()}
	ids["activities"], ids["slots"], ids["enrolments"] = w.gathering()
	ids["enrolments"] = append(ids["enrolments"], h.absence())
	_, registration := w.registered(1, "confirmed")
	ids["units"], ids["registrations"] = []string{"2000"}, []string{registration}
	entry := w.Get(liaison, "/units/2000/roster").At("items.0.id")
	_, attendance := w.forgotten(2)
	ids["attendances"] = []string{attendance}
	ids["slots"], ids["risk-flags"] = append(ids["slots"], w.edgeSlot()), []string{w.edgeFlag()}
	others := []string{"demo-other-resident", "demo-other-member", "demo-other-worker", "demo-other-township", "demo-other-auditor", "demo-other-admin"}
	tried := 0
	for _, route := range w.App.API.Routes {
		kind, _, _ := strings.Cut(strings.TrimPrefix(route.Path, "/api/v1/"), "/{id}")
		if !strings.Contains(route.Path, "{id}") {
			continue
		}
		if len(ids[kind]) == 0 {
			t.Errorf("%s %s: there is no id to try it with", route.Method, route.Path)
		}
		for _, id := range ids[kind] {
			for _, who := range others {
				if (model.Actor{}).Admit(route.Permission) != nil && !mayAsk(who, route.Permission) {
					continue
				}
				tried++
				r := w.Do(who, route.Method, strings.NewReplacer("{id}", id, "{entry}", entry, "{quarter}", "2026Q3").Replace(route.Path), bodyOf(w, route.Method+" "+route.Path))
				if r.Status != http.StatusNotFound {
					t.Errorf("%s %s of %s as %s is answered with %s", route.Method, route.Path, id, who, r)
				}
			}
		}
	}
	if tried < 150 {
		t.Errorf("only %d requests were tried", tried)
	}
	for _, path := range []string{"/grants?user_id=10004", "/grants?org_id=1200", "/audits?subject=wish&subject_id=" + wish, "/wishes?view=community&org_id=1200", "/orgs?parent_id=1000", "/orgs?community_id=1200", "/registrations?org_id=1200"} {
		for _, who := range others {
			r := w.Do(who, http.MethodGet, path, nil)
			if items, _ := r.JSON["items"].([]any); len(items) > 0 || r.Status == http.StatusInternalServerError {
				t.Errorf("%s as %s tells %s", path, who, r)
			}
		}
	}
}

func mayAsk(code string, may model.Permission) bool {
	for _, p := range demo.Personas() {
		if p.Code == code {
			return holders[may](p)
		}
	}
	return false
}

// bodyOf is a good body for a route with an id, so that nothing but the wall
// stands in the way.
func bodyOf(w world, route string) any {
	for _, d := range deeds() {
		if strings.HasSuffix(route, "/wishes/{id}/"+d.event) {
			if d.body == nil {
				return nil
			}
			return d.body(w)
		}
	}
	if b := rewardBody(route); b != nil {
		return b
	}
	if b := activityBody(w, route); b != nil {
		return b
	}
	if b := checkInBody(route); b != nil {
		return b
	}
	if b := registrationBody(w, route); b != nil {
		return b
	}
	method, path, _ := strings.Cut(route, " /api/v1")
	switch {
	case method == http.MethodPost && (strings.Contains(path, "/service/") || strings.HasSuffix(path, "/dispute")):
		return serviceBody(path)
	case method == http.MethodGet || strings.HasSuffix(path, "/close"):
		return nil
	case method == http.MethodPut:
		edit := orderForm(nil)
		delete(edit, "submit")
		return edit
	case method == http.MethodPatch:
		return form{"name": "新名称"}
	case strings.HasSuffix(path, "/visit"):
		return form{"direction": "in"}
	case path == "/risk-flags/{id}/review":
		return form{"decision": "dismissed", "note": "老人没有手机"}
	case strings.HasSuffix(path, "/finish"):
		return form{"outcome": "已联系"}
	}
	return reason()
}
