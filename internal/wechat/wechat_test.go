package wechat_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dandelion/internal/fault"
	"dandelion/internal/wechat"
)

const (
	appID  = "wx0123456789abcdef"
	secret = "canary-secret"
	phone  = "13800001234"

	loginPath  = "/sns/jscode2session"
	tokenPath  = "/cgi-bin/stable_token"
	numberPath = "/wxa/business/getuserphonenumber"
)

func simulated() *wechat.Simulated { return &wechat.Simulated{AppID: appID, Secret: secret} }

func client(via http.RoundTripper) *wechat.Client {
	return wechat.New(wechat.Options{AppID: appID, Secret: secret, Transport: via})
}

// wire answers requests by a function.
type wire func(*http.Request) (*http.Response, error)

func (f wire) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// says answers one path in its own way, and the others as WeChat does.
func says(path string, status int, body string) http.RoundTripper {
	sim := simulated()
	return wire(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path != path {
			return sim.RoundTrip(r)
		}
		return &http.Response{StatusCode: status, Header: http.Header{"Location": {"https://evil.example/"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})
}

// tight: err has nothing of what was sent, received or kept secret.
func tight(t *testing.T, err error) {
	t.Helper()
	for _, text := range []string{fmt.Sprintf("%v", err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), fmt.Sprintf("%+v", fault.Of(err).Params)} {
		for _, leak := range []string{"canary", "weixin", "http", "sim_", "demo-", "access_token=", "system error", phone} {
			if strings.Contains(text, leak) {
				t.Errorf("the error tells %q: %s", leak, text)
			}
		}
	}
}

func TestOpenID(t *testing.T) {
	tests := []struct {
		name, code string
		via        http.RoundTripper
		want       error
	}{
		{"knows a user", "demo-alice", simulated(), nil},
		{"knows a user by a real code", "0a3Bc-_" + strings.Repeat("x", 121), simulated(), nil},
		{"refuses a code that WeChat refuses", "invalid-1", simulated(), wechat.ErrCode},
		{"refuses a code that was used", "demo-alice", says(loginPath, 200, `{"errcode":40163,"errmsg":"canary"}`), wechat.ErrCode},
		{"blames WeChat for a wrong secret", "demo-alice", &wechat.Simulated{AppID: appID, Secret: "other"}, wechat.ErrUnavailable},
		{"blames WeChat for a 502", "demo-alice", says(loginPath, 502, "canary"), wechat.ErrUnavailable},
		{"blames WeChat for a page", "demo-alice", says(loginPath, 200, "<html>canary"), wechat.ErrUnavailable},
		{"blames WeChat for the wrong types", "demo-alice", says(loginPath, 200, `{"openid":7}`), wechat.ErrUnavailable},
		{"blames WeChat for a list", "demo-alice", says(loginPath, 200, `[]`), wechat.ErrUnavailable},
		{"blames WeChat for nobody", "demo-alice", says(loginPath, 200, `{"errcode":0}`), wechat.ErrUnavailable},
		{"blames WeChat for an odd openid", "demo-alice", says(loginPath, 200, `{"openid":"a' OR 1"}`), wechat.ErrUnavailable},
		{"follows no redirect", "demo-alice", says(loginPath, 302, ""), wechat.ErrUnavailable},
		{"reads no endless answer", "demo-alice", says(loginPath, 200, `{"openid":"a"}`+strings.Repeat(" ", 1<<20)), wechat.ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := client(tt.via).OpenID(t.Context(), tt.code)
			if !errors.Is(err, tt.want) || (err == nil) != (got == wechat.SimulatedOpenID(tt.code)) {
				t.Fatalf("OpenID = %q, %v; want %v", got, err, tt.want)
			}
			if err != nil {
				tight(t, err)
			}
		})
	}
}

// TestACodeAddsNothingToARequest: the SDK pastes it into the URL.
func TestACodeAddsNothingToARequest(t *testing.T) {
	sim := simulated()
	c := client(sim)
	for _, code := range []string{
		"", "x&appid=evil", "x&secret=evil", "x#", "x%26", "x y", "x\n", "x\r\nHost: evil", "../x", "照", strings.Repeat("x", 129), "demo-alice\x00",
	} {
		if _, err := c.OpenID(t.Context(), code); !errors.Is(err, wechat.ErrCode) {
			t.Errorf("OpenID(%q): %v", code, err)
		}
		if _, err := c.Phone(t.Context(), code); !errors.Is(err, wechat.ErrPhoneCode) {
			t.Errorf("Phone(%q): %v", code, err)
		}
	}
	if n := sim.Calls(loginPath) + sim.Calls(numberPath) + sim.Calls(tokenPath); n != 0 {
		t.Errorf("WeChat was asked %d times", n)
	}
}

func TestPhone(t *testing.T) {
	demo, _ := wechat.SimulatedPhone("demo-alice")
	info := func(number, country, app string) string {
		return fmt.Sprintf(`{"errcode":0,"phone_info":{"purePhoneNumber":%q,"countryCode":%q,"watermark":{"appid":%q}}}`, number, country, app)
	}
	tests := []struct {
		name, code string
		via        http.RoundTripper
		number     string
		want       error
	}{
		{"knows a number", "phone-" + phone, simulated(), phone, nil},
		{"knows the number of a persona", "demo-alice", simulated(), demo, nil},
		{"refuses a code that WeChat refuses", "invalid", simulated(), "", wechat.ErrPhoneCode},
		{"refuses a code of no number", "phone-12345", simulated(), "", wechat.ErrPhoneCode},
		{"refuses a number shown to another program", "x", says(numberPath, 200, info(phone, "86", "wxother")), "", wechat.ErrPhoneCode},
		{"refuses a number abroad", "x", says(numberPath, 200, info("4155550100", "1", appID)), "", wechat.ErrPhoneRegion},
		{"refuses a number of no mobile", "x", says(numberPath, 200, info("01012345678", "86", appID)), "", wechat.ErrPhoneRegion},
		{"blames WeChat for no number", "x", says(numberPath, 200, `{"errcode":0}`), "", wechat.ErrUnavailable},
		{"blames WeChat for an odd answer", "x", says(numberPath, 200, `{"phone_info":"`+phone+`"}`), "", wechat.ErrUnavailable},
		{"blames WeChat for a 500", "x", says(numberPath, 500, phone), "", wechat.ErrUnavailable},
		{"blames WeChat for a limit", "x", says(numberPath, 200, `{"errcode":45011,"errmsg":"canary"}`), "", wechat.ErrUnavailable},
		{"blames WeChat for no token", "x", says(tokenPath, 200, `{"errcode":40125,"errmsg":"canary"}`), "", wechat.ErrUnavailable},
		{"blames WeChat for an odd token", "x", says(tokenPath, 200, `{"access_token":"a&b=c","expires_in":7200}`), "", wechat.ErrUnavailable},
		{"blames WeChat for a token of no time", "x", says(tokenPath, 200, `{"access_token":"a","expires_in":-1}`), "", wechat.ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := client(tt.via).Phone(t.Context(), tt.code)
			if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) || got != tt.number {
				t.Fatalf("Phone = %q, %v; want %q, %v", got, err, tt.number, tt.want)
			}
			if err != nil {
				tight(t, err)
			}
		})
	}
}

