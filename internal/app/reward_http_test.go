package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dandelion/internal/apitest"
)

const (
	officer  = "demo-county"
	verifier = "demo-verifier"
)

// umbrella is a reward that nobody is too poor for.
func umbrella(change form) form {
	f := form{"org_id": "1200", "name": "晴雨伞", "detail": "晴雨两用", "cost": 1, "stock": 3, "per_person": 2}
	for k, v := range change {
		f[k] = v
	}
	return f
}

func (w world) offer(change form) string {
	w.Helper()
	return w.Must(officer, http.MethodPost, "/rewards", umbrella(change)).ID()
}

// redeem takes a new reward for the member.
func (w world) redeem() apitest.Response {
	w.Helper()
	return w.Must(member, http.MethodPost, "/rewards/"+w.offer(nil)+"/redeem", form{})
}

// rewardErrands are those of the routes of rewards, for the test that each
// request does its work once.
func rewardErrands(w world) map[string]func() errand {
	n := 0
	request := func() string { n++; return fmt.Sprintf("errand-%04d", n) }
	return map[string]func() errand{
		"POST /rewards":       func() errand { return errand{officer, "/rewards", umbrella(nil)} },
		"PATCH /rewards/{id}": func() errand { return errand{officer, "/rewards/" + w.offer(nil), form{"restock": 2}} },
		"POST /rewards/{id}/redeem": func() errand {
			return errand{member, "/rewards/" + w.offer(nil) + "/redeem", form{"request_id": request()}}
		},
		"POST /redemptions/{id}/cancel": func() errand { return errand{member, "/redemptions/" + w.redeem().ID() + "/cancel", nil} },
		"PUT /redemptions/{id}/proxy": func() errand {
			return errand{member, "/redemptions/" + w.redeem().ID() + "/proxy", form{"name": "王建军", "consent": true}}
		},
		"DELETE /redemptions/{id}/proxy": func() errand {
			id := w.redeem().ID()
			w.Must(member, http.MethodPut, "/redemptions/"+id+"/proxy", form{"name": "王建军", "consent": true})
			return errand{member, "/redemptions/" + id + "/proxy", nil}
		},
		"POST /redemptions/check": func() errand { return errand{verifier, "/redemptions/check", form{"code": w.redeem().At("code")}} },
		"POST /redemptions/pick-up": func() errand {
			return errand{verifier, "/redemptions/pick-up", form{"code": w.redeem().At("code"), "taken_by": "owner"}}
		},
		"POST /points/donations": func() errand { return errand{member, "/points/donations", form{"amount": 1, "request_id": request()}} },
	}
}

// rewardBody is a good body for a route of rewards with an id; nil for others.
func rewardBody(route string) any {
	return map[string]any{
		"PATCH /api/v1/rewards/{id}":           form{"restock": 1},
		"POST /api/v1/rewards/{id}/redeem":     form{},
		"PUT /api/v1/redemptions/{id}/proxy":   form{"name": "王建军", "consent": true},
		"POST /api/v1/redemptions/{id}/cancel": nil,
	}[route]
}

// TestARewardIsTakenAndHandedOver is 兑换 as people live it: the county offers, a
// member takes and lets his neighbour fetch it, the station hands it over once.
func TestARewardIsTakenAndHandedOver(t *testing.T) {
	w := newWorld(t)
	reward := w.offer(nil)
	before := w.Get(member, "/rewards/"+reward)
	d := w.Must(member, http.MethodPost, "/rewards/"+reward+"/redeem", form{"request_id": "scenario-1"})
	id, code := d.ID(), d.At("code")
	if again := w.Must(member, http.MethodPost, "/rewards/"+reward+"/redeem", form{"request_id": "scenario-1"}); again.ID() != id || len(code) != 10 || before.At("stock") != "3" {
		t.Errorf("the same request again: %s after %s", again, d)
	}
	const get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	pick := func(by string) form { return form{"code": strings.ToLower(code), "taken_by": by} }
	w.play(&id, []line{
		{member, get, "/rewards/" + reward, nil, 200, []string{`"stock":2`}, nil},
		{member, post, "/rewards/" + w.offer(nil) + "/redeem", form{"request_id": "scenario-1"}, 409, []string{"points.repeated"}, nil},
		{member, get, "/redemptions", nil, 200, []string{"ID", "待领取"}, []string{code}},
		{member, get, "/redemptions/ID", nil, 200, []string{code}, nil},
		{neighbour, get, "/redemptions/ID", nil, 404, nil, []string{code}},
		{verifier, get, "/redemptions/ID", nil, 404, nil, []string{code}},
		{verifier, get, "/redemptions/queue", nil, 200, []string{"ID", `"owner":"张**"`}, []string{code, "张志强"}},
		{officer, get, "/redemptions/queue?org_id=1200", nil, 403, nil, nil},
		{verifier, post, "/redemptions/pick-up", pick("proxy"), 409, []string{"redemption.proxy"}, nil},
		{member, put, "/redemptions/ID/proxy", form{"name": "王建军", "consent": false}, 422, []string{"body.consent"}, nil},
		{neighbour, put, "/redemptions/ID/proxy", form{"name": "王建军", "consent": true}, 404, nil, nil},
		{member, put, "/redemptions/ID/proxy", form{"name": "王建军", "consent": true}, 200, []string{"王建军", "proxy_at"}, nil},
		{member, del, "/redemptions/ID/proxy", nil, 200, nil, []string{"王建军", "proxy_at"}},
		{member, put, "/redemptions/ID/proxy", form{"name": "王建军", "consent": true}, 200, nil, nil},
		{verifier, get, "/redemptions/queue?org_id=1200", nil, 200, []string{"王**"}, []string{"王建军"}},
		{verifier, post, "/redemptions/check", form{"code": code}, 200, []string{"王建军", `"state":"held"`}, []string{code}},
		{member, post, "/redemptions/pick-up", pick("owner"), 403, []string{"permission.denied"}, nil},
		{verifier, post, "/redemptions/pick-up", pick("proxy"), 200, []string{`"state":"picked_up"`, `"taken_by":"proxy"`}, []string{code}},
		{verifier, post, "/redemptions/pick-up", pick("proxy"), 404, []string{"redemption.code"}, nil},
		{verifier, post, "/redemptions/pick-up", form{"code": "ABCDEFGHJK", "taken_by": "owner"}, 404, []string{"redemption.code"}, nil},
		{member, post, "/redemptions/ID/cancel", nil, 409, []string{"redemption.state"}, nil},
		{member, get, "/redemptions/ID", nil, 200, []string{"已领取"}, []string{code}},
		{auditor, get, "/audits?subject=redemption&subject_id=ID", nil, 200, []string{"redemption.check", "redemption.pick_up"}, []string{code, "王建军"}},
		{stranger, get, "/rewards/" + reward, nil, 404, nil, nil},
	})
}

