package redis

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"dandelion/internal/fault"
)

// link is the way to a Redis. It can be cut (nobody listens), or go dead (what
// is sent arrives nowhere).
type link struct {
	server *miniredis.Miniredis
	cut    atomic.Bool
	dead   atomic.Bool
	dials  atomic.Int64
}

func (l *link) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	l.dials.Add(1)
	if l.cut.Load() {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}
	if l.dead.Load() {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	c, err := l.server.Dial()
	return &conn{Conn: c, link: l}, err
}

// conn is a connection over a link.
type conn struct {
	net.Conn
	link *link
}

func (c *conn) Write(p []byte) (int, error) {
	if c.link.cut.Load() {
		return 0, net.ErrClosed
	}
	if c.link.dead.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

// overLink runs a test in a bubble whose time stands still but for what is
// waited for, so that to the millisecond it is known how long that is.
func overLink(t *testing.T, test func(t *testing.T, c *Client, l *link)) {
	synctest.Test(t, func(t *testing.T) {
		l := &link{server: miniredis.NewMiniRedis()}
		c := open(Options{Addrs: []string{"link:1"}}, l.dial)
		test(t, c, l)
		shut(t, c)
		l.server.Close()
	})
}

// took returns how long do took.
func took(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

// down: a command fails, as it should, within limit.
func down(t *testing.T, c *Client, limit time.Duration) {
	t.Helper()
	var err error
	d := took(func() { err = c.Get(t.Context(), "k").Err() })
	if !errors.Is(err, ErrDown) || fault.KindOf(err) != fault.Unavailable || d > limit {
		t.Errorf("after %v: %v; want ErrDown within %v", d, err, limit)
	}
}

func TestADeadRedisCostsAMomentAndOnlyOnce(t *testing.T) {
	for name, fail := range map[string]func(*link){
		"nobody listens": func(l *link) { l.cut.Store(true) },
		"nobody answers": func(l *link) { l.dead.Store(true) },
	} {
		for _, used := range []bool{false, true} {
			overLink(t, func(t *testing.T, c *Client, l *link) {
				if used {
					if err := c.Ping(t.Context()); err != nil {
						t.Fatalf("%s: %v", name, err)
					}
				}
				fail(l)
				for range patience {
					down(t, c, time.Second-1)
				}
				dials := l.dials.Load()
				for range 100 {
					down(t, c, 0)
				}
				if l.dials.Load() != dials {
					t.Errorf("%s: the dead Redis is still called", name)
				}
			})
		}
	}
}

func TestARedisThatIsBackIsUsedAgain(t *testing.T) {
	overLink(t, func(t *testing.T, c *Client, l *link) {
		l.cut.Store(true)
		for range patience {
			down(t, c, time.Second)
		}
		l.cut.Store(false)
		down(t, c, 0) // nobody looks yet
		time.Sleep(pause + time.Millisecond)
		for range 10 {
			if err := c.Set(t.Context(), "k", "v", 0).Err(); err != nil {
				t.Fatalf("the Redis is back: %v", err)
			}
		}
	})
}

func TestOneCallTriesWhetherRedisIsBack(t *testing.T) {
	overLink(t, func(t *testing.T, c *Client, l *link) {
		l.cut.Store(true)
		for range patience {
			down(t, c, time.Second)
		}
		time.Sleep(pause + time.Millisecond)
		dials := l.dials.Load()
		for range 10 {
			down(t, c, time.Second)
		}
		if tried := l.dials.Load() - dials; tried != 1 {
			t.Errorf("%d calls tried", tried)
		}
	})
}

func TestAPipelineOfADeadRedisFailsAsAWhole(t *testing.T) {
	overLink(t, func(t *testing.T, c *Client, l *link) {
		l.cut.Store(true)
		for i := range patience + 2 {
			for _, pipelined := range []func(context.Context, func(redis.Pipeliner) error) ([]redis.Cmder, error){c.Pipelined, c.TxPipelined} {
				var get, set redis.Cmder
				_, err := pipelined(t.Context(), func(p redis.Pipeliner) error {
					get, set = p.Get(t.Context(), "a"), p.Set(t.Context(), "b", 1, 0)
					return nil
				})
				if !errors.Is(err, ErrDown) || !errors.Is(get.Err(), ErrDown) || !errors.Is(set.Err(), ErrDown) {
					t.Errorf("call %d: %v, of which %v and %v", i, err, get.Err(), set.Err())
				}
			}
		}
	})
}

func TestAnswersAreNotFailures(t *testing.T) {
	overLink(t, func(t *testing.T, c *Client, _ *link) {
		if err := c.Set(t.Context(), "text", "x", 0).Err(); err != nil {
			t.Fatal(err)
		}
		for range 4 * patience {
			if err := c.Get(t.Context(), "none").Err(); !errors.Is(err, Nil) {
				t.Fatalf("nothing there: %v", err)
			}
			if err := c.Incr(t.Context(), "text").Err(); err == nil || errors.Is(err, ErrDown) {
				t.Fatalf("no number: %v", err)
			}
			cmds, err := c.Pipelined(t.Context(), func(p redis.Pipeliner) error {
				p.Get(t.Context(), "none")
				p.Get(t.Context(), "text")
				return nil
			})
			if !errors.Is(err, Nil) || !errors.Is(cmds[0].Err(), Nil) || cmds[1].Err() != nil {
				t.Fatalf("pipeline: %v, of which %v and %v", err, cmds[0].Err(), cmds[1].Err())
			}
		}
	})
}

func TestACallerWhoLeavesDoesNotBlameRedis(t *testing.T) {
	overLink(t, func(t *testing.T, c *Client, l *link) {
		if err := c.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		late, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		<-late.Done()
		for range 2 * patience {
			if err := c.Get(gone, "k").Err(); !errors.Is(err, context.Canceled) || errors.Is(err, ErrDown) {
				t.Fatalf("somebody who has left gets %v", err)
			}
			if err := c.Get(late, "k").Err(); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrDown) {
				t.Fatalf("somebody who is late gets %v", err)
			}
		}
		if err := c.Ping(t.Context()); err != nil {
			t.Errorf("others cannot use Redis: %v", err)
		}
		l.dead.Store(true)
		hurried, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		var err error
		if d := took(func() { err = c.Get(hurried, "k").Err() }); err == nil || d > 51*time.Millisecond {
			t.Errorf("somebody with 50 ms waited %v: %v", d, err)
		}
	})
}
