package wechat

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/credential"

	"dandelion/internal/clock"
)

// TokenCache keeps access tokens (接口调用凭据) where all replicas find them.
// When it fails, each process goes on with what it has.
type TokenCache interface {
	Get(ctx context.Context, key string) (value string, found bool, err error)
	Set(ctx context.Context, key, value string, ttl time.Duration) error
	Delete(ctx context.Context, key string) error
}

// early is how long before its end a token is not used any more. WeChat has
// its successor by then.
const early = 5 * time.Minute

// tokenPattern is what a token looks like; the SDK pastes it into URLs, and a
// shared cache may hold anything.
var tokenPattern = regexp.MustCompile(`^[0-9A-Za-z_-]{1,512}$`)

// using is the key of the *used in the context of a call that wants to know
// which token it was given.
type using struct{}

type used struct{ token string }

// source makes tokens: the SDK's stable_token.
type source interface {
	GetAccessTokenDirectly(ctx context.Context, force bool) (credential.ResAccessToken, error)
}

// tokens hands out the token of one mini-program.
type tokens struct {
	key    string
	stable source
	shared TokenCache // may be nil
	now    clock.Clock
	turn   chan struct{} // whoever holds it may ask WeChat for a token

	mu    sync.Mutex
	local string
	ends  time.Time
}

func newTokens(o Options) *tokens {
	t := &tokens{key: "wechat:token:{" + o.AppID + "}", shared: o.Tokens, now: o.Now, turn: make(chan struct{}, 1)}
	t.stable, _ = credential.NewStableAccessToken(o.AppID, o.Secret, credential.CacheKeyMiniProgramPrefix, cache.NewMemory()).(source)
	return t
}

// GetAccessToken serves the SDK, which wants it and does not use it. Without a
// context there is no way to WeChat.
func (t *tokens) GetAccessToken() (string, error) { return "", errNetwork }

// GetAccessTokenContext returns a token that should work.
func (t *tokens) GetAccessTokenContext(ctx context.Context) (string, error) {
	token, ok := t.known(ctx)
	if !ok {
		var err error
		if token, err = t.fetch(ctx, ""); err != nil {
			return "", err
		}
	}
	if u, ok := ctx.Value(using{}).(*used); ok {
		u.token = token
	}
	return token, nil
}

// change replaces a token that WeChat refused, unless somebody has done so.
func (t *tokens) change(ctx context.Context, refused string) error {
	t.mu.Lock()
	if t.local == refused {
		t.local = ""
	}
	t.mu.Unlock()
	_, err := t.fetch(ctx, refused)
	return err
}

// known returns the token that the replicas share, or else this process's own.
func (t *tokens) known(ctx context.Context) (string, bool) {
	if t.shared != nil {
		token, found, err := t.shared.Get(ctx, t.key)
		if err == nil && found && tokenPattern.MatchString(token) {
			return token, true
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.local, t.local != "" && t.now().Before(t.ends)
}

// fetch asks WeChat for a token other than refused. One goroutine at a time
// does so, and those who waited for it find what it brought.
func (t *tokens) fetch(ctx context.Context, refused string) (string, error) {
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if token, ok := t.known(ctx); ok && token != refused {
		return token, nil
	}
	token, ttl, err := t.ask(ctx, false)
	if err == nil && token == refused {
		token, ttl, err = t.ask(ctx, true) // rare: WeChat counts these
	}
	if err != nil {
		return "", err
	}
	t.keep(ctx, token, ttl)
	return token, nil
}

// ask gets a token from WeChat. It says how long to use it.
func (t *tokens) ask(ctx context.Context, force bool) (string, time.Duration, error) {
	if t.stable == nil {
		return "", 0, errors.New("wechat: the SDK has no stable token")
	}
	got, err := t.stable.GetAccessTokenDirectly(ctx, force)
	if code := got.ErrCode; code != 0 {
		return "", 0, fmt.Errorf("wechat: stable_token: %w", refusal(code))
	}
	if err != nil {
		return "", 0, err
	}
	if !tokenPattern.MatchString(got.AccessToken) || got.ExpiresIn <= 0 || got.ExpiresIn > 24*60*60 {
		return "", 0, errNonsense
	}
	lasts := time.Duration(got.ExpiresIn) * time.Second
	return got.AccessToken, max(lasts-early, lasts/2), nil
}

// keep remembers a token here, and for the other replicas if that is possible:
// a cache that fails must not keep anybody from logging in.
func (t *tokens) keep(ctx context.Context, token string, ttl time.Duration) {
	t.mu.Lock()
	t.local, t.ends = token, t.now().Add(ttl)
	t.mu.Unlock()
	if t.shared == nil {
		return
	}
	if err := t.shared.Set(ctx, t.key, token, ttl); err != nil {
		// The old one must not stay; it may be the one that was refused.
		_ = t.shared.Delete(ctx, t.key)
	}
}
