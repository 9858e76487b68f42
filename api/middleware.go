package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"dandelion/model"
)

const (
	maxBody = 64 << 10 // bytes that a client may send as JSON

	// Every request is answered within five seconds, whatever stands still: for
	// so long it may work, and then its answer may be put away.
	patient = 4 * time.Second
	keeping = time.Second

	clientLeft = 499 // what the log and the metrics say when nobody waited for the answer
)

// note is what becomes known of a request while it is served. It travels in
// the context, so that the log line at the end can tell all of it.
type note struct {
	id    string
	begun time.Time
	actor model.Actor
	token string
	body  []byte // as it was sent
	code  string // of the fault that was answered
	cause error
}

type noteKey struct{}

func noteOf(ctx context.Context) *note {
	if n, ok := ctx.Value(noteKey{}).(*note); ok {
		return n
	}
	return &note{}
}

var requestID = regexp.MustCompile(`^[A-Za-z0-9-]{8,32}$`)

// observe numbers a request, counts it, and writes one line about it when it is
// over. The line has the route and not the path or the query, which may name
// people.
func (s Services) observe(c *gin.Context) {
	n := &note{id: c.GetHeader("X-Request-Id"), begun: s.Now()}
	if !requestID.MatchString(n.id) {
		n.id = rand.Text()
	}
	s.metrics.inFlight.Inc()
	defer s.metrics.inFlight.Dec()
	client := c.Request.Context()
	ctx, cancel := context.WithTimeout(context.WithValue(client, noteKey{}, n), patient)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Header("X-Request-Id", n.id)
	if s.draining.Load() {
		c.Header("Connection", "close")
	}
	c.Next()

	took, status := s.Now().Sub(n.begun), c.Writer.Status()
	if client.Err() != nil && errors.Is(n.cause, context.Canceled) {
		status = clientLeft
	}
	s.metrics.observe(c.Request.Method, c.FullPath(), status, took)
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("id", n.id), slog.String("method", c.Request.Method), slog.String("route", c.FullPath()),
		slog.Int("status", status), slog.Duration("took", took), slog.Int64("actor", n.actor.UserID), slog.String("code", n.code),
	}
	if n.cause != nil && status >= http.StatusInternalServerError {
		level, attrs = slog.LevelError, append(attrs, slog.Any("cause", n.cause))
	}
	s.Log.LogAttrs(c.Request.Context(), level, "request", attrs...)
}

// recovered turns a panic into an answer.
func recovered(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			c.Abort() // nobody is there to be answered
			return
		}
		fail(c, panicked(v))
	}()
	c.Next()
}

// panicked tells the log where v happened. What v says is only told if the
// runtime says it: anything else may hold what somebody typed.
func panicked(v any) error {
	text := fmt.Sprintf("%T", v)
	if err, ok := v.(runtime.Error); ok {
		text = err.Error()
	}
	return fmt.Errorf("panic: %s\n%s", text, debug.Stack())
}

// headers keep browsers from guessing, framing and remembering.
func headers(c *gin.Context) {
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("X-Frame-Options", "DENY")
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	c.Next()
}

// bounded caps what is read of a request: more of one whose row says so.
func (s Services) bounded(c *gin.Context) {
	most := int64(maxBody)
	if row, ok := s.roomy[c.Request.Method+" "+c.FullPath()]; ok {
		most = row
	}
	if c.Request.ContentLength > most {
		fail(c, errTooLarge)
		return
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most+1)
	c.Next()
}

// roomyOf returns how much may be sent to the rows that take more than others,
// by their method and path as the router knows them.
func roomyOf(rows []route) map[string]int64 {
	all := map[string]int64{}
	for _, r := range rows {
		if r.MaxBodyBytes > maxBody {
			all[r.Method+" "+strings.NewReplacer("{", ":", "}", "").Replace(r.Path)] = r.MaxBodyBytes
		}
	}
	return all
}

func (s Services) ready(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), time.Second)
	defer cancel()
	if s.draining.Load() {
		fail(c, errNotReady)
		return
	}
	if err := s.Ready(ctx); err != nil {
		fail(c, errNotReady.Because(err))
		return
	}
	c.JSON(http.StatusOK, gin.H{"status": "ready"})
}
