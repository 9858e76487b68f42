package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"dandelion/internal/idempotency"
)

const idempotencyKey = "Idempotency-Key"

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
	body, err := io.ReadAll(g.Request.Body)
	if err != nil {
		fail(g, bodyError(err))
		return
	}
	g.Request.Body = io.NopCloser(bytes.NewReader(body))
	r := requestOf(g, key, body)
	ctx, answer, err := s.Idempotency.Begin(c.Context(), r)
	switch {
	case err != nil:
		fail(g, err)
		return
	case answer != nil:
		replay(g, answer)
		return
	}
	s.held(g, r, func() { next(huma.WithContext(c, ctx)) })
}

func bodyError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errTooLarge
	}
	return errMalformed.Because(err)
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
// succeeded, and gives the winner's to one that lost the race.
func (s Services) held(g *gin.Context, r idempotency.Request, serve func()) {
	out := g.Writer
	hold := &holding{ResponseWriter: out, status: http.StatusOK}
	g.Writer = hold
	serve()
	g.Writer = out
	ctx := g.Request.Context()
	if hold.status < http.StatusBadRequest {
		if err := s.Idempotency.Finish(ctx, r, idempotency.Answer{Status: hold.status, Body: hold.body.Bytes()}); err != nil {
			s.Log.ErrorContext(ctx, "answer not kept", "id", noteOf(ctx).id, "err", err)
		}
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

// replay gives an answer again.
func replay(g *gin.Context, a *idempotency.Answer) {
	g.Header("Idempotency-Replayed", "true")
	n := noteOf(g.Request.Context())
	n.code, n.cause = "", nil
	for _, own := range []string{"Content-Type", "Retry-After"} { // of the failure that it stands in for
		g.Writer.Header().Del(own)
	}
	g.Data(a.Status, "application/json", a.Body)
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
