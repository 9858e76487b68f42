package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/gin-gonic/gin"

	"dandelion/internal/fault"
	"dandelion/model"
)

var errToy = fault.Define(fault.Conflict, "test.toy", "玩具已被拿走")

func TestEveryKindOfFaultHasAStatusAndATitle(t *testing.T) {
	for _, row := range ErrorList() {
		if row.Status == 0 || titles[row.Status] == "" {
			t.Errorf("%s has status %d and no title", row.Code, row.Status)
		}
		if !chinese(row.Message) {
			t.Errorf("%s says %q to a person", row.Code, row.Message)
		}
	}
}

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestAProblemSaysWhatTheFaultSaysAndNoMore(t *testing.T) {
	secret := errors.New("dial tcp 10.0.0.3:3306: password=hunter2")
	for _, tt := range []struct {
		name   string
		err    error
		status int
		code   string
		has    string
	}{
		{"a fault", errToy, 409, "test.toy", "玩具已被拿走"},
		{"a wrapped fault", fmt.Errorf("toy: take: %w", errToy.Because(secret)), 409, "test.toy", "玩具已被拿走"},
		{"a fault with a state", errToy.With("state", "open").With("possible", []string{"claim"}), 409, "test.toy", `"possible":["claim"]`},
		{"a fault with a field", errText.At("body.reason", "须为可见的文字"), 422, "request.text", `{"path":"body.reason","message":"须为可见的文字"}`},
		{"anything else", secret, 500, "internal", "系统出了点问题"},
		{"a deadline", context.DeadlineExceeded, 503, "server.timeout", "办理超时"},
		{"a client that left", context.Canceled, 503, "client.left", "请求已取消"},
		{"a consent that is missing", model.ErrConsent, 403, "consent.required", "隐私政策"},
	} {
		text, err := json.Marshal(problemOf(t.Context(), tt.err))
		if err != nil {
			t.Fatal(err)
		}
		var p struct {
			Type, Title, Code, Detail string
			Status                    int
		}
		if err := json.Unmarshal(text, &p); err != nil {
			t.Fatal(err)
		}
		if p.Status != tt.status || p.Code != tt.code || p.Type != "urn:dandelion:problem:"+tt.code || p.Title == "" || !strings.Contains(string(text), tt.has) {
			t.Errorf("%s: %s", tt.name, text)
		}
		if strings.Contains(string(text), "hunter2") || strings.Contains(string(text), "10.0.0.3") {
			t.Errorf("%s tells what is inside: %s", tt.name, text)
		}
	}
}

func TestWhoeverHasToWaitIsToldHowLong(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{fault.Define(fault.Unavailable, "test.away", "暂不可用"), "5"},
		{fault.Define(fault.Unavailable, "test.soon", "暂不可用").After(200 * time.Millisecond), "1"},
		{fault.Define(fault.TooMany, "test.often", "太频繁").After(90 * time.Second), "90"},
		{errToy, ""},
	} {
		if got := problemOf(t.Context(), tt.err).headers().Get("Retry-After"); got != tt.want {
			t.Errorf("%v: Retry-After %q, want %q", tt.err, got, tt.want)
		}
	}
	if got := problemOf(t.Context(), errToken).headers().Get("WWW-Authenticate"); got == "" {
		t.Error("a visitor is not told how to identify himself")
	}
}

