package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"dandelion/internal/apitest"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
)

// racerToken is the token of a racer, each of whom has a session of his own.
func racerToken(n int) string { return fmt.Sprintf("racer-%04d", n) }

// enrol brings in n members of the first community's unit, each with a session,
// in a few statements.
func (w world) enrol(n int) {
	w.Helper()
	now := w.Clock.Now().UTC()
	err := w.App.DB.Update(w.Context(), func(tx *db.Tx) error {
		home, err := db.Find[model.Org](tx, 1200, model.ErrOrgNotFound)
		if err != nil {
			return err
		}
		var users []*model.User
		var grants []*model.Grant
		var sessions []*model.Session
		for i := range n {
			id := int64(900_000 + i)
			users = append(users, &model.User{
				ID: id, TenantID: home.TenantID, OpenID: racerToken(i), State: model.UserActive, DisplayName: fmt.Sprint("党员", i),
				HomeID: home.ID, HomePath: home.Path, Consent: "1.0", CreatedAt: now, UpdatedAt: now, Version: 1,
			})
			grants = append(grants, model.NewGrant(id, id, model.RoleMember, home, 0, now))
			sum := sha256.Sum256([]byte(racerToken(i)))
			sessions = append(sessions, &model.Session{TokenHash: hex.EncodeToString(sum[:]), UserID: id, CreatedAt: now, ExpiresAt: now.Add(time.Hour)})
		}
		for _, rows := range []any{users, grants, sessions} {
			if err := tx.CreateInBatches(rows, 200).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
}

// claimAtOnce lets n racers claim a wish over real connections, and counts the
// answers by status and code.
func (w world) claimAtOnce(url string, n int, wish func(racer int) string) map[string]int {
	w.Helper()
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 200, MaxIdleConnsPerHost: 200}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	got := map[string]int{}
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			answer := claim(w.Context(), client, url+"/api/v1/wishes/"+wish(i)+"/claim", racerToken(i))
			mu.Lock()
			defer mu.Unlock()
			got[answer]++
		})
	}
	close(start)
	wg.Wait()
	return got
}

func claim(ctx context.Context, client *http.Client, url, token string) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, nil)
	if err != nil {
		return err.Error()
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := client.Do(req)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(res.StatusCode, " ", codeOf(text))
}

// TestOneOfAThousandGetsTheWish is the rush on a good deed: everybody is
// answered, and with the truth.
func TestOneOfAThousandGetsTheWish(t *testing.T) {
	url := dbtest.MySQL(t)
	w := world{apitest.New(t, apitest.Options{Change: withDatabase(url)})}
	const n = 1000
	w.enrol(n)
	srv := httptest.NewServer(w.App.API)
	defer srv.Close()
	id := w.in("open", nil)
	begun := time.Now()
	got := w.claimAtOnce(srv.URL, n, func(int) string { return id })
	t.Logf("%d claims of one wish in %v: %v", n, time.Since(begun), got)
	if got["200 "] != 1 || got["409 wish.taken"] != n-1 {
		t.Errorf("of %d claims: %v", n, got)
	}
	var claims, events int64
	err := w.App.DB.View(t.Context(), func(tx *db.Tx) error {
		if err := tx.Model(&model.Claim{}).Where("wish_id = ?", id).Count(&claims).Error; err != nil {
			return err
		}
		return tx.Model(&model.Event{}).Where("subject_id = ? AND name = 'claim'", id).Count(&events).Error
	})
	if err != nil || claims != 1 || events != 1 {
		t.Errorf("%d claims and %d events are written (%v), want one of each", claims, events, err)
	}
}

// TestEachOfManyWishesIsTakenOnce lets five racers run for each wish: each is
// taken once, and nobody who came too late is told anything else.
func TestEachOfManyWishesIsTakenOnce(t *testing.T) {
	url := dbtest.MySQL(t)
	w := world{apitest.New(t, apitest.Options{Change: withDatabase(url)})}
	const wishes, each = 60, 5
	w.enrol(wishes * each)
	srv := httptest.NewServer(w.App.API)
	defer srv.Close()
	ids := make([]string, wishes)
	for i := range ids {
		ids[i] = w.in("open", nil)
	}
	begun := time.Now()
	got := w.claimAtOnce(srv.URL, wishes*each, func(racer int) string { return ids[racer%wishes] })
	t.Logf("%d claims of %d wishes in %v: %v", wishes*each, wishes, time.Since(begun), got)
	if got["200 "] != wishes || got["409 wish.taken"] != wishes*(each-1) {
		t.Errorf("of %d claims of %d wishes: %v", wishes*each, wishes, got)
	}
}
