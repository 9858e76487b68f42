package apitest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"dandelion/api"
)

// defined returns the status of every fault by its code.
func defined() map[string]int {
	all := map[string]int{}
	for _, e := range api.ErrorList() {
		all[e.Code] = e.Status
	}
	return all
}

// wrong returns what is wrong with an answer.
func (s *Server) wrong(r Response) []string {
	all := s.undocumented(r)
	if r.Status >= http.StatusBadRequest {
		all = append(all, s.badProblem(r)...)
	}
	if r.Status == http.StatusInternalServerError {
		all = append(all, "the system does not know what went wrong")
	}
	return all
}

// undocumented returns where an answer departs from the document.
func (s *Server) undocumented(r Response) []string {
	if r.Route == nil {
		return nil
	}
	op := s.doc.at("paths", r.Route.Path, strings.ToLower(r.Route.Method))
	said := op.at("responses", strconv.Itoa(r.Status))
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	schema := said.at("content", kind, "schema")
	switch {
	case said == nil:
		return []string{fmt.Sprintf("status %d is not documented", r.Status)}
	case schema == nil:
		return []string{fmt.Sprintf("content type %q is not documented for %d", kind, r.Status)}
	case schema["format"] == "binary" && r.Text != "":
		return nil
	case r.JSON == nil:
		return []string{"the answer is no JSON object"}
	}
	return s.doc.mismatch(schema, r.JSON, "body")
}

var chinese = regexp.MustCompile(`\p{Han}`)

// own are the codes whose status says more than that of their kind.
var own = []string{"request.malformed", "request.media_type", "route.method"}

// badProblem returns what is wrong with the answer to a request that failed.
func (s *Server) badProblem(r Response) []string {
	var all []string
	complain := func(is bool, format string, args ...any) {
		if is {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	kind := r.Header.Get("Content-Type")
	complain(kind != "application/problem+json", "the content type of a problem is %q", kind)
	status, ok := s.codes[r.Code()]
	complain(!ok, "code %q is not defined", r.Code())
	complain(ok && status != r.Status && !slices.Contains(own, r.Code()), "%s is answered with %d, not %d", r.Code(), r.Status, status)
	complain(r.At("status") != strconv.Itoa(r.Status), "the body says status %s", r.At("status"))
	complain(!chinese.MatchString(r.At("title")), "the title is not Chinese")
	complain(!chinese.MatchString(r.At("detail")), "the detail is not Chinese")
	again := r.Header.Get("Idempotency-Replayed") != "" // and so with the number of the first request
	complain(!again && r.At("request_id") != r.Header.Get("X-Request-Id"), "the request ids differ")
	fields, _ := r.JSON["fields"].([]any)
	for i := range fields {
		message := r.At(fmt.Sprintf("fields.%d.message", i))
		complain(!chinese.MatchString(message), "the message of a field is %q", message)
	}
	return all
}
