package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"dandelion/internal/crypt"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/internal/idempotency"
	"dandelion/model"
)

// toyInput has one of each kind of thing that a request can hold.
type toyInput struct {
	ID    id `path:"id"`
	After id `query:"after"`
	Body  struct {
		Name  string         `json:"name" minLength:"2" maxLength:"10"`
		Phone string         `json:"phone,omitempty" pattern:"^1[3-9][0-9]{9}$"`
		Count int64          `json:"count,omitempty" minimum:"1" maximum:"9"`
		Kind  wishKind       `json:"kind,omitempty"`
		Owner toyOwner       `json:"owner,omitempty"`
		Any   map[string]any `json:"any,omitempty"`
	}
}

type toyOwner struct {
	Email string `json:"email,omitempty" format:"email"`
}

type toyView struct {
	ID   id     `json:"id"`
	Name string `json:"name"`
	Runs int64  `json:"runs"`
}

// toys are the handlers of toy rows. Each run leaves a row in the database.
type toys struct {
	db   *db.DB
	stop context.CancelFunc // of the client, once the work is done
}

func (t *toys) take(ctx context.Context, _ model.Actor, in *toyInput) (*toyView, error) {
	switch in.Body.Name {
	case "panic":
		var none []int
		return &toyView{Runs: int64(none[len(in.Body.Name)])}, nil
	case "taken":
		return nil, errToy
	}
	v := &toyView{ID: in.ID, Name: in.Body.Name}
	err := t.db.Update(ctx, func(tx *db.Tx) error {
		line := &model.Audit{ID: tx.NewID(), TenantID: 1, Action: "toy", Subject: model.OfSystem, Detail: "{}", CreatedAt: tx.Now}
		if err := db.Add(tx, line); err != nil {
			return err
		}
		return tx.Model(&model.Audit{}).Count(&v.Runs).Error
	})
	if t.stop != nil {
		t.stop()
	}
	if in.Body.Name == "late" {
		return nil, errors.Join(errToy, err)
	}
	return v, err
}

func (t *toys) wait(ctx context.Context, _ model.Actor, _ *struct{}) (*toyView, error) {
	return nil, ctx.Err()
}

func (t *toys) picture(_ context.Context, _ model.Actor, in *byID) (*file, error) {
	switch in.ID.n() {
	case 1:
		return &file{Data: []byte("\x89PNG")}, nil
	case 2:
		return &file{Name: "玩具 1.png", Data: []byte("\x89PNG")}, nil
	}
	return nil, errToy
}

// toyKernel is the kernel with toy rows that anybody may call, on a real
// database.
func toyKernel(t *testing.T, log io.Writer) (*gin.Engine, *toys) {
	t.Helper()
	d, err := db.Open(dbtest.URL(t), db.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	keys, err := crypt.New("t", map[string][]byte{"t": crypt.Derive([]byte("toy"), "fields")}, crypt.Derive([]byte("toy"), "index"))
	if err := errors.Join(err, d.Migrate(t.Context())); err != nil {
		t.Fatal(err)
	}
	s := Services{
		Now: time.Now, Log: slog.New(slog.NewJSONHandler(log, nil)), Idempotency: idempotency.New(d, keys),
		Ready: func(context.Context) error { return nil },
	}
	a, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	r, ok := a.Handler.(*gin.Engine)
	if !ok {
		t.Fatal("the handler is no engine")
	}
	toy, h := &toys{db: d}, humagin.New(r, document())
	for _, row := range []route{
		create("/toys/{id}/take", "take", model.Anyone, toy.take), get("/toys/wait", "wait", model.Anyone, toy.wait),
		download("/toys/{id}/picture", "image/png", "picture", model.Anyone, toy.picture),
	} {
		if _, err := row.mount(h, s); err != nil {
			t.Fatal(err)
		}
	}
	return r, toy
}

const take = "/api/v1/toys/7/take"

// send sends a request to take a toy.
func send(h http.Handler, body, key string) *httptest.ResponseRecorder {
	if key == "" {
		return ask(h, http.MethodPost, take, body)
	}
	return ask(h, http.MethodPost, take, body, idempotencyKey, key)
}

// problemIn reads the problem that w answers with, and complains if it is none.
func problemIn(t *testing.T, w *httptest.ResponseRecorder) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Header().Get("Content-Type") != problemType {
		t.Fatalf("%d %s %s is no problem", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	if p.Status != w.Code || !chinese(p.Detail) || !chinese(p.Title) || p.RequestID != w.Header().Get("X-Request-Id") {
		t.Errorf("%d: a problem that says %s", w.Code, w.Body)
	}
	for _, f := range p.Fields {
		if !strings.HasPrefix(f.Message, must) {
			t.Errorf("%s: %q", f.Path, f.Message)
		}
	}
	return p
}
