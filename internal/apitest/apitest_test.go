package apitest_test

import (
	"strings"
	"testing"

	"dandelion/internal/apitest"
)

func TestADemoPersonLogsInAndIsKnown(t *testing.T) {
	s := apitest.New(t, apitest.Options{})
	me := s.Get("demo-worker", "/me")
	if me.Route == nil || me.Route.Path != "/api/v1/me" {
		t.Errorf("the route of /me is %v", me.Route)
	}
	if got := me.At("grants.0.role"); got != "worker" {
		t.Errorf("the worker's role is %q: %s", got, me)
	}
	if a, b := s.Token("demo-worker"), s.Token("demo-worker"); a != b {
		t.Error("a person logs in for every request")
	}
	s.Forget()
	if r := s.Do("Bearer forged", "GET", "/me", nil); r.Status != 401 || r.Code() != "session.required" {
		t.Errorf("a forged token: %s", r)
	}
	if r := s.Do("", "GET", "/nowhere", nil); r.Status != 404 || r.Route != nil {
		t.Errorf("no route: %s", r)
	}
}

// TestTheCheckBites shows answers that are not as documented.
func TestTheCheckBites(t *testing.T) {
	s := apitest.New(t, apitest.Options{})
	good := s.Get("demo-worker", "/me")
	bad := s.Do("demo-worker", "POST", "/wishes", "{}")
	for name, change := range map[string]func(r *apitest.Response) string{
		"a status that is not documented":       func(r *apitest.Response) string { *r = good; r.Status = 202; return "not documented" },
		"a content type that is not documented": func(r *apitest.Response) string { *r = good; head(r, "text/html"); return "content type" },
		"a member too many": func(r *apitest.Response) string {
			*r = good
			r.JSON = with(good, "secret", "x")
			return "body: has secret too"
		},
		"a member of the wrong type": func(r *apitest.Response) string {
			*r = good
			r.JSON = with(good, "grants", "x")
			return "body.grants: is no array"
		},
		"a code that is not defined":   func(r *apitest.Response) string { r.JSON = with(bad, "code", "made.up"); return "not defined" },
		"an English sentence":          func(r *apitest.Response) string { r.JSON = with(bad, "detail", "bad"); return "not Chinese" },
		"a problem that is plain JSON": func(r *apitest.Response) string { head(r, "application/json"); return "content type" },
		"a status that is not of the code": func(r *apitest.Response) string {
			r.JSON = with(bad, "code", "wish.taken")
			return "wish.taken is answered with 422"
		},
		"an internal error": func(r *apitest.Response) string { r.Status = 500; return "does not know" },
	} {
		t.Run(name, func(t *testing.T) {
			r := bad
			want := change(&r)
			if got := strings.Join(apitest.Wrong(s, r), "; "); !strings.Contains(got, want) {
				t.Errorf("the check says %q, want %q", got, want)
			}
		})
	}
	for _, r := range []apitest.Response{good, bad} {
		if got := apitest.Wrong(s, r); got != nil {
			t.Errorf("the check says %q of %s", got, r)
		}
	}
}

func with(r apitest.Response, key string, value any) map[string]any {
	all := map[string]any{key: value}
	for k, v := range r.JSON {
		if k != key {
			all[k] = v
		}
	}
	return all
}

func head(r *apitest.Response, kind string) {
	r.Header = r.Header.Clone()
	r.Header.Set("Content-Type", kind)
}

func TestAResponseIsReadByPath(t *testing.T) {
	r := apitest.Response{JSON: map[string]any{"id": "7", "n": 3.0, "items": []any{map[string]any{"ok": true}}}}
	for path, want := range map[string]string{
		"id": "7", "n": "3", "items.0.ok": "true", "items.1.ok": "", "items.x": "", "id.deeper": "", "none": "",
	} {
		if got := r.At(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

func TestAPathTakesParameters(t *testing.T) {
	if got := apitest.Query("/wishes", "view", "mine", "limit", "2"); got != "/wishes?limit=2&view=mine" {
		t.Errorf("got %s", got)
	}
}
