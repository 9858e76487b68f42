package app_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dandelion/config"
	"dandelion/internal/apitest"
	"dandelion/internal/dbtest"
	"dandelion/internal/wechat"
)

// TestTheLoopNeedsNoRedis runs on a Redis that is not there.
func TestTheLoopNeedsNoRedis(t *testing.T) {
	w := world{apitest.New(t, apitest.Options{Embedded: true, Change: func(c *config.Config) { c.Redis = []string{"127.0.0.1:1"} }})}
	begun := time.Now()
	id := w.in("closed", nil)
	if r := w.Get(auditor, "/wishes/"+id+"/history"); r.At("items.0.event") != "evaluate" {
		t.Errorf("the loop ends with %s", r)
	}
	if r := w.Do(resident, "POST", "/me/phone", form{"code": "demo-phone"}); r.Status != 200 {
		t.Errorf("a token that Redis cannot keep: %s", r)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("without Redis it takes %v", took)
	}
	if r := w.Do("", "GET", "/readyz", nil); r.Status != 200 {
		t.Errorf("without Redis the system is not ready: %s", r)
	}
}

// TestWithoutWeChatOnlyLoginsFail lets WeChat fail in every way.
func TestWithoutWeChatOnlyLoginsFail(t *testing.T) {
	w := laptop(t)
	id := w.in("submitted", nil)
	w.arrive(worker, member)
	for _, mode := range []wechat.Mode{wechat.Down, wechat.Broken, wechat.Nonsense, wechat.Busy, wechat.Silent} {
		w.WeChat.Fail(mode)
		begun := time.Now()
		r := w.Do("", "POST", "/auth/wechat", form{"code": "demo-late"})
		if took := time.Since(begun); r.Status != http.StatusServiceUnavailable || !waits(r) || took > 4*time.Second {
			t.Errorf("WeChat %s: a login is answered after %v with %s %v", mode, took, r, r.Header)
		}
		if r := w.Do(worker, "GET", "/wishes/"+id, nil); r.Status != 200 {
			t.Errorf("WeChat %s: who is logged in gets %s", mode, r)
		}
		w.WeChat.Fail(wechat.Healthy)
		if r := w.Do("", "POST", "/auth/wechat", form{"code": "demo-late"}); r.Status != 201 {
			t.Errorf("after WeChat %s: a login is answered with %s", mode, r)
		}
	}
	w.WeChat.Fail(wechat.Down)
	w.step(worker, id, "publish", nil)
	w.step(member, id, "claim", nil)
}

// arrive logs people in while that works.
func (w world) arrive(people ...string) {
	w.Helper()
	for _, code := range people {
		w.Token(code)
	}
}

// waits reports whether an answer says when to come back.
func waits(r apitest.Response) bool {
	n, err := strconv.Atoi(r.Header.Get("Retry-After"))
	return err == nil && n > 0 && n <= 60
}

// proxy is a way to a server that can be cut, or fall silent.
type proxy struct {
	net.Listener
	to string

	mu     sync.Mutex
	conns  map[net.Conn]bool
	broken bool
	silent bool
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: l, to: to, conns: map[net.Conn]bool{}}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			done.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.set(true, false)
		done.Wait()
	})
	return p
}

// serve passes bytes both ways, until the way is cut.
func (p *proxy) serve(c net.Conn) {
	s, err := net.Dial("tcp", p.to)
	if err != nil {
		_ = c.Close()
		return
	}
	p.mu.Lock()
	p.conns[c], p.conns[s] = true, true
	broken := p.broken
	p.mu.Unlock()
	if broken {
		_, _ = c.Close(), s.Close()
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{c, s}, {s, c}} {
		both.Go(func() {
			_, _ = io.Copy(gate{way[0], p}, way[1])
			_, _ = c.Close(), s.Close()
		})
	}
	both.Wait()
}

// gate drops what is written while the proxy is silent.
type gate struct {
	net.Conn
	p *proxy
}

func (g gate) Write(b []byte) (int, error) {
	g.p.mu.Lock()
	silent := g.p.silent
	g.p.mu.Unlock()
	if silent {
		return len(b), nil
	}
	return g.Conn.Write(b)
}

