package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"dandelion/internal/fault"
)

// problem is the body of every answer that is not a success (RFC 9457). It
// says nothing but what a fault says, and never repeats what was sent.
type problem struct {
	Type      string         `json:"type" doc:"urn:dandelion:problem: and the code"`
	Title     string         `json:"title" doc:"The kind of problem, in Chinese"`
	Status    int            `json:"status"`
	Code      string         `json:"code" doc:"Stable, for programs"`
	Detail    string         `json:"detail" doc:"One sentence, for people"`
	RequestID string         `json:"request_id,omitempty"`
	Fields    []problemField `json:"fields,omitempty" doc:"Everything that is wrong with the request, each with its JSON path"`
	State     string         `json:"state,omitempty" doc:"Of a refused step: the state it met"`
	Possible  []string       `json:"possible,omitempty" doc:"Of a refused step: what can be done instead"`
	Current   string         `json:"current,omitempty" doc:"Of a refused consent: the version that is in force"`

	params     map[string]any
	retryAfter time.Duration
}

type problemField struct {
	Path    string `json:"path" doc:"Such as body.beneficiary.phone"`
	Message string `json:"message"`
}

// These make a problem an error that huma answers with as it is.
func (p *problem) Error() string             { return p.Code }
func (p *problem) GetStatus() int            { return p.Status }
func (p *problem) ContentType(string) string { return problemType }
func (p *problem) GetHeaders() http.Header   { return p.headers() }

const problemType = "application/problem+json"

// MarshalJSON adds what the fault has to say beyond the standard members.
func (p *problem) MarshalJSON() ([]byte, error) {
	type plain problem
	text, err := json.Marshal((*plain)(p))
	if err != nil || len(p.params) == 0 {
		return text, err
	}
	all := map[string]any{}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	maps.Copy(all, p.params)
	return json.Marshal(all)
}

