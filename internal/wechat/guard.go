package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/util"
	"github.com/sony/gobreaker/v2"
)

// maxAnswer is the longest answer that is read.
const maxAnswer = 1 << 20

// After so many failures in a row WeChat is left alone for so long; then one
// request tries whether it is back.
const (
	patience = 5
	pause    = 5 * time.Second
)

// install gives the SDK an HTTP client. The SDK keeps it in a variable for the
// whole process, so it is set once, to one that asks each request which way to
// go: several Clients in a process do not meet.
var install = sync.OnceFunc(func() {
	util.DefaultHTTPClient = &http.Client{
		Transport:     crossing{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
})

// way is the key of the http.RoundTripper in the context of a call.
type way struct{}

// crossing sends each request its way.
type crossing struct{}

func (crossing) RoundTrip(r *http.Request) (*http.Response, error) {
	via, ok := r.Context().Value(way{}).(http.RoundTripper)
	if !ok {
		return nil, errNetwork // not a request of ours
	}
	return via.RoundTrip(r)
}

// guard lets through what the SDK can be trusted with: whole, short answers of
// 200 in JSON, or a picture where one was asked for. It rests when WeChat fails.
type guard struct {
	next    http.RoundTripper
	circuit *gobreaker.CircuitBreaker[*http.Response]
}

func newGuard(next http.RoundTripper) guard {
	return guard{next, gobreaker.NewCircuitBreaker[*http.Response](gobreaker.Settings{
		Name:        "wechat",
		Timeout:     pause,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= patience },
		IsExcluded:  func(err error) bool { return errors.Is(err, context.Canceled) }, // the caller left
	})}
}

func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := g.circuit.Execute(func() (*http.Response, error) { return g.ask(r) })
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return nil, errResting
	}
	return res, err
}

// ask reads a whole answer, so that one that stops half-way is a failure too.
func (g guard) ask(r *http.Request) (*http.Response, error) {
	res, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return nil, err
	}
	switch {
	case res.StatusCode != http.StatusOK:
		return nil, errStatus
	case len(body) > maxAnswer:
		return nil, errSize
	case !isObject(body) && !isPicture(r.URL, body):
		return nil, errNonsense
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// isObject reports whether body is one JSON object.
func isObject(body []byte) bool {
	return json.Valid(body) && bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{"))
}