func TestHumaSpeaksChineseAndRepeatsNothing(t *testing.T) {
	teachHuma()
	for name, message := range map[string]string{
		"required": validation.MsgExpectedRequiredProperty, "unexpected": validation.MsgUnexpectedProperty, "min": validation.MsgExpectedMinimumNumber,
		"max": validation.MsgExpectedMaximumNumber, "enum": validation.MsgExpectedOneOf, "string": validation.MsgExpectedString, "array": validation.MsgExpectedArray,
		"integer": validation.MsgExpectedInteger, "time": validation.MsgExpectedRFC3339DateTime, "items": validation.MsgExpectedMaxItems,
		"length": validation.MsgExpectedMaxLength, "pattern": validation.MsgExpectedMatchPattern, "boolean": validation.MsgExpectedBoolean,
	} {
		if !strings.HasPrefix(message, must) || !chinese(message) {
			t.Errorf("%s is still %q", name, message)
		}
	}
	p := humaProblem(t.Context(), 422, []error{
		&huma.ErrorDetail{Location: "body.z", Message: "须为整数", Value: "13800001234"},
		&huma.ErrorDetail{Location: "body.a", Message: "strange value 13800001234", Value: "13800001234"},
		&huma.ErrorDetail{Location: "query.x", Message: "unknown query parameter", Value: "13800001234"},
	})
	text, err := json.Marshal(p)
	if err != nil || strings.Contains(string(text), "13800001234") {
		t.Fatalf("the answer repeats what was sent: %s, %v", text, err)
	}
	if len(p.Fields) != 3 || p.Fields[0].Path != "body.a" || p.Fields[2].Message != "须去掉, 没有这个参数" {
		t.Errorf("fields %+v", p.Fields)
	}
	for status, code := range map[int]string{400: "request.malformed", 413: "request.too_large", 415: "request.media_type", 422: "request.invalid", 500: "internal"} {
		if p := humaProblem(t.Context(), status, nil); p.Code != code || p.Status != status {
			t.Errorf("huma's %d becomes %d %s", status, p.Status, p.Code)
		}
	}
}

