package identity_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/internal/wechat"
	"dandelion/model"
)

func TestLoginOpensASessionWhoseTokenIsNotStored(t *testing.T) {
	w := newWorld(t)
	first := w.login("demo-alice")
	again := w.login("demo-alice")
	switch {
	case !first.New || again.New:
		t.Error("only the first login makes an account")
	case first.Token == again.Token || len(first.Token) < 52:
		t.Errorf("tokens %q and %q", first.Token, again.Token)
	case !first.ExpiresAt.Equal(morning.Add(lifetime)):
		t.Errorf("expires at %v", first.ExpiresAt)
	case w.identify(first.Token).UserID != w.identify(again.Token).UserID:
		t.Error("one person became two users")
	}
	if rows[model.Session](w, "token_hash IN ?", []string{first.Token, again.Token}) != 0 {
		t.Error("a token is in the table")
	}
}

func TestWeChatIsAskedBeforeTheDatabase(t *testing.T) {
	w := newWorld(t)
	ctx, statements := db.CountStatements(t.Context())
	_, err := w.ids.Login(ctx, "invalid-code")
	w.refused(err, wechat.ErrCode)
	w.wechat.Fail(wechat.Down)
	_, err = w.ids.Login(ctx, "demo-alice")
	w.refused(err, wechat.ErrUnavailable)
	if n := statements.Load(); n != 0 {
		t.Errorf("%d statements for logins that WeChat refused", n)
	}
}

func TestFirstLoginsAtOnceMakeOneUser(t *testing.T) {
	w := newWorld(t)
	const n = 12
	var fresh atomic.Int64
	for _, err := range race(n, func(int) error {
		s, err := w.ids.Login(t.Context(), "demo-alice")
		if err == nil && s.New {
			fresh.Add(1)
		}
		return err
	}) {
		w.must(err)
	}
	if users, sessions := rows[model.User](w, "1 = 1"), rows[model.Session](w, "1 = 1"); users != 1 || sessions != n || fresh.Load() != 1 {
		t.Errorf("%d users, %d sessions, %d told that they are new", users, sessions, fresh.Load())
	}
}

func TestIdentifyIsOneStatement(t *testing.T) {
	w := newWorld(t)
	who, token := w.resident("alice", community)
	w.grant(who.UserID, community, model.RoleMember, nil)
	w.grant(who.UserID, grid, model.RoleGrid, nil)
	ctx, statements := db.CountStatements(t.Context())
	a, err := w.ids.Identify(ctx, token)
	w.must(err)
	if n := statements.Load(); n != 1 {
		t.Errorf("%d statements", n)
	}
	want := []model.Held{
		{Role: model.RoleMember, OrgID: community, Path: w.orgs[community].Path, Subtree: true},
		{Role: model.RoleGrid, OrgID: grid, Path: w.orgs[grid].Path, Subtree: true},
	}
	switch {
	case len(a.Held) != 2 || a.Held[0] != want[0] || a.Held[1] != want[1]:
		t.Errorf("holds %+v", a.Held)
	case a.TenantID != county || a.HomeID != community || a.HomePath != w.orgs[community].Path || a.Consent != policyVersion:
		t.Errorf("actor %+v", a)
	}
}

func TestOnlyGrantsInForceCount(t *testing.T) {
	w := newWorld(t)
	hour := morning.Add(time.Hour)
	for name, c := range map[string]struct {
		org    int64
		until  *time.Time
		revoke bool
		after  time.Duration
		want   int
	}{
		"without an end":              {org: community, want: 1},
		"until later":                 {org: community, until: &hour, after: time.Hour - time.Millisecond, want: 1},
		"until this very moment":      {org: community, until: &hour, after: time.Hour},
		"revoked":                     {org: community, revoke: true},
		"of a county one has left":    {org: abroadHome},
		"of another county, and over": {org: abroadHome, until: &hour, after: 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			w.clock.Set(morning)
			who, token := w.resident(strings.NewReplacer(" ", "-", ",", "").Replace(name), community)
			g := w.grant(who.UserID, c.org, model.RoleWorker, c.until)
			if c.revoke {
				ended := *g
				w.must(ended.Revoke(0, morning))
				w.must(w.db.Update(t.Context(), func(tx *db.Tx) error { return db.Save(tx, g, &ended) }))
			}
			w.clock.Pass(c.after)
			if held := w.identify(token).Held; len(held) != c.want {
				t.Errorf("holds %+v", held)
			}
		})
	}
}

func TestWhoeverHasNoSessionIsAskedToLogIn(t *testing.T) {
	w := newWorld(t)
	who, token := w.resident("alice", community)
	other := w.login("demo-alice").Token
	refused := func(token string) {
		t.Helper()
		_, err := w.ids.Identify(t.Context(), token)
		if f := fault.Of(err); f == nil || f.Kind != fault.Unidentified || f.Code != "session.required" || f.Message != "请先登录" {
			t.Errorf("error %v", err)
		}
	}
	refused("no such token")
	refused("")
	w.must(w.ids.Logout(t.Context(), who, token))
	refused(token)
	w.identify(other) // another device stays
	w.clock.Pass(lifetime - time.Millisecond)
	w.identify(other)
	w.clock.Pass(time.Millisecond)
	refused(other)
}

func TestNobodyEndsTheSessionOfAnother(t *testing.T) {
	w := newWorld(t)
	_, alice := w.resident("alice", community)
	bob, token := w.resident("bob", community)
	w.must(w.ids.Logout(t.Context(), bob, alice))
	w.identify(alice)
	w.login("demo-bob")
	w.must(w.ids.RevokeAll(t.Context(), bob))
	if n := rows[model.Session](w, "user_id = ?", bob.UserID); n != 0 {
		t.Errorf("%d sessions left", n)
	}
	if _, err := w.ids.Identify(t.Context(), token); err == nil {
		t.Error("a revoked session still opens")
	}
	w.identify(alice)
}

func TestSweepDeletesWhatHasExpiredAndNothingElse(t *testing.T) {
	w := newWorld(t)
	w.must(w.db.Update(t.Context(), func(tx *db.Tx) error {
		old := make([]model.Session, 1100) // more than two batches
		for i := range old {
			old[i] = model.Session{
				TokenHash: strings.Repeat("0", 60) + string(rune('a'+i/400)) + string(rune('a'+i/20%20)) + string(rune('a'+i%20)), UserID: 1,
				CreatedAt: morning, ExpiresAt: morning.Add(time.Minute),
			}
		}
		return tx.CreateInBatches(old, 200).Error
	}))
	w.clock.Pass(time.Minute)
	token := w.login("demo-alice").Token
	w.must(w.ids.Sweep(t.Context()))
	if n := rows[model.Session](w, "1 = 1"); n != 1 {
		t.Errorf("%d sessions left", n)
	}
	w.identify(token)
}
