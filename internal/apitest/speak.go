package apitest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"dandelion/api"
)

// Response is what was answered.
type Response struct {
	Status int
	Header http.Header
	Text   string
	JSON   map[string]any // nil if it is none
	Route  *api.RouteInfo // nil outside of the route table
}

// Code returns the code of a problem, "" of a success.
func (r Response) Code() string { return r.At("code") }

// ID returns the id of what was answered.
func (r Response) ID() string { return r.At("id") }

// At returns the text at a path such as "grants.0.role", "" if there is none.
// Numbers and truths are written as JSON writes them.
func (r Response) At(path string) string {
	var v any = r.JSON
	for key := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[key]
		case []any:
			n := -1
			if _, err := fmt.Sscan(key, &n); err != nil || n < 0 || n >= len(in) {
				return ""
			}
			v = in[n]
		default:
			return ""
		}
	}
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

// String returns r in one line, for failures.
func (r Response) String() string { return fmt.Sprintf("%d %s", r.Status, strings.TrimSpace(r.Text)) }

// Do sends a request as somebody: the login code of a person, "" for a visitor,
// or a whole Authorization header. A body that is text is sent as it is, any
// other as JSON; headers are names and values in turn. The answer is checked.
func (s *Server) Do(as, method, path string, body any, headers ...string) Response {
	s.Helper()
	w := httptest.NewRecorder()
	req := s.Request(as, method, path, body, headers...)
	s.App.API.ServeHTTP(w, req)
	r := Response{Status: w.Code, Header: w.Header(), Text: w.Body.String(), Route: s.route(method, req.URL.Path)}
	if strings.Contains(r.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal([]byte(r.Text), &r.JSON); err != nil {
			s.Errorf("%s %s: the answer is no JSON object: %v: %s", method, path, err, r)
		}
	}
	if s.Hear != nil {
		s.Hear(r)
	}
	for _, wrong := range s.wrong(r) {
		s.Errorf("%s %s: %s: %s", method, path, wrong, r)
	}
	return r
}

// Request makes the request that Do sends.
func (s *Server) Request(as, method, path string, body any, headers ...string) *http.Request {
	s.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			s.Fatal(err)
		}
		in = strings.NewReader(string(text))
	}
	req := httptest.NewRequestWithContext(s.Context(), method, place(path), in)
	req.RemoteAddr = "127.0.0.1:4711"
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	switch {
	case strings.Contains(as, " "):
		req.Header.Set("Authorization", as)
	case as != "":
		req.Header.Set("Authorization", "Bearer "+s.Token(as))
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

// Get asks for path as somebody, who must be answered.
func (s *Server) Get(as, path string) Response {
	s.Helper()
	return s.Must(as, http.MethodGet, path, nil)
}

// Must sends a request that must succeed.
func (s *Server) Must(as, method, path string, body any) Response {
	s.Helper()
	r := s.Do(as, method, path, body)
	if r.Status >= http.StatusBadRequest {
		s.Fatalf("%s %s as %q: %s", method, path, as, r)
	}
	return r
}

// route returns the row of the table that serves path. A row that is path comes
// before one that only could be: "/redemptions/queue" is no redemption's.
func (s *Server) route(method, path string) (found *api.RouteInfo) {
	for i := range s.App.API.Routes {
		switch r := &s.App.API.Routes[i]; {
		case r.Method == method && r.Path == path:
			return r
		case r.Method == method && found == nil && matches(r.Path, path):
			found = r
		}
	}
	return found
}

func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}