// kernel is a router with what every request passes through, and toy routes.
func kernel(t *testing.T, log *slog.Logger) *gin.Engine {
	t.Helper()
	a, err := New(Services{
		Now: time.Now, Log: log, Ready: func(context.Context) error { return errToy }, CursorKey: pager.CursorKey,
		MetricsAllow: []string{"127.0.0.0/8"},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, ok := a.Handler.(*gin.Engine)
	if !ok {
		t.Fatal("the handler is no engine")
	}
	r.GET("/panic", func(*gin.Context) { panic("secret 13800001234") })
	r.POST("/read", func(c *gin.Context) {
		if _, err := c.GetRawData(); err != nil {
			fail(c, bodyError(err))
			return
		}
		c.Status(http.StatusOK)
	})
	return r
}

func ask(h http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.7:1234"
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTheKernelRefusesPlainly(t *testing.T) {
	r := kernel(t, slog.New(slog.DiscardHandler))
	for _, tt := range []struct {
		name, method, path, body string
		status                   int
		code                     string
	}{
		{"no such route", "GET", "/nothing", "", 404, "route.not_found"},
		{"no such method", "DELETE", "/healthz", "", 405, "route.method"},
		{"not ready", "GET", "/readyz", "", 503, "server.not_ready"},
		{"a panic", "GET", "/panic", "", 500, "internal"},
		{"too large", "POST", "/read", strings.Repeat("x", maxBody+1), 413, "request.too_large"},
		{"a visitor", "GET", "/api/v1/me", "", 401, "session.missing"},
		{"metrics from afar", "GET", "/metrics", "", 403, "metrics.forbidden"},
		{"an unknown parameter", "GET", "/api/v1/privacy-policy?x=1", "", 422, "request.invalid"},
	} {
		w := ask(r, tt.method, tt.path, tt.body)
		var p problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != tt.status || p.Code != tt.code {
			t.Errorf("%s: %d %s, want %d %s", tt.name, w.Code, w.Body, tt.status, tt.code)
		}
		if ct := w.Header().Get("Content-Type"); ct != problemType || !chinese(p.Detail) || p.RequestID == "" {
			t.Errorf("%s: %s %+v is no problem for a person", tt.name, ct, p)
		}
		if strings.Contains(w.Body.String(), "13800001234") {
			t.Errorf("%s tells a secret", tt.name)
		}
	}
}

func TestMetricsGoByTheConnectionAndNotByAHeader(t *testing.T) {
	r := kernel(t, slog.New(slog.DiscardHandler))
	for _, h := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded"} {
		if w := ask(r, "GET", "/metrics", "", h, "127.0.0.1"); w.Code != http.StatusForbidden {
			t.Errorf("%s opens the metrics: %d", h, w.Code)
		}
	}
	near := httptest.NewRequest("GET", "/metrics", http.NoBody)
	near.RemoteAddr = "127.0.0.1:999"
	w := httptest.NewRecorder()
	r.ServeHTTP(w, near)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "dandelion_http_request_seconds") {
		t.Errorf("metrics from near: %d", w.Code)
	}
	if strings.Contains(w.Body.String(), `method="BREW"`) {
		t.Error("any word makes a label")
	}
}

func TestALogLineTellsOfARequestAndNotOfPeople(t *testing.T) {
	var b strings.Builder
	r := kernel(t, slog.New(slog.NewJSONHandler(&b, nil)))
	ask(r, "GET", "/api/v1/me?phone=13800001234", "", "Authorization", "Basic canary-token", "X-Request-Id", "abc\n{}")
	ask(r, "GET", "/wishes/13800001234", "")
	ask(r, "POST", "/read", "13800001234", "X-Request-Id", "client-chosen-1")
	line := b.String()
	for _, canary := range []string{"13800001234", "canary-token", "abc\\n"} {
		if strings.Contains(line, canary) {
			t.Errorf("the log tells %s: %s", canary, line)
		}
	}
	for _, want := range []string{`"route":"/api/v1/me"`, `"status":401`, `"code":"session.missing"`, `"id":"client-chosen-1"`} {
		if !strings.Contains(line, want) {
			t.Errorf("the log has no %s: %s", want, line)
		}
	}
}

func TestTheDocumentCanBeReadOffline(t *testing.T) {
	r := kernel(t, slog.New(slog.DiscardHandler))
	w := ask(r, "GET", "/openapi.json", "")
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"openapi":"3.1`) {
		t.Fatalf("openapi.json: %d", w.Code)
	}
	if again := ask(r, "GET", "/openapi.json", "", "If-None-Match", w.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("the same document is sent again: %d", again.Code)
	}
	page := ask(r, "GET", "/docs/", "")
	if page.Code != 200 || !strings.Contains(page.Header().Get("Content-Security-Policy"), "default-src 'self'") {
		t.Errorf("docs: %d %v", page.Code, page.Header())
	}
	if strings.Contains(page.Body.String(), "https://") {
		t.Error("the page reaches outside")
	}
	for _, file := range []string{"swagger-ui-bundle.js", "swagger-ui.css", "init.js"} {
		if w := ask(r, "GET", "/docs/"+file, ""); w.Code != 200 {
			t.Errorf("%s: %d", file, w.Code)
		}
	}
}

func TestEveryRowSaysWhoMayCallIt(t *testing.T) {
	for _, may := range []model.Permission{"", "wish.calim"} {
		r := get("/x", "", may, func(context.Context, model.Actor, *struct{}) (*struct{}, error) { return nil, errToy })
		if _, err := r.mount(nil, Services{}); err == nil {
			t.Errorf("a route with permission %q was mounted", may)
		}
	}
}

func TestADrainingServerIsNotReady(t *testing.T) {
	a, err := New(Services{Now: time.Now, Log: slog.New(slog.DiscardHandler), Ready: func(context.Context) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	if w := ask(a, "GET", "/readyz", ""); w.Code != 200 {
		t.Fatalf("ready: %d", w.Code)
	}
	a.Drain()
	if w := ask(a, "GET", "/readyz", ""); w.Code != 503 {
		t.Errorf("draining: %d", w.Code)
	}
	if w := ask(a, "GET", "/healthz", ""); w.Code != 200 || w.Header().Get("Connection") != "close" {
		t.Errorf("draining: %d, Connection %q", w.Code, w.Header().Get("Connection"))
	}
}
