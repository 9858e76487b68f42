package wechat_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"dandelion/internal/wechat"
)

// ask sends a request past the SDK.
func ask(t *testing.T, sim *wechat.Simulated, method, address, body string) map[string]any {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := sim.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := errors.Join(json.NewDecoder(res.Body).Decode(&got), res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestSimulatedAnswersAsWeChatDoes(t *testing.T) {
	const (
		api   = "https://api.weixin.qq.com"
		login = api + "/sns/jscode2session?grant_type=authorization_code&appid=" + appID
	)
	stable := func(id, key string) string {
		return `{"grant_type":"client_credential","appid":"` + id + `","secret":"` + key + `"}`
	}
	for name, tt := range map[string]struct {
		address, body string
		code          float64
	}{
		"a login":                   {login + "&secret=" + secret + "&js_code=demo-a", "", 0},
		"a code it does not know":   {login + "&secret=" + secret + "&js_code=invalid-a", "", 40029},
		"no code":                   {login + "&secret=" + secret, "", 41008},
		"a wrong secret":            {login + "&secret=x&js_code=demo-a", "", 40125},
		"a second secret":           {login + "&secret=" + secret + "&js_code=demo-a&secret=x", "", 40125},
		"another program":           {strings.Replace(login, appID, "wxother", 1) + "&secret=" + secret + "&js_code=demo-a", "", 40013},
		"no grant":                  {strings.Replace(login, "authorization_code", "x", 1) + "&secret=" + secret + "&js_code=demo-a", "", 40002},
		"a stable token":            {api + tokenPath, stable(appID, secret), 0},
		"a token for a wrong one":   {api + tokenPath, stable(appID, "x"), 40125},
		"a token for another":       {api + tokenPath, stable("wxother", secret), 40013},
		"a token for nonsense":      {api + tokenPath, "x", 40002},
		"an old token":              {api + "/cgi-bin/token?grant_type=client_credential&appid=" + appID + "&secret=" + secret, "", 0},
		"a phone without a token":   {api + numberPath, `{"code":"demo-a"}`, 40001},
		"a path that is not there":  {api + "/wxa/other", "", 48001},
		"a host that is not WeChat": {"https://api.weixin.qq.com.example" + tokenPath, stable(appID, secret), 48001},
		"no TLS":                    {"http://api.weixin.qq.com" + tokenPath, stable(appID, secret), 48001},
	} {
		got := ask(t, simulated(), http.MethodPost, tt.address, tt.body)
		if code, _ := got["errcode"].(float64); code != tt.code {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestSimulatedServersOfOneProgramAgree: two processes on a laptop that share
// a cache of tokens have a simulated WeChat each.
func TestSimulatedServersOfOneProgramAgree(t *testing.T) {
	tokens := &shared{}
	a, b := simulated(), simulated()
	gets(t, replica(a, tokens, nil))
	gets(t, replica(b, tokens, nil))
	asked(t, a, 1)
	asked(t, b, 0)
}

func TestSimulatedPeopleStayThemselves(t *testing.T) {
	seen := map[string]string{}
	for _, code := range []string{"demo-alice", "demo-bob", "0a3Bc", strings.Repeat("x", 41), strings.Repeat("x", 42), strings.Repeat("x", 128)} {
		who, err := client(simulated()).OpenID(t.Context(), code)
		if err != nil || who != wechat.SimulatedOpenID(code) || len(who) > 64 {
			t.Errorf("%s is %q, %v", code, who, err)
		}
		if other, taken := seen[who]; taken {
			t.Errorf("%s and %s are both %s", code, other, who)
		}
		seen[who] = code
	}
	if got := wechat.SimulatedOpenID("demo-alice"); got != "sim_demo-alice" {
		t.Errorf("alice is %q", got)
	}
	alice, ok := wechat.SimulatedPhone("demo-alice")
	bob, ok2 := wechat.SimulatedPhone("demo-bob")
	if !ok || !ok2 || alice == bob || len(alice) != 11 || len(bob) != 11 {
		t.Errorf("numbers %q and %q", alice, bob)
	}
	for _, code := range []string{"other", "phone-123", "phone-03800001234", "invalid"} {
		if number, ok := wechat.SimulatedPhone(code); ok {
			t.Errorf("%s has the number %s", code, number)
		}
	}
}
