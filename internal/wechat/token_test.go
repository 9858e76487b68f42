package wechat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"dandelion/internal/clock"
	"dandelion/internal/wechat"
)

// shared is a cache that several clients have in common. It can be lost.
type shared struct {
	mu     sync.Mutex
	values map[string]string
	ttl    time.Duration
	lost   bool
}

var errLost = errors.New("canary: the cache is lost")

func (s *shared) Get(_ context.Context, key string) (string, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost {
		return "", false, errLost
	}
	value, ok := s.values[key]
	return value, ok, nil
}

func (s *shared) Set(_ context.Context, key, value string, ttl time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost {
		return errLost
	}
	s.values, s.ttl = map[string]string{key: value}, ttl
	return nil
}

func (s *shared) Delete(context.Context, string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost {
		return errLost
	}
	s.values = nil
	return nil
}

func (s *shared) lose(lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = lost
}

func replica(via http.RoundTripper, tokens wechat.TokenCache, now clock.Clock) *wechat.Client {
	return wechat.New(wechat.Options{AppID: appID, Secret: secret, Transport: via, Tokens: tokens, Now: now})
}

// gets: c gets the number.
func gets(t *testing.T, c *wechat.Client) {
	t.Helper()
	if got, err := c.Phone(t.Context(), "phone-"+phone); err != nil || got != phone {
		t.Errorf("Phone = %q, %v", got, err)
	}
}

// asked: WeChat was asked for a token so often.
func asked(t *testing.T, sim *wechat.Simulated, want int) {
	t.Helper()
	if n := sim.Calls(tokenPath); n != want {
		t.Errorf("WeChat was asked for %d tokens, not %d", n, want)
	}
}

func TestReplicasShareAToken(t *testing.T) {
	sim, tokens := simulated(), &shared{}
	for range 3 {
		c := replica(sim, tokens, nil)
		gets(t, c)
		gets(t, c)
	}
	asked(t, sim, 1)
	if tokens.ttl != 115*time.Minute {
		t.Errorf("a token of 2 hours is kept for %v", tokens.ttl)
	}
}

func TestALoginNeedsNoToken(t *testing.T) {
	sim := simulated()
	if _, err := client(sim).OpenID(t.Context(), "demo-alice"); err != nil {
		t.Error(err)
	}
	asked(t, sim, 0)
}

func TestALostCacheStopsNobody(t *testing.T) {
	sim, tokens := simulated(), &shared{lost: true}
	c := replica(sim, tokens, nil)
	for range 5 {
		gets(t, c)
	}
	asked(t, sim, 1)
	tokens.lose(false) // it is back, and empty
	gets(t, c)
	asked(t, sim, 1)
	sim.EndTokens()
	tokens.lose(true)
	gets(t, c)
	asked(t, sim, 2)
	other := replica(sim, nil, nil) // without a cache at all
	gets(t, other)
	gets(t, other)
	asked(t, sim, 3)
}

func TestATokenIsNotUsedToItsEnd(t *testing.T) {
	sim, now := simulated(), clock.At(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
	c := replica(sim, nil, now.Now)
	gets(t, c)
	now.Pass(115*time.Minute - 1)
	gets(t, c)
	asked(t, sim, 1)
	now.Pass(1)
	gets(t, c)
	asked(t, sim, 2)
}

// TestATokenThatEndedEarlyIsChangedOnce: by one of those who find out.
func TestATokenThatEndedEarlyIsChangedOnce(t *testing.T) {
	for _, tokens := range []wechat.TokenCache{&shared{}, nil} {
		const many = 20
		sim := simulated()
		var hold, refused sync.WaitGroup
		via := wire(func(r *http.Request) (*http.Response, error) {
			res, err := sim.RoundTrip(r)
			if n := sim.Calls(numberPath); r.URL.Path == numberPath && n > 1 && sim.Calls(tokenPath) == 1 {
				refused.Done()
				hold.Wait() // nobody tries again before all were refused
			}
			return res, err
		})
		c := replica(via, tokens, nil)
		gets(t, c)
		sim.EndTokens()
		hold.Add(1)
		refused.Add(many)
		var all sync.WaitGroup
		for range many {
			all.Go(func() { gets(t, c) })
		}
		refused.Wait()
		hold.Done()
		all.Wait()
		asked(t, sim, 2)
	}
}

func TestReplicasLearnOfEachOthersTokens(t *testing.T) {
	sim, tokens := simulated(), &shared{}
	a, b := replica(sim, tokens, nil), replica(sim, tokens, nil)
	gets(t, a)
	gets(t, b)
	sim.EndTokens()
	gets(t, a)
	gets(t, b)
	asked(t, sim, 2)
}

// TestATokenThatIsRefusedForEverIsNotAskedForForEver also shows that only a
// token that WeChat gives a second time is replaced by force.
func TestATokenThatIsRefusedForEverIsNotAskedForForEver(t *testing.T) {
	for _, code := range []string{"40001", "42001", "40014"} {
		sim := simulated()
		var forced []bool
		numbers := 0
		via := wire(func(r *http.Request) (*http.Response, error) {
			switch r.URL.Path {
			case numberPath:
				numbers++
				return says(numberPath, 200, `{"errcode":`+code+`,"errmsg":"canary"}`).RoundTrip(r)
			case tokenPath:
				forced = append(forced, force(t, r))
			}
			return sim.RoundTrip(r)
		})
		_, err := replica(via, &shared{}, nil).Phone(t.Context(), "phone-"+phone)
		if !errors.Is(err, wechat.ErrUnavailable) || numbers != 2 {
			t.Errorf("%s: %v after %d requests", code, err, numbers)
		}
		tight(t, err)
		if len(forced) != 3 || forced[0] || forced[1] || !forced[2] {
			t.Errorf("%s: tokens were forced: %v", code, forced)
		}
	}
}

// force reports whether r asks for another token by force.
func force(t *testing.T, r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	var asks struct {
		Force bool `json:"force_refresh"`
	}
	if err := errors.Join(err, json.Unmarshal(body, &asks)); err != nil {
		t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return asks.Force
}

// TestACacheIsNotBelieved: what it has is pasted into a URL.
func TestACacheIsNotBelieved(t *testing.T) {
	for _, poison := range []string{"", "x&appid=evil", "x#", "x y", "x\r\n", strings.Repeat("x", 513)} {
		sim, tokens := simulated(), &shared{values: map[string]string{"wechat:token:{" + appID + "}": poison}}
		gets(t, replica(sim, tokens, nil))
		asked(t, sim, 1)
		if n := sim.Calls(numberPath); n != 1 {
			t.Errorf("%q was sent to WeChat", poison)
		}
	}
}

func TestSomebodyWhoLeavesDoesNotWaitForAToken(t *testing.T) {
	reached, leave := make(chan struct{}), make(chan struct{})
	sim := simulated()
	var once sync.Once
	c := client(wire(func(r *http.Request) (*http.Response, error) {
		once.Do(func() { close(reached); <-leave })
		return sim.RoundTrip(r)
	}))
	var slow sync.WaitGroup
	slow.Go(func() { gets(t, c) })
	<-reached // and holds the turn
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Phone(gone, "phone-"+phone); !errors.Is(err, wechat.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("somebody who left gets %v", err)
	}
	close(leave)
	slow.Wait()
	gets(t, c)
	asked(t, sim, 1)
}