func (p *problem) headers() http.Header {
	h := http.Header{}
	switch p.Status {
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		wait := max(p.retryAfter, time.Second)
		if p.retryAfter == 0 {
			wait = 5 * time.Second
		}
		h.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="dandelion"`)
	}
	return h
}

// statuses is the whole of the mapping from faults to HTTP.
var statuses = map[fault.Kind]int{
	fault.Invalid:      http.StatusUnprocessableEntity,
	fault.Unidentified: http.StatusUnauthorized,
	fault.Forbidden:    http.StatusForbidden,
	fault.NotFound:     http.StatusNotFound,
	fault.Conflict:     http.StatusConflict,
	fault.TooMany:      http.StatusTooManyRequests,
	fault.TooLarge:     http.StatusRequestEntityTooLarge,
	fault.Unavailable:  http.StatusServiceUnavailable,
	fault.Internal:     http.StatusInternalServerError,
}

// exact are the faults of the protocol itself, for which HTTP has a status of
// its own.
var exact = map[string]int{
	errMalformed.Code: http.StatusBadRequest,
	errMedia.Code:     http.StatusUnsupportedMediaType,
	errNoMethod.Code:  http.StatusMethodNotAllowed,
}

func statusOf(f *fault.Fault) int {
	if status, ok := exact[f.Code]; ok {
		return status
	}
	return statuses[f.Kind]
}

// titles say in Chinese what each status means.
var titles = map[int]string{
	http.StatusBadRequest:            "请求格式有误",
	http.StatusUnauthorized:          "需要登录",
	http.StatusForbidden:             "没有权限",
	http.StatusNotFound:              "没有找到",
	http.StatusMethodNotAllowed:      "方法不支持",
	http.StatusNotAcceptable:         "格式不支持",
	http.StatusConflict:              "现在不能这样做",
	http.StatusRequestEntityTooLarge: "内容太大",
	http.StatusUnsupportedMediaType:  "内容类型不支持",
	http.StatusUnprocessableEntity:   "内容不符合要求",
	http.StatusTooManyRequests:       "请求太频繁",
	http.StatusInternalServerError:   "系统错误",
	http.StatusServiceUnavailable:    "服务暂不可用",
}

var (
	errInternal = fault.Define(fault.Internal, "internal", "系统出了点问题, 请稍后再试")
	errRequest  = fault.Define(fault.Invalid, "request.invalid", "请求内容不符合要求, 请按提示修改")
	errTimeout  = fault.Define(fault.Unavailable, "server.timeout", "办理超时, 请稍后再试")
	errLeft     = fault.Define(fault.Unavailable, "client.left", "请求已取消")
)

// problemOf returns the answer to err, and keeps err for the log.
func problemOf(ctx context.Context, err error) *problem {
	f := fault.Of(err)
	switch {
	case f != nil:
	case errors.Is(err, context.Canceled):
		f = errLeft
	case errors.Is(err, context.DeadlineExceeded):
		f = errTimeout
	default:
		f = errInternal
	}
	return problemAs(ctx, statusOf(f), f, err)
}

func problemAs(ctx context.Context, status int, f *fault.Fault, cause error) *problem {
	n := noteOf(ctx)
	n.code, n.cause = f.Code, cause
	p := &problem{
		Type: "urn:dandelion:problem:" + f.Code, Title: titles[status], Status: status, Code: f.Code, Detail: f.Message,
		RequestID: n.id, params: f.Params, retryAfter: f.RetryAfter,
	}
	for _, x := range f.Fields {
		p.Fields = append(p.Fields, problemField(x))
	}
	return p
}

// fail answers with err where huma has no part.
func fail(c *gin.Context, err error) {
	write(c, problemOf(c.Request.Context(), err))
}

func write(c *gin.Context, p *problem) {
	for k, v := range p.headers() {
		c.Header(k, v[0])
	}
	c.Header("Content-Type", problemType)
	c.AbortWithStatusJSON(p.Status, p)
}

// fieldPath is as much of a path as can be one of ours: of a field that does
// not exist the client has chosen the name, and can have put anything there.
var fieldPath = regexp.MustCompile(`^[a-z]+(\.[a-z_]{1,32}\b(\[[0-9]{1,3}\])?)*`)

// humaProblem makes a problem of what huma found wrong with a request.
func humaProblem(ctx context.Context, status int, errs []error) *problem {
	err := errors.Join(errs...)
	switch {
	case len(errs) == 1 && fault.Of(err) != nil:
		return problemOf(ctx, err)
	case status >= http.StatusInternalServerError:
		return problemAs(ctx, status, errInternal, err)
	}
	f := common(errs, humaFault(status))
	for _, e := range errs {
		var d *huma.ErrorDetail
		if errors.As(e, &d) {
			f = f.At(fieldPath.FindString(d.Location), fieldMessage(d.Message))
		}
	}
	f = withFields(f, errs)
	slices.SortFunc(f.Fields, func(a, b fault.Field) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
	return problemAs(ctx, status, f, nil)
}

// common returns the fault that all of errs are, without what it says of
// fields; otherwise if they are not all one.
func common(errs []error, otherwise *fault.Fault) *fault.Fault {
	var one *fault.Fault
	for _, e := range errs {
		f := fault.Of(e)
		if f == nil || one != nil && !f.Is(one) {
			return otherwise
		}
		one = f
	}
	if one == nil {
		return otherwise
	}
	bare := *one
	bare.Fields = nil
	return &bare
}

// withFields adds what the faults among errs say of fields of which nothing has
// been said.
func withFields(f *fault.Fault, errs []error) *fault.Fault {
	for _, e := range errs {
		g := fault.Of(e)
		if g == nil {
			continue
		}
		for _, x := range g.Fields {
			if !slices.ContainsFunc(f.Fields, func(y fault.Field) bool { return x.Path == y.Path }) {
				f = f.At(x.Path, x.Message)
			}
		}
	}
	return f
}

func humaFault(status int) *fault.Fault {
	switch status {
	case http.StatusBadRequest:
		return errMalformed
	case http.StatusRequestEntityTooLarge:
		return errTooLarge
	case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		return errMedia
	}
	return errRequest
}

// ErrorRow is a line of the list of everything that can be answered but
// success.
type ErrorRow struct {
	Code    string
	Status  int
	Message string
}

// ErrorList returns every fault that is defined in the program.
func ErrorList() []ErrorRow {
	var all []ErrorRow
	for _, f := range fault.All() {
		all = append(all, ErrorRow{f.Code, statusOf(f), f.Message})
	}
	return all
}
