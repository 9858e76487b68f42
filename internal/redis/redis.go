// Package redis opens Redis: a server, a cluster, or one inside this process.
// Whatever is kept there can be built again from SQL, so a Redis that does not
// answer may cost a request a moment, and only once.
package redis

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// How long a request waits for Redis at most, and how often a cluster is asked
// for its shape: a failover is over when the next answer comes.
const (
	dialTimeout   = 300 * time.Millisecond
	answerTimeout = 500 * time.Millisecond
	reload        = time.Second
)

// tick is how finely keys expire in the embedded Redis.
const tick = 250 * time.Millisecond

// Nil is the answer of Redis when there is no such key.
const Nil = redis.Nil

// Options say which Redis to open.
type Options struct {
	Addrs    []string // host:port; none: a Redis in this process; several: a cluster
	Cluster  bool     // a single address is the door of a cluster
	Username string
	Password string
	DB       int // not for a cluster, which has only one
	TLS      bool
}

// Client talks to a Redis. All its errors are [ErrDown], [Nil], answers of the
// server, or the end of the caller's context.
type Client struct {
	redis.UniversalClient
	embedded *embedded
}

// quiet drops what the library prints to the process's standard error: the
// same comes back as an error of a call, and the log has its own form.
type quiet struct{}

// Printf prints nothing.
func (quiet) Printf(context.Context, string, ...any) {}

// silence is done once, since the library keeps its logger in a variable.
var silence = sync.OnceFunc(func() { redis.SetLogger(quiet{}) })

// Open makes a client of the Redis that o names. It connects when it is first
// used, so a Redis that is down keeps nothing from starting.
func Open(o Options) *Client {
	if len(o.Addrs) > 0 {
		return open(o, nil)
	}
	inside := start()
	o.Addrs = []string{"embedded:0"}
	c := open(Options{Addrs: o.Addrs, DB: o.DB}, inside.dial)
	c.embedded = inside
	return c
}

// dialer opens a connection; nil is that of the machine.
type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

func open(o Options, dial dialer) *Client {
	silence()
	u := &redis.UniversalOptions{
		Addrs: o.Addrs, Username: o.Username, Password: o.Password, DB: o.DB, Dialer: dial,
		// Who retries is the next request: a board is worth less than the
		// wait for it.
		MaxRetries: -1, DialerRetries: 1,
		DialTimeout: dialTimeout, ReadTimeout: answerTimeout, WriteTimeout: answerTimeout, PoolTimeout: answerTimeout,
		ContextTimeoutEnabled: true,
		// Redis 7.0 knows neither of these.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if o.TLS {
		u.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	c := &Client{}
	if o.Cluster || len(o.Addrs) > 1 {
		cluster := u.Cluster()
		cluster.ClusterStateReloadInterval = reload
		c.UniversalClient = redis.NewClusterClient(cluster)
	} else {
		c.UniversalClient = redis.NewClient(u.Simple())
	}
	c.AddHook(newBreaker())
	return c
}

// Ping reports whether Redis answers.
func (c *Client) Ping(ctx context.Context) error {
	return c.UniversalClient.Ping(ctx).Err()
}

// Close closes the connections, and the Redis if it is in this process.
func (c *Client) Close() error {
	err := c.UniversalClient.Close()
	if c.embedded != nil {
		c.embedded.close()
	}
	return err
}

// embedded is a Redis in this process. It is reached without a network.
type embedded struct {
	server *miniredis.Miniredis
	stop   chan struct{}
	done   sync.WaitGroup
}

func start() *embedded {
	e := &embedded{server: miniredis.NewMiniRedis(), stop: make(chan struct{})}
	e.done.Go(e.expire)
	return e
}

func (e *embedded) dial(context.Context, string, string) (net.Conn, error) { return e.server.Dial() }

// expire lets keys grow old, which the server does not do by itself. Its own
// way to do so looks at every key at every command.
func (e *embedded) expire() {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	var last time.Time
	for {
		select {
		case <-e.stop:
			return
		case now := <-ticker.C:
			age := tick
			if !last.IsZero() {
				age = now.Sub(last) // longer when the machine slept
			}
			e.server.FastForward(age)
			last = now
		}
	}
}

func (e *embedded) close() {
	close(e.stop)
	e.done.Wait()
	e.server.Close()
}
