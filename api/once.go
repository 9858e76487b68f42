package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"dandelion/internal/idempotency"
)

// Headers of requests that can be retried.
const (
	idempotencyKey = "Idempotency-Key"
	replayed       = "Idempotency-Replayed"
)

// once makes a request with an Idempotency-Key do its work once. The answer is
// held back until it is known whether this request did the work: if another
// with the same key was faster, its answer is given.
func (s Services) once(c huma.Context, next func(huma.Context)) {
	key := c.Header(idempotencyKey)
	if key == "" {
		next(c)
		return
	}
	g := humagin.Unwrap(c)
	r := requestOf(g, key, noteOf(c.Context()).body)
	ctx, answer, err := s.Idempotency.Begin(c.Context(), r)
	switch {
	case err != nil:
		fail(g, err)
		return
	case answer != nil:
		replay(g, answer)
		return
	}
	s.held(g, r, func() bool {
		next(huma.WithContext(c, ctx))
		return idempotency.Kept(ctx)
	})
}

// requestOf names the request: a key belongs to one person and one request. Of
// somebody who is not signed in it belongs to whoever knows the whole body, so
// that nobody is given another's answer for a guessed key.
func requestOf(g *gin.Context, key string, body []byte) idempotency.Request {
	h := sha256.New()
	for _, part := range []string{g.Request.Method, g.Request.URL.Path, g.Request.URL.RawQuery} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	h.Write(body)
	r := idempotency.Request{UserID: noteOf(g.Request.Context()).actor.UserID, Key: key, BodyHash: hex.EncodeToString(h.Sum(nil))}
	if r.UserID == 0 && idempotency.ValidKey(key) {
		own := sha256.Sum256([]byte(key + r.BodyHash))
		r.Key = hex.EncodeToString(own[:])
	}
	return r
}

// held serves a request with its answer held back, keeps the answer of one that
// succeeded, and gives the winner's to one that lost the race. Serve reports
// whether it has used up the key: then a refusal is the answer too, for it says
// what was done, such as a search that is on record and found nobody.
func (s Services) held(g *gin.Context, r idempotency.Request, serve func() bool) {
	out, ctx, used := g.Writer, g.Request.Context(), false
	hold := hold(g, func() { used = serve() })
	if hold.status < http.StatusMultipleChoices || used && hold.status < http.StatusInternalServerError {
		s.keep(ctx, r, idempotency.Answer{Status: hold.status, Body: hold.body.Bytes()})
	} else if cause := noteOf(ctx).cause; cause != nil {
		if answer, err := s.Idempotency.Await(ctx, r, cause); answer != nil {
			replay(g, answer)
			return
		} else if !errors.Is(err, cause) {
			fail(g, err)
			return
		}
	}
	out.WriteHeader(hold.status)
	_, _ = out.Write(hold.body.Bytes())
}

// hold serves a request and returns what it is answered with. What comes of a
// panic is not held back: it must reach the client.
func hold(g *gin.Context, serve func()) *holding {
	out := g.Writer
	h := &holding{ResponseWriter: out, status: http.StatusOK}
	g.Writer = h
	defer func() { g.Writer = out }()
	serve()
	return h
}

// keep keeps the answer to what has been done, also when the client has left or
// the time is over: that is when it will be asked for again.
func (s Services) keep(ctx context.Context, r idempotency.Request, a idempotency.Answer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keeping)
	defer cancel()
	if err := s.Idempotency.Finish(ctx, r, a); err != nil {
		s.Log.ErrorContext(ctx, "answer not kept", "id", noteOf(ctx).id, "err", err)
	}
}

// replay gives an answer again.
func replay(g *gin.Context, a *idempotency.Answer) {
	g.Header(replayed, "true")
	n := noteOf(g.Request.Context())
	n.code, n.cause = "", nil
	for _, own := range []string{"Content-Type", "Retry-After"} { // of the failure that it stands in for
		g.Writer.Header().Del(own)
	}
	kind := "application/json"
	if a.Status >= http.StatusBadRequest {
		kind = problemType
	}
	g.Data(a.Status, kind, a.Body)
	g.Abort()
}

// holding is a writer that keeps what is written.
type holding struct {
	gin.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *holding) WriteHeader(status int)               { h.status = status }
func (h *holding) WriteHeaderNow()                      {}
func (h *holding) Write(b []byte) (int, error)          { return h.body.Write(b) }
func (h *holding) WriteString(text string) (int, error) { return h.body.WriteString(text) }
func (h *holding) Status() int                          { return h.status }
func (h *holding) Written() bool                        { return h.body.Len() > 0 }
