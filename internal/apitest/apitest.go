// Package apitest runs the whole system for a test and speaks to it as clients
// do. Each answer is checked against the OpenAPI document, so that every test
// of a route is a test of its documentation too.
package apitest

import (
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"dandelion/config"
	"dandelion/internal/app"
	"dandelion/internal/clock"
	"dandelion/internal/wechat"
)

// Morning is when the tests begin: a Wednesday, nine o'clock in Shanghai.
const Morning = "2026-07-01T09:00:00+08:00"

// The key of the simulated WeChat of the tests.
const (
	appID  = "wxsimulated00000000"
	secret = "simulated"
)

// Options say which system to run.
type Options struct {
	Log      *slog.Logger         // nil: nowhere
	Empty    bool                 // without the demo county
	Embedded bool                 // on SQLite and the Redis inside, wherever the tests run
	Change   func(*config.Config) // other settings, such as the address of something broken
}

// Server is a whole system that runs for a test, with the people of the demo
// county to speak for. The clock stands still until it is told to go.
type Server struct {
	testing.TB
	App    *app.App
	Clock  *clock.Manual
	WeChat *wechat.Simulated
	Config config.Config
	Hear   func(Response) // is told of every answer, if it is set

	doc   spec
	codes map[string]int // the status of every fault that is defined
	login *tokens
}

// tokens are the sessions of a server, by who they belong to.
type tokens struct {
	sync.Mutex
	of map[string]string
}

// New runs a system until t is over.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	start, err := time.Parse(time.RFC3339, Morning)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{
		TB: t, Clock: clock.At(start), WeChat: &wechat.Simulated{AppID: appID, Secret: secret}, Config: settings(t, o),
		codes: defined(), login: &tokens{of: map[string]string{}},
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s.App, err = app.New(t.Context(), s.Config, app.Outside{Now: s.Clock.Now, Log: o.Log, WeChat: s.WeChat})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.App.Close(); err != nil {
			t.Error(err)
		}
	})
	s.doc = document(t, s.App.API.Document)
	return s
}

// In returns s speaking for another test, such as a part of the one it was
// made for.
func (s *Server) In(t testing.TB) *Server {
	other := *s
	other.TB = t
	return &other
}

// Settle does all background work that is due, as the running system would.
func (s *Server) Settle() {
	s.Helper()
	if err := s.App.Work(s.Context()); err != nil {
		s.Error(err)
	}
}

// Pass lets time go by and does what falls due.
func (s *Server) Pass(d time.Duration) {
	s.Helper()
	s.Clock.Pass(d)
	s.Settle()
}

// At returns the time in d from now as clients write it.
func (s *Server) At(d time.Duration) string { return s.Clock.Now().Add(d).Format(time.RFC3339) }

// Token returns the token of the session of whoever logs in with code, whom it
// logs in if he is not.
func (s *Server) Token(code string) string {
	s.Helper()
	s.login.Lock()
	defer s.login.Unlock()
	if token := s.login.of[code]; token != "" {
		return token
	}
	s.login.of[code] = s.Login(code)
	return s.login.of[code]
}

// Login opens another session for whoever has code.
func (s *Server) Login(code string) string {
	s.Helper()
	r := s.Do("", "POST", "/auth/wechat", map[string]any{"code": code})
	token, _ := r.JSON["token"].(string)
	if r.Status != 201 || token == "" {
		s.Fatalf("%s cannot log in: %v", code, r)
	}
	return token
}

// Forget drops the sessions that Token has opened, so that it opens new ones.
func (s *Server) Forget() {
	s.login.Lock()
	defer s.login.Unlock()
	clear(s.login.of)
}

// place returns the path of a route on this server; one that begins with the
// base is taken as it is.
func place(path string) string {
	for _, whole := range []string{"/api/", "/healthz", "/readyz", "/metrics", "/openapi", "/docs", "/nowhere"} {
		if strings.HasPrefix(path, whole) {
			return path
		}
	}
	return "/api/v1" + path
}

// Query adds parameters to a path.
func Query(path string, pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return path + "?" + v.Encode()
}