func TestAWeChatThatFailsIsNamedAndNotQuoted(t *testing.T) {
	for _, mode := range []wechat.Mode{wechat.Down, wechat.Silent, wechat.Broken, wechat.Nonsense, wechat.Busy} {
		synctest.Test(t, func(t *testing.T) {
			sim := simulated()
			sim.Fail(mode)
			_, login := client(sim).OpenID(t.Context(), "demo-alice")
			_, number := client(sim).Phone(t.Context(), "phone-"+phone)
			for _, err := range []error{login, number} {
				f := fault.Of(err)
				if !errors.Is(err, wechat.ErrUnavailable) || f.RetryAfter != 5*time.Second {
					t.Fatalf("%s: %v", mode, err)
				}
				tight(t, err)
			}
		})
	}
}

func TestNobodyWaitsForWeChatForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulated()
		sim.Fail(wechat.Silent)
		hurried, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		patient := wechat.New(wechat.Options{AppID: appID, Secret: secret, Transport: sim, Timeout: 7 * time.Second})
		for _, tt := range []struct {
			ctx  context.Context
			c    *wechat.Client
			want time.Duration
		}{
			{hurried, client(sim), time.Second}, {t.Context(), client(sim), 3 * time.Second}, {t.Context(), patient, 7 * time.Second},
		} {
			start := time.Now()
			_, err := tt.c.OpenID(tt.ctx, "demo-alice")
			if d := time.Since(start); !errors.Is(err, wechat.ErrUnavailable) || d != tt.want {
				t.Errorf("waited %v: %v; want %v", d, err, tt.want)
			}
		}
	})
}

func TestADeadWeChatIsLeftAloneForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulated()
		c := client(sim)
		sim.Fail(wechat.Silent)
		for range 5 {
			if _, err := c.OpenID(t.Context(), "demo-alice"); !errors.Is(err, wechat.ErrUnavailable) {
				t.Fatal(err)
			}
		}
		start := time.Now()
		for range 100 {
			_, err := c.OpenID(t.Context(), "demo-alice")
			if !errors.Is(err, wechat.ErrUnavailable) {
				t.Fatal(err)
			}
			tight(t, err)
		}
		if d := time.Since(start); d != 0 || sim.Calls(loginPath) != 5 {
			t.Errorf("waited %v for a dead WeChat, which was asked %d times", d, sim.Calls(loginPath))
		}
		sim.Fail(wechat.Healthy)
		time.Sleep(5*time.Second + 1)
		if _, err := c.OpenID(t.Context(), "demo-alice"); err != nil {
			t.Errorf("WeChat is back: %v", err)
		}
	})
}

// TestNobodyElseMakesWeChatSeemDead: neither bad codes nor callers who leave.
func TestNobodyElseMakesWeChatSeemDead(t *testing.T) {
	sim := simulated()
	c := client(sim)
	gone, leave := context.WithCancel(t.Context())
	leave()
	for range 20 {
		if _, err := c.OpenID(t.Context(), "invalid"); !errors.Is(err, wechat.ErrCode) {
			t.Fatal(err)
		}
	}
	sim.Fail(wechat.Silent)
	for range 20 {
		if _, err := c.OpenID(gone, "demo-alice"); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	sim.Fail(wechat.Healthy)
	if _, err := c.OpenID(t.Context(), "demo-alice"); err != nil {
		t.Error(err)
	}
}

// TestClientsOfOneProcessGoTheirOwnWays: the SDK has one HTTP client for all.
func TestClientsOfOneProcessGoTheirOwnWays(t *testing.T) {
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			mine := fmt.Sprintf("wx%d", i)
			sim := &wechat.Simulated{AppID: mine, Secret: secret + mine}
			if i%4 == 0 {
				sim.Fail(wechat.Down)
			}
			c := wechat.New(wechat.Options{AppID: mine, Secret: secret + mine, Transport: sim})
			for range 4 {
				who, err := c.OpenID(t.Context(), "demo-alice")
				number, err2 := c.Phone(t.Context(), "phone-"+phone)
				if i%4 == 0 {
					if !errors.Is(err, wechat.ErrUnavailable) || !errors.Is(err2, wechat.ErrUnavailable) {
						t.Errorf("%s is down: %v, %v", mine, err, err2)
					}
				} else if err != nil || err2 != nil || who != wechat.SimulatedOpenID("demo-alice") || number != phone {
					t.Errorf("%s: %q, %v, %q, %v", mine, who, err, number, err2)
				}
			}
		})
	}
	all.Wait()
}
