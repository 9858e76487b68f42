package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"dandelion/config"
	"dandelion/internal/apitest"
)

// running is a system that serves on a port.
type running struct {
	world
	addr string
	stop context.CancelFunc
	done chan error
}

func run(t *testing.T, o apitest.Options) *running {
	t.Helper()
	w := world{apitest.New(t, o)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	r := &running{w, l.Addr().String(), stop, make(chan error, 1)}
	w.Token(resident)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.done <- w.App.Serve(ctx, l)
	}()
	t.Cleanup(func() { // before what it stands on is closed and thrown away
		stop()
		<-ended
	})
	return r
}

// halfway opens a connection and sends an order of which the end is missing,
// and returns that end. The server has begun to serve it once it asks for the
// rest.
func (r *running) halfway() (net.Conn, *bufio.Reader, string) {
	r.Helper()
	body, err := json.Marshal(orderForm(nil))
	if err != nil {
		r.Fatal(err)
	}
	c, err := net.Dial("tcp", r.addr)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { _ = c.Close() })
	head := fmt.Sprintf("POST /api/v1/wishes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
		r.Token(resident), len(body))
	if _, err := io.WriteString(c, head); err != nil {
		r.Fatal(err)
	}
	in := bufio.NewReader(c)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		r.Fatalf("the server says %q, %v", line, err)
	}
	if _, err := in.ReadString('\n'); err != nil {
		r.Fatal(err)
	}
	if _, err := c.Write(body[:20]); err != nil {
		r.Fatal(err)
	}
	return c, in, string(body[20:])
}

// refused waits until nobody listens any more.
func (r *running) refused() {
	r.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			return
		}
		_ = c.Close()
		if time.Now().After(deadline) {
			r.Fatal("new connections are still taken")
		}
	}
}

// finished returns what Serve returned.
func (r *running) finished() error {
	r.Helper()
	select {
	case err := <-r.done:
		return err
	case <-time.After(15 * time.Second):
		r.Fatal("the system does not stop")
		return nil
	}
}

// TestAStopAnswersWhatHasBegun stops the system while an order is on its way.
func TestAStopAnswersWhatHasBegun(t *testing.T) {
	r := run(t, apitest.Options{Embedded: true})
	c, in, rest := r.halfway()
	r.stop()
	r.refused()
	select {
	case err := <-r.done:
		t.Fatalf("the system stops before it has answered: %v", err)
	default:
	}
	if p := r.Do("", "GET", "/readyz", nil); p.Status != http.StatusServiceUnavailable || p.Code() != "server.not_ready" {
		t.Errorf("while it stops the system is %s", p)
	}
	if _, err := io.WriteString(c, rest); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil || res.Body.Close() != nil || res.StatusCode != http.StatusCreated || !strings.Contains(string(text), `"state":"submitted"`) {
		t.Errorf("the order that had begun is answered with %d %s %v", res.StatusCode, text, err)
	}
	if err := r.finished(); err != nil {
		t.Errorf("after a stop in good order Serve returns %v", err)
	}
}

// TestAStopIsSeenBeforeItHappens asks a system that stops, as a load balancer
// and a client behind it do: it says that it is not ready, and answers every
// request until the time for that is over.
func TestAStopIsSeenBeforeItHappens(t *testing.T) {
	const drain = time.Second
	r := run(t, apitest.Options{Embedded: true, Change: func(c *config.Config) { c.Drain = drain }})
	client := &http.Client{Transport: &http.Transport{}, Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	ask := func(path string) *http.Response {
		t.Helper()
		req := r.Request(resident, http.MethodGet, path, nil)
		req.RequestURI, req.URL.Scheme, req.URL.Host = "", "http", r.addr
		res, err := client.Do(req)
		if err != nil {
			t.Fatalf("while it stops %s is not answered: %v", path, err)
		}
		_ = res.Body.Close()
		return res
	}
	if res := ask("/me"); res.StatusCode != 200 || res.Close {
		t.Fatalf("before the stop: %d, the connection closes: %t", res.StatusCode, res.Close)
	}
	begun := time.Now()
	r.stop()
	for ask("/readyz").StatusCode == http.StatusOK {
		if time.Since(begun) > drain/2 {
			t.Fatal("a stopping system is ready")
		}
	}
	for time.Since(begun) < drain-200*time.Millisecond {
		if res := ask("/me"); res.StatusCode != 200 || !res.Close {
			t.Fatalf("while it stops: %d, the connection closes: %t", res.StatusCode, res.Close)
		}
	}
	if err := r.finished(); err != nil || time.Since(begun) < drain {
		t.Errorf("it stops after %v, %v", time.Since(begun), err)
	}
}

// TestAStopDoesNotWaitForEver has a client that never finishes its request.
func TestAStopDoesNotWaitForEver(t *testing.T) {
	r := run(t, apitest.Options{Embedded: true, Change: func(c *config.Config) { c.Grace = 100 * time.Millisecond }})
	r.halfway()
	r.stop()
	if err := r.finished(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Serve returns %v, want that the time was up", err)
	}
}

// TestAStoppedSystemLeavesNothingBehind looks for goroutines.
func TestAStoppedSystemLeavesNothingBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("a whole life", func(t *testing.T) {
		r := run(t, apitest.Options{})
		r.in("closed", nil)
		r.stop()
		if err := r.finished(); err != nil {
			t.Error(err)
		}
	})
	goleak.VerifyNone(t, before)
}

// TestServeSaysWhyItCannot gives it a listener that is closed.
func TestServeSaysWhyItCannot(t *testing.T) {
	w := laptop(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.App.Serve(t.Context(), l); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve returns %v", err)
	}
}

// TestTheBackgroundWorkIsDoneByItself waits for what Serve does beside the
// requests: an alarm that is due rings without anybody asking.
func TestTheBackgroundWorkIsDoneByItself(t *testing.T) {
	r := run(t, apitest.Options{Embedded: true, Change: func(c *config.Config) { c.Poll = 20 * time.Millisecond }})
	id := r.in("submitted", nil)
	r.Clock.Pass(25 * time.Hour)
	for deadline := time.Now().Add(10 * time.Second); r.Get(worker, "/wishes/"+id).At("light") != "red"; {
		if time.Now().After(deadline) {
			t.Fatal("no alarm has rung")
		}
	}
	r.stop()
	if err := r.finished(); err != nil {
		t.Error(err)
	}
}
