package app_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dandelion/internal/apitest"
	"dandelion/internal/db"
	"dandelion/internal/demo"
)

// The canaries: a person who exists nowhere else.
const (
	canaryName    = "欧阳金丝雀"
	canaryPhone   = "13711112222"
	canaryAddress = "鹦鹉街77号9单元901"
)

func canaries() []string { return []string{canaryName, canaryPhone, canaryAddress} }

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// cage is a world in which every answer and every line of the log is kept.
type cage struct {
	world
	log     *journal
	answers []apitest.Response
}

func newCage(t *testing.T) *cage {
	t.Helper()
	c := &cage{log: &journal{}}
	log := slog.New(slog.NewJSONHandler(c.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c.world = world{apitest.New(t, apitest.Options{Log: log, Embedded: true})}
	c.Hear = func(r apitest.Response) { c.answers = append(c.answers, r) }
	return c
}

var canary = form{"beneficiary": form{"name": canaryName, "phone": canaryPhone, "address": canaryAddress}}

// TestWhoABeneficiaryIsIsToldByRevealOnly takes wishes of a person through the
// whole loop, with every list, every mistake and every refusal, and then looks
// for that person everywhere.
func TestWhoABeneficiaryIsIsToldByRevealOnly(t *testing.T) {
	c := newCage(t)
	var ids []string
	for _, state := range []string{"submitted", "open", "dispatched", "claimed", "reported", "awaiting_evaluation", "closed", "rework", "suspended"} {
		ids = append(ids, c.in(state, canary))
	}
	edit := orderForm(canary)
	delete(edit, "submit")
	c.Must(resident, http.MethodPut, "/wishes/"+c.in("returned", canary), edit)
	c.mistakes()
	c.accident()
	c.Pass(25 * time.Hour)
	for _, p := range append(demo.Personas(), demo.Persona{}) {
		c.look(p.Code, ids)
	}
	if !strings.Contains(c.Do("", http.MethodGet, "/metrics", nil).Text, "dandelion_http_request_seconds") {
		t.Error("there are no metrics to look into")
	}
	told := c.Must(member, http.MethodPost, "/wishes/"+ids[3]+"/reveal", reason())
	for _, secret := range canaries() {
		if !strings.Contains(told.Text, secret) {
			t.Errorf("the claimer is not told %s: %s", secret, told)
		}
	}
	if len(c.answers) < 400 || strings.Count(c.log.String(), "\n") < 400 {
		t.Errorf("only %d answers and %d lines were looked at", len(c.answers), strings.Count(c.log.String(), "\n"))
	}
	c.search()
}

// mistakes sends the person where he does not belong.
func (c *cage) mistakes() {
	c.Helper()
	for _, r := range []apitest.Response{
		c.Do(resident, "POST", "/wishes", orderForm(form{"kind": canaryPhone, "beneficiary": form{"name": canaryName, "phone": canaryAddress, "tel": canaryPhone}})),
		c.Do(resident, "POST", "/wishes", `{"beneficiary":{"phone":"`+canaryPhone+`","name":"`+canaryName),
		c.Do(resident, "POST", "/wishes", orderForm(form{"expected_by": canaryAddress, canaryName: canaryPhone})),
		c.Do(resident, "POST", "/wishes", orderForm(form{"channel": "staff", "proxy_phone": canaryPhone, "consent_by": "oral"})),
		c.Do(resident, "GET", apitest.Query("/wishes", "view", canaryName, "phone", canaryPhone), nil),
		c.Do(resident, "GET", apitest.Query("/wishes", "view", "mine", "cursor", canaryPhone), nil),
		c.Do(resident, "GET", "/wishes/"+canaryPhone, nil),
		c.Do(resident, "GET", "/nowhere/"+canaryPhone, nil),
		c.Do(admin, "POST", "/users/find", form{"phone": canaryPhone}),
		c.Do("", "POST", "/auth/wechat", form{"code": "invalid-" + canaryPhone}),
		c.Do(resident, "GET", "/me", nil, "X-Request-Id", canaryPhone+"!", "User-Agent", canaryName),
		c.Do("Bearer "+canaryPhone, "GET", "/me", nil),
	} {
		if r.Status < http.StatusBadRequest && r.At("display_name") == "" {
			c.Errorf("a mistake is answered with %s", r)
		}
	}
}

// accident lets statements fail that hold what somebody wrote, and who asked.
func (c *cage) accident() {
	c.Helper()
	told := orderForm(form{"title": canaryName, "detail": canaryAddress + canaryPhone})
	for _, a := range []struct{ cause, end, fails string }{
		{"CREATE TRIGGER lost BEFORE INSERT ON wishes BEGIN SELECT RAISE(ABORT, 'lost'); END", "DROP TRIGGER lost", "INSERT INTO `wishes`"},
		{"ALTER TABLE sessions RENAME TO lost", "ALTER TABLE lost RENAME TO sessions", "s.token_hash = ?"},
	} {
		c.run(a.cause)
		w := httptest.NewRecorder()
		c.App.API.ServeHTTP(w, c.Request(resident, http.MethodPost, "/wishes", told))
		c.run(a.end)
		if w.Code != http.StatusInternalServerError || !strings.Contains(c.log.String(), a.fails) {
			c.Errorf("after %s the answer is %d, and the log does not tell of %s", a.cause, w.Code, a.fails)
		}
		c.answers = append(c.answers, apitest.Response{Status: w.Code, Header: w.Header(), Text: w.Body.String()})
	}
}

func (c *cage) run(statement string) {
	c.Helper()
	if err := c.App.DB.Update(c.Context(), func(tx *db.Tx) error { return tx.Exec(statement).Error }); err != nil {
		c.Fatal(err)
	}
}

// look reads everything that somebody can read.
func (c *cage) look(as string, ids []string) {
	c.Helper()
	for _, path := range []string{
		"/wishes?view=pool&limit=50", "/wishes?view=mine&limit=50", "/wishes?view=claims&limit=50", "/wishes?view=orders&limit=50",
		"/wishes?view=queue&limit=50", "/wishes?view=community&org_id=1200&limit=50", "/tasks?limit=50", "/audits?limit=50", "/me",
		"/me/requests", "/grants?org_id=1200&limit=50",
	} {
		c.Do(as, http.MethodGet, path, nil)
	}
	for _, id := range ids {
		for _, part := range []string{"", "/history", "/reveals", "/suggestions"} {
			c.Do(as, http.MethodGet, "/wishes/"+id+part, nil)
		}
	}
}

// search looks for the person in all answers, in the log, and in the files.
func (c *cage) search() {
	c.Helper()
	for _, secret := range canaries() {
		for _, r := range c.answers {
			if strings.Contains(r.Text+fmt.Sprint(r.Header), secret) && (r.Route == nil || r.Route.OperationID != "revealWish") {
				c.Errorf("%s is told by %s", secret, r)
			}
		}
		if text := c.log.String(); strings.Contains(text, secret) {
			at := strings.Index(text, secret)
			c.Errorf("%s is in the log: …%s", secret, text[max(0, at-200):at+len(secret)])
		}
	}
	digest := sha256.Sum256([]byte(c.Token(resident)))
	for _, secret := range []string{c.Token(resident), hex.EncodeToString(digest[:])} {
		if strings.Contains(c.log.String(), secret) {
			c.Error("a session's token, or its hash, is in the log")
		}
	}
	files, err := filepath.Glob(filepath.Join(c.Config.DataDir, "*"))
	if err != nil {
		c.Fatal(err)
	}
	looked := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // a folder
		}
		looked += len(text)
		for _, secret := range append(canaries(), c.Token(resident)) {
			if bytes.Contains(text, []byte(secret)) {
				c.Errorf("%s is in the clear in %s", secret, filepath.Base(name))
			}
		}
	}
	if looked < 1<<20 {
		c.Errorf("only %d bytes of files were looked at", looked)
	}
}
