package redis

import (
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"dandelion/internal/dbtest"
)

// each runs a test on the embedded Redis, and on a server if there is one. Its
// prefix keeps apart the keys of tests that share the server.
func each(t *testing.T, test func(t *testing.T, c *Client, prefix string)) {
	t.Helper()
	kinds := map[string]Options{"embedded": {}}
	if addrs := dbtest.Redis(t); addrs != nil {
		kinds["server"] = Options{Addrs: addrs}
	}
	for kind, o := range kinds {
		t.Run(kind, func(t *testing.T) {
			c := Open(o)
			defer shut(t, c)
			test(t, c, "redistest:{"+rand.Text()+"}:")
		})
	}
}

func shut(t *testing.T, c *Client) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestRedisKeepsWhatItIsGiven(t *testing.T) {
	each(t, func(t *testing.T, c *Client, prefix string) {
		if err := c.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := c.Set(t.Context(), prefix+"k", "v", time.Minute).Err(); err != nil {
			t.Fatal(err)
		}
		if got, err := c.Get(t.Context(), prefix+"k").Result(); err != nil || got != "v" {
			t.Errorf("get: %q, %v", got, err)
		}
		if _, err := c.Get(t.Context(), prefix+"none").Result(); !errors.Is(err, Nil) {
			t.Errorf("get of nothing: %v", err)
		}
		if err := c.Incr(t.Context(), prefix+"k").Err(); err == nil || errors.Is(err, ErrDown) {
			t.Errorf("an answer of the server became %v", err)
		}
	})
}

// TestABoardIsAPipelineAndAScript: what a board needs is there.
func TestABoardIsAPipelineAndAScript(t *testing.T) {
	each(t, func(t *testing.T, c *Client, prefix string) {
		board := prefix + "board"
		cmds, err := c.TxPipelined(t.Context(), func(p redis.Pipeliner) error {
			p.ZAdd(t.Context(), board, redis.Z{Score: 3, Member: "c"}, redis.Z{Score: 9, Member: "a"}, redis.Z{Score: 5, Member: "b"})
			p.ZRevRank(t.Context(), board, "b")
			p.Expire(t.Context(), board, time.Minute)
			return nil
		})
		if err != nil || len(cmds) != 3 {
			t.Fatalf("pipeline: %v, %v", cmds, err)
		}
		top, err := c.ZRevRange(t.Context(), board, 0, 1).Result()
		if err != nil || !slices.Equal(top, []string{"a", "b"}) {
			t.Errorf("the first two: %v, %v", top, err)
		}
		script := redis.NewScript(`return redis.call('ZCARD', KEYS[1])`)
		if n, err := script.Run(t.Context(), c, []string{board}).Int(); err != nil || n != 3 {
			t.Errorf("script: %d, %v", n, err)
		}
	})
}

func TestKeysGrowOld(t *testing.T) {
	each(t, func(t *testing.T, c *Client, prefix string) {
		if err := c.Set(t.Context(), prefix+"short", "v", 300*time.Millisecond).Err(); err != nil {
			t.Fatal(err)
		}
		for start := time.Now(); c.Exists(t.Context(), prefix+"short").Val() == 1; {
			if time.Since(start) > 5*time.Second {
				t.Fatal("the key does not expire")
			}
		}
	})
}

// TestKeysGrowOldAtTheRightTime: to a tick, in the embedded Redis.
func TestKeysGrowOldAtTheRightTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Open(Options{})
		defer shut(t, c)
		if err := c.Set(t.Context(), "k", "v", 10*time.Minute).Err(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10*time.Minute - 2*tick)
		if n := c.Exists(t.Context(), "k").Val(); n != 1 {
			t.Error("the key expired too early")
		}
		time.Sleep(3 * tick)
		if n := c.Exists(t.Context(), "k").Val(); n != 0 {
			t.Error("the key did not expire")
		}
	})
}

func TestEachEmbeddedRedisIsItsOwn(t *testing.T) {
	a, b := Open(Options{}), Open(Options{})
	defer shut(t, a)
	defer shut(t, b)
	if err := a.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := b.Get(t.Context(), "k").Err(); !errors.Is(err, Nil) {
		t.Errorf("one sees the keys of the other: %v", err)
	}
}

func TestNothingGoesOnAfterClose(t *testing.T) {
	before := goleak.IgnoreCurrent()
	c := Open(Options{})
	if err := c.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	shut(t, c)
	goleak.VerifyNone(t, before)
	if err := c.Ping(t.Context()); err == nil {
		t.Error("a closed client answers")
	}
}

func TestAClusterIsEnteredByOneDoor(t *testing.T) {
	m := miniredis.RunT(t)
	c := Open(Options{Addrs: []string{m.Addr()}, Cluster: true})
	defer shut(t, c)
	if _, ok := c.UniversalClient.(*redis.ClusterClient); !ok {
		t.Fatalf("a %T", c.UniversalClient)
	}
	if err := c.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got, err := m.Get("k"); err != nil || got != "v" {
		t.Errorf("the server holds %q, %v", got, err)
	}
}

func TestAPasswordIsShownToTheServerAndNobodyElse(t *testing.T) {
	m := miniredis.RunT(t)
	m.RequireUserAuth("dandelion", "canary")
	right := Open(Options{Addrs: []string{m.Addr()}, Username: "dandelion", Password: "canary"})
	defer shut(t, right)
	if err := right.Ping(t.Context()); err != nil {
		t.Errorf("the right password: %v", err)
	}
	wrong := Open(Options{Addrs: []string{m.Addr()}, Username: "dandelion", Password: "canary2"})
	defer shut(t, wrong)
	if err := wrong.Ping(t.Context()); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("the wrong password: %v", err)
	}
}
