package app_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"dandelion/internal/apitest"
)

// newcomer is somebody who has just come to live in the community, and his id,
// which has more digits than a number of JavaScript.
func (w world) newcomer(code string) string {
	w.Helper()
	w.Must(code, http.MethodPost, "/me/consents", form{"version": "1.0"})
	return w.Must(code, http.MethodPatch, "/me", form{"community_id": "1200"}).ID()
}

func TestTheAuditLogNamesPeopleByTheirIDs(t *testing.T) {
	w := laptop(t)
	user := w.newcomer("demo-newcomer")
	w.Must(admin, http.MethodPost, "/grants", form{"user_id": user, "role": "volunteer", "org_id": "1200"})
	w.Must(admin, http.MethodPut, "/policy/wish.live_claims", form{"value": 4})
	r := w.Get(auditor, "/audits")
	if at := r.JSON["items"].([]any); len(at) < 2 || r.At("items.0.detail.value") != "4" {
		t.Fatalf("the audit log is %s", r)
	}
	detail := r.JSON["items"].([]any)[1].(map[string]any)["detail"].(map[string]any)
	if len(user) < 17 || detail["user_id"] != user || detail["org_id"] != "1200" || detail["subtree"] != true {
		t.Errorf("the grant to %s in 1200 is logged as %v", user, detail)
	}
}

// TestAnAdministratorIsToldWhichFieldIsWrong sends what only the rules behind
// the schema can refuse.
func TestAnAdministratorIsToldWhichFieldIsWrong(t *testing.T) {
	w := laptop(t)
	user := w.newcomer("demo-newcomer")
	give := func(change form) form {
		f := form{"user_id": user, "role": "member", "org_id": "1200"}
		for k, v := range change {
			f[k] = v
		}
		return f
	}
	for _, c := range []struct {
		as, method, path string
		body             form
		code             string
		fields           []string
	}{
		{admin, "PUT", "/policy/wish.live_claims", form{"value": 0}, "policy.invalid", []string{"body.value"}},
		{resident, "POST", "/me/consents", form{"version": "0.9"}, "consent.version", []string{"body.version"}},
		{admin, "POST", "/grants", give(form{"role": "worker", "org_id": "1300"}), "grant.org", []string{"body.org_id"}},
		{admin, "POST", "/grants", give(form{"unit_id": "1300"}), "grant.org", []string{"body.unit_id"}},
		{admin, "POST", "/grants", give(form{"valid_until": "2020-01-01T00:00:00Z"}), "grant.valid_until", []string{"body.valid_until"}},
		{admin, "POST", "/grants", give(form{"skills": []string{"电,工"}}), "org.skills", []string{"body.skills"}},
		{admin, "POST", "/orgs", form{"kind": "team", "name": "\u202e队队", "parent_id": "1200"}, "org.name", []string{"body.name"}},
		{admin, "POST", "/orgs", form{"kind": "building", "name": "一号楼", "parent_id": "1200"}, "org.parent", []string{"body.parent_id"}},
	} {
		if r := w.Do(c.as, c.method, c.path, c.body); r.Status != 422 || r.Code() != c.code || !slices.Equal(fields(r), c.fields) {
			t.Errorf("%s %v is answered with %s", c.path, c.body, r)
		}
	}
}

// TestProbesMayAskWithoutWantingTheAnswer is what monitors do.
func TestProbesMayAskWithoutWantingTheAnswer(t *testing.T) {
	r := run(t, apitest.Options{Embedded: true})
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for _, path := range []string{"/healthz", "/readyz", "/docs/", "/docs", "/openapi.json"} {
		res, err := client.Head("http://" + r.addr + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("HEAD %s is answered with %d", path, res.StatusCode)
		}
	}
}

// TestTheSchemeOfATokenIsReadAsHTTPSaysSo takes any case, and nothing else.
func TestTheSchemeOfATokenIsReadAsHTTPSaysSo(t *testing.T) {
	w := laptop(t)
	for scheme, want := range map[string]int{"Bearer": 200, "bearer": 200, "BEARER": 200, "Basic": 401, "Bearer ": 401, "": 401} {
		if r := w.Do(fmt.Sprint(scheme, " ", w.Token(resident)), http.MethodGet, "/me", nil); r.Status != want {
			t.Errorf("%q is answered with %s", scheme, r)
		}
	}
}

// TestAGrantIsToldAsItIsListed compares what is answered when it is given, and
// when it is revoked, with the list.
func TestAGrantIsToldAsItIsListed(t *testing.T) {
	w := laptop(t)
	user := w.newcomer("demo-newcomer")
	w.Must("demo-newcomer", http.MethodPatch, "/me", form{"display_name": "新来的"})
	r := w.Must(admin, http.MethodPost, "/grants", form{"user_id": user, "role": "volunteer", "org_id": "1200"})
	for range 2 {
		listed := w.Get(admin, "/grants?user_id="+user).JSON["items"].([]any)[0]
		if r.At("org.name") == "" || r.At("name") != "新来的" || !reflect.DeepEqual(listed, any(r.JSON)) {
			t.Errorf("told as %s, listed as %v", r, listed)
		}
		if r.At("revoked_at") == "" {
			r = w.Must(admin, http.MethodPost, "/grants/"+r.ID()+"/revoke", reason())
		}
	}
}
