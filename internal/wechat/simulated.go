package wechat

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// Mode is a way in which a simulated WeChat fails.
type Mode string

// The ways to fail.
const (
	Healthy  Mode = ""         // it does not
	Down     Mode = "down"     // nobody is there
	Silent   Mode = "silent"   // somebody is, and says nothing
	Broken   Mode = "broken"   // 502, with a page
	Nonsense Mode = "nonsense" // 200, with a page
	Busy     Mode = "busy"     // errcode -1
)

// wechatHost is where WeChat is.
const wechatHost = "api.weixin.qq.com"

// Simulated answers in the place of WeChat's servers, so that on a laptop and
// in tests everything up to the wire is the real thing. A login code names its
// user: whoever comes with "demo-alice" is always the same person. A code that
// begins with "invalid" is refused. It is safe for use by several goroutines.
type Simulated struct {
	AppID, Secret string

	mu     sync.Mutex
	mode   Mode
	tokens int // how many have been ended before their time
	calls  map[string]int
}

// SimulatedOpenID returns the openid of the user who logs in with code.
func SimulatedOpenID(code string) string {
	if len(code) <= 40 {
		return "sim_" + code
	}
	sum := sha256.Sum256([]byte(code))
	return "sim_" + hex.EncodeToString(sum[:])[:40]
}

// SimulatedPhone returns the number behind a phone code: "phone-" and the
// number itself, or "demo-" and anything, which gives one made from it.
func SimulatedPhone(code string) (number string, ok bool) {
	if number, ok = strings.CutPrefix(code, "phone-"); ok {
		return number, phones.MatchString(number)
	}
	sum := sha256.Sum256([]byte(code))
	return fmt.Sprintf("199%08d", binary.BigEndian.Uint64(sum[:])%100_000_000), strings.HasPrefix(code, "demo-")
}

// Fail makes s fail in the given way from now on.
func (s *Simulated) Fail(mode Mode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mode = mode
}

// EndTokens makes all access tokens invalid that were given so far.
func (s *Simulated) EndTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens++
}

// Calls returns how often path was asked for.
func (s *Simulated) Calls(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[path]
}

// RoundTrip answers r as WeChat would.
func (s *Simulated) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := s.read(r)
	if err != nil {
		return nil, err
	}
	switch mode := s.count(r.URL.Path); mode {
	case Down:
		return nil, errors.New("dial tcp: connection refused: " + r.URL.String())
	case Silent:
		<-r.Context().Done()
		return nil, context.Cause(r.Context())
	case Broken:
		return reply(r, http.StatusBadGateway, "<html>bad gateway "+r.URL.String()+"</html>"), nil
	case Nonsense:
		return reply(r, http.StatusOK, "<html>"+r.URL.String()+"</html>"), nil
	case Busy:
		return s.answer(r, refuse(-1, "system error, "+r.URL.String()))
	}
	if r.URL.Path == codePath {
		return s.draw(r, body)
	}
	return s.answer(r, s.serve(r.URL, body))
}

// read takes what r carries, as a transport has to.
func (s *Simulated) read(r *http.Request) (body map[string]any, err error) {
	if r.Body == nil {
		return nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer))
	if err := errors.Join(err, r.Body.Close()); err != nil {
		return nil, err
	}
	if json.Unmarshal(text, &body) != nil {
		return nil, nil // which lacks everything, and is refused for that
	}
	return body, nil
}

// count remembers that path was asked for, and says how to fail.
func (s *Simulated) count(path string) Mode {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls == nil {
		s.calls = map[string]int{}
	}
	s.calls[path]++
	return s.mode
}

// serve is what WeChat does when it works.
func (s *Simulated) serve(u *url.URL, body map[string]any) map[string]any {
	q := u.Query()
	text := func(key string) string { v, _ := body[key].(string); return v }
	switch {
	case u.Scheme != "https" || u.Host != wechatHost:
		return refuse(48001, "api unauthorized")
	case u.Path == "/sns/jscode2session":
		return s.login(q)
	case u.Path == "/cgi-bin/token":
		return s.token(q.Get("grant_type"), q.Get("appid"), q.Get("secret"), true)
	case u.Path == "/cgi-bin/stable_token":
		force, _ := body["force_refresh"].(bool)
		return s.token(text("grant_type"), text("appid"), text("secret"), force)
	case u.Path == "/wxa/business/getuserphonenumber":
		return s.phone(q.Get("access_token"), text("code"))
	}
	return refuse(48001, "api unauthorized")
}

func (s *Simulated) login(q url.Values) map[string]any {
	code := q.Get("js_code")
	switch {
	case len(q["appid"]) != 1 || q.Get("appid") != s.AppID:
		return refuse(40013, "invalid appid")
	case len(q["secret"]) != 1 || q.Get("secret") != s.Secret:
		return refuse(40125, "invalid appsecret "+q.Get("secret"))
	case q.Get("grant_type") != "authorization_code":
		return refuse(40002, "invalid grant_type")
	case code == "":
		return refuse(41008, "missing code")
	case strings.HasPrefix(code, "invalid"):
		return refuse(40029, "invalid code "+code)
	}
	return map[string]any{"openid": SimulatedOpenID(code), "session_key": "c2ltdWxhdGVkLXNlc3Npb24="}
}

// token gives the token that is good now, or another one. Tokens follow from
// the secret, so that several simulated servers of one mini-program agree.
func (s *Simulated) token(grant, appID, secret string, another bool) map[string]any {
	switch {
	case grant != "client_credential":
		return refuse(40002, "invalid grant_type")
	case appID != s.AppID:
		return refuse(40013, "invalid appid")
	case secret != s.Secret:
		return refuse(40125, "invalid appsecret "+secret)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if another {
		s.tokens++
	}
	return map[string]any{"access_token": s.current(), "expires_in": 7200}
}

// current is the token that is good now. The caller holds the lock.
func (s *Simulated) current() string {
	mac := hmac.New(sha256.New, []byte(s.Secret))
	fmt.Fprintf(mac, "%s %d", s.AppID, s.tokens)
	return "sim_token_" + hex.EncodeToString(mac.Sum(nil))
}

func (s *Simulated) phone(token, code string) map[string]any {
	s.mu.Lock()
	good := token == s.current()
	s.mu.Unlock()
	number, ok := SimulatedPhone(code)
	switch {
	case !good:
		return refuse(40001, "invalid credential, access_token is invalid or not latest: "+token)
	case !ok:
		return refuse(40029, "invalid code "+code)
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "phone_info": map[string]any{
		"phoneNumber": number, "purePhoneNumber": number, "countryCode": "86",
		"watermark": map[string]any{"timestamp": 1_600_000_000, "appid": s.AppID},
	}}
}

// refuse is how WeChat says no. Like WeChat it repeats what it was sent, which
// shows that nobody passes it on.
func refuse(code int, text string) map[string]any {
	return map[string]any{"errcode": code, "errmsg": text}
}

func (s *Simulated) answer(r *http.Request, body map[string]any) (*http.Response, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return reply(r, http.StatusOK, string(text)), nil
}

func reply(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"text/plain"}}, ContentLength: int64(len(body)),
		Body: io.NopCloser(strings.NewReader(body)),
	}
}