// TestWhatIsGivenBackCanBeTakenAgain cancels, and lets another lapse.
func TestWhatIsGivenBackCanBeTakenAgain(t *testing.T) {
	w := newWorld(t)
	reward := w.offer(form{"stock": 1, "per_person": 1})
	take := func() apitest.Response { return w.Do(member, http.MethodPost, "/rewards/"+reward+"/redeem", form{}) }
	first := take()
	if r := take(); r.Status != http.StatusConflict || r.Code() != "reward.limit" {
		t.Errorf("a second piece: %s", r)
	}
	if r := w.Do(member2, http.MethodPost, "/rewards/"+reward+"/redeem", form{}); r.Code() != "reward.sold_out" {
		t.Errorf("there is none left: %s", r)
	}
	if r := w.Must(member, http.MethodPost, "/redemptions/"+first.ID()+"/cancel", nil); r.At("state") != "cancelled" || r.At("code") != "" {
		t.Errorf("cancelled: %s", r)
	}
	second := take()
	w.Pass(7*24*time.Hour + time.Minute)
	if r := w.Get(member, "/redemptions/"+second.ID()); r.At("state") != "expired" || r.At("code") != "" {
		t.Errorf("after a week: %s", r)
	}
	if r := w.Do(verifier, http.MethodPost, "/redemptions/pick-up", form{"code": second.At("code"), "taken_by": "owner"}); r.Code() != "redemption.code" {
		t.Errorf("an expired code: %s", r)
	}
	if r := w.Get(member, "/rewards/"+reward); r.At("stock") != "1" {
		t.Errorf("it is back: %s", r)
	}
}

// TestRewardsAndGiftsThatAreRefused sends what clients should not.
func TestRewardsAndGiftsThatAreRefused(t *testing.T) {
	w := laptop(t)
	reward := w.offer(form{"cost": 10_000})
	pool := w.Get(member, "/points/pools/1200").At("amount")
	for _, c := range []struct {
		name, as, method, path string
		body                   any
		status                 int
		code                   string
	}{
		{"a voucher", officer, "POST", "/rewards", umbrella(form{"name": "超市购物卡"}), 422, "reward.cash"},
		{"a price in money", officer, "POST", "/rewards", umbrella(form{"price": 5}), 422, "request.invalid"},
		{"for nothing", officer, "POST", "/rewards", umbrella(form{"cost": 0}), 422, "request.invalid"},
		{"at a unit", officer, "POST", "/rewards", umbrella(form{"org_id": "2000"}), 422, "reward.org"},
		{"in another county", officer, "POST", "/rewards", umbrella(form{"org_id": "9200"}), 404, "org.not_found"},
		{"by a worker", worker, "POST", "/rewards", umbrella(nil), 403, "permission.denied"},
		{"more gone than there was", officer, "PATCH", "/rewards/" + reward, form{"restock": -4}, 409, "reward.stock"},
		{"another county's", "demo-other-admin", "PATCH", "/rewards/" + reward, form{"open": false}, 404, "reward.not_found"},
		{"without the points", member, "POST", "/rewards/" + reward + "/redeem", form{}, 409, "points.short"},
		{"a short request", member, "POST", "/rewards/" + reward + "/redeem", form{"request_id": "1"}, 422, "request.invalid"},
		{"what there is not", member, "POST", "/rewards/77/redeem", form{}, 404, "reward.not_found"},
		{"a gift of nothing", member, "POST", "/points/donations", form{"amount": 0}, 422, "request.invalid"},
		{"a gift to a person", member, "POST", "/points/donations", form{"amount": 1, "user_id": memberID}, 422, "request.invalid"},
		{"more than one has", member, "POST", "/points/donations", form{"amount": 100_000}, 409, "points.short"},
		{"a pool of another county", stranger, "GET", "/points/pools/1200", nil, 404, "org.not_found"},
	} {
		r := w.Do(c.as, c.method, c.path, c.body)
		if r.Status != c.status || r.Code() != c.code {
			t.Errorf("%s: %s, want %d %s", c.name, r, c.status, c.code)
		}
	}
	if r := w.Get(member, "/points/pools/1200"); r.At("amount") != pool || pool != "2" {
		t.Errorf("the pool held %s, and holds %s", pool, r)
	}
	w.Must(member, "POST", "/points/donations", form{"amount": 3, "note": "给孩子们添书"})
	if r := w.Get(neighbour, "/points/pools/1200"); r.At("amount") != "5" {
		t.Errorf("after a gift: %s", r)
	}
}