// set breaks the way, or mends it. What is broken or was silent loses its
// connections, as it would behind a failed machine.
func (p *proxy) set(broken, silent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if broken || p.silent && !silent {
		for c := range p.conns {
			_ = c.Close()
		}
		clear(p.conns)
	}
	p.broken, p.silent = broken, silent
}

// throughProxy runs a system whose database is behind a proxy.
func throughProxy(t *testing.T) (world, *proxy) {
	t.Helper()
	url := dbtest.MySQL(t)
	head, rest, ok := strings.Cut(url, "@tcp(")
	addr, tail, ok2 := strings.Cut(rest, ")")
	if !ok || !ok2 {
		t.Fatalf("%s names no address", url)
	}
	p := newProxy(t, addr)
	return world{apitest.New(t, apitest.Options{Change: withDatabase(fmt.Sprintf("%s@tcp(%s)%s", head, p.Addr(), tail))})}, p
}

func TestTheSystemComesBackWithItsDatabase(t *testing.T) {
	w, p := throughProxy(t)
	id := w.in("submitted", nil)
	w.arrive(worker)
	p.set(true, false)
	for _, c := range []struct {
		as, method, path string
		body             any
	}{
		{worker, "GET", "/wishes/" + id, nil},
		{worker, "POST", "/wishes/" + id + "/publish", nil},
		{resident, "POST", "/wishes", orderForm(nil)},
		{"", "POST", "/auth/wechat", form{"code": resident}},
		{"", "GET", "/readyz", nil},
	} {
		begun := time.Now()
		r := w.Do(c.as, c.method, c.path, c.body, "Idempotency-Key", "in-the-dark")
		if r.Status != http.StatusServiceUnavailable || !waits(r) || time.Since(begun) > 5*time.Second {
			t.Errorf("without a database %s %s is answered after %v with %s %v", c.method, c.path, time.Since(begun), r, r.Header)
		}
	}
	if r := w.Do("", "GET", "/healthz", nil); r.Status != 200 {
		t.Errorf("the process is alive, but says %s", r)
	}
	p.set(false, false)
	if r := w.Do("", "GET", "/readyz", nil); r.Status != 200 {
		t.Errorf("when the database is back the system is not ready: %s", r)
	}
	r := w.Do(worker, "POST", "/wishes/"+id+"/publish", nil, "Idempotency-Key", "in-the-dark")
	if r.Status != 200 || r.At("state") != "open" {
		t.Errorf("when the database is back the retry is answered with %s", r)
	}
}

// TestASilentDatabaseIsNotWaitedForForever lets the database take every byte
// and say nothing.
func TestASilentDatabaseIsNotWaitedForForever(t *testing.T) {
	w, p := throughProxy(t)
	id := w.in("submitted", nil)
	w.arrive(worker)
	p.set(false, true)
	var all sync.WaitGroup
	for path, most := range map[string]time.Duration{"/readyz": 2 * time.Second, "/wishes/" + id: 5 * time.Second} {
		all.Go(func() {
			begun := time.Now()
			as := worker
			if path == "/readyz" {
				as = ""
			}
			r := w.Do(as, "GET", path, nil)
			if took := time.Since(begun); r.Status != http.StatusServiceUnavailable || !waits(r) || took > most {
				t.Errorf("%s is answered after %v with %s", path, took, r)
			}
		})
	}
	all.Go(func() {
		begun := time.Now()
		r := w.Do(worker, "POST", "/wishes/"+id+"/publish", nil, "Idempotency-Key", "in-the-quiet")
		if took := time.Since(begun); r.Status != http.StatusServiceUnavailable || !waits(r) || took > 5*time.Second {
			t.Errorf("a step is answered after %v with %s", took, r)
		}
	})
	all.Wait()
	p.set(false, false)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for w.App.DB.Ping(ctx) != nil {
		if ctx.Err() != nil {
			t.Fatal("the database does not come back")
		}
	}
	if r := w.Do(worker, "GET", "/wishes/"+id, nil); r.Status != 200 {
		t.Errorf("when the database speaks again: %s", r)
	}
}
