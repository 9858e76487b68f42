package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
)

func contextOf(t testing.TB) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), 10*time.Minute)
}

// call is one request: by whom, and what.
type call struct {
	user         int64
	method, path string
	body         string
}

// do makes a request and returns the answer's status, body and the SQL
// statements that it took.
func (b *bigCounty) do(t testing.TB, c call) (status int, body string, statements int64) {
	t.Helper()
	ctx, n := db.CountStatements(t.Context())
	r := httptest.NewRequestWithContext(ctx, c.method, "/api/v1"+c.path, strings.NewReader(c.body))
	if c.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.user != 0 {
		r.Header.Set("Authorization", "Bearer "+token(c.user))
	}
	w := httptest.NewRecorder()
	b.API.ServeHTTP(w, r)
	return w.Code, w.Body.String(), n.Load()
}

// requests are what is measured. Each makes the n-th of its kind. The pages are
// so short that there is enough for them in the smaller county too: what grows
// is what they are found among.
var requests = []struct {
	name   string
	status int
	most   int64 // SQL statements, session included
	make   func(b *bigCounty, n int) call
}{
	{"login", http.StatusCreated, 3, func(_ *bigCounty, n int) call {
		return call{0, "POST", "/auth/wechat", fmt.Sprintf(`{"code":"bench-%d"}`, firstResident+n%(communities*each))}
	}},
	{"get", http.StatusOK, 2, func(b *bigCounty, n int) call {
		i := n * 7919 % b.wishes
		return call{firstWorker + int64(i%communities), "GET", fmt.Sprintf("/wishes/%d", firstWish+i), ""}
	}},
	{"pool", http.StatusOK, 2, func(_ *bigCounty, n int) call {
		return call{firstMember + int64(n%communities)*each, "GET", "/wishes?view=pool&limit=1", ""}
	}},
	{"pool-urgent", http.StatusOK, 2, func(_ *bigCounty, n int) call {
		return call{firstMember + int64((n*10+3)%communities)*each, "GET", "/wishes?view=pool&urgency=urgent&limit=1", ""}
	}},
	{"community", http.StatusOK, 2, func(_ *bigCounty, n int) call {
		return call{firstWorker + int64(n%communities), "GET", fmt.Sprintf("/wishes?view=community&org_id=%d", firstCommunity+n%communities), ""}
	}},
	{"community-state", http.StatusOK, 2, func(_ *bigCounty, n int) call {
		return call{firstWorker + int64(n%communities), "GET", fmt.Sprintf("/wishes?view=community&org_id=%d&state=closed", firstCommunity+n%communities), ""}
	}},
	{"queue", http.StatusOK, 2, func(_ *bigCounty, n int) call {
		return call{firstWorker + int64(n%communities), "GET", "/wishes?view=queue&limit=3", ""}
	}},
	{"queue-red", http.StatusOK, 2, func(_ *bigCounty, n int) call {
		return call{firstWorker + int64((n*20+5)%communities), "GET", "/wishes?view=queue&light=red&limit=1", ""}
	}},
	{"mine", http.StatusOK, 2, func(_ *bigCounty, n int) call {
		return call{firstResident + int64(n%(communities*each)), "GET", "/wishes?view=mine&limit=3", ""}
	}},
	{"claim", http.StatusOK, 6, func(b *bigCounty, n int) call {
		i := b.open[n%len(b.open)]
		return call{firstMember + int64(i%communities*each+n%each), "POST", fmt.Sprintf("/wishes/%d/claim", firstWish+i), ""}
	}},
	{"evaluate", http.StatusOK, 15, func(b *bigCounty, n int) call {
		i := b.awaiting[n%len(b.awaiting)]
		return call{firstResident + int64(i%communities*each+round(i)%each), "POST", fmt.Sprintf("/wishes/%d/evaluate", firstWish+i), `{"stars":5,"solved":"yes"}`}
	}},
}

// TestRequestsTakeFewStatements is what the benchmarks measure, once each, on a
// small county: that they do what they should, and in how many statements.
func TestRequestsTakeFewStatements(t *testing.T) {
	b := build(t, 10_000)
	for _, r := range requests {
		if status, body, _ := b.do(t, r.make(b, 0)); status != r.status { // what is remembered is remembered
			t.Fatalf("%s answers %d %s", r.name, status, body)
		}
		status, body, n := b.do(t, r.make(b, 1))
		if status != r.status || n > r.most || n == 0 {
			t.Errorf("%s answers %d with %d statements, want %d with at most %d: %s", r.name, status, n, r.status, r.most, body)
		}
		var page struct{ Items []json.RawMessage }
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
		if strings.Contains(r.make(b, 1).path, "view=") && len(page.Items) == 0 {
			t.Errorf("%s is an empty page, which shows nothing", r.name)
		}
	}
}

func BenchmarkWishes10k(b *testing.B) { measure(b, 10_000) }

func BenchmarkWishes1M(b *testing.B) { measure(b, 1_000_000) }

func measure(b *testing.B, wishes int) {
	began := time.Now()
	c := build(b, wishes)
	b.Logf("%d wishes on %s loaded in %v", wishes, c.DB.Dialect(), time.Since(began).Round(time.Second))
	for _, r := range requests {
		used := 0
		b.Run(r.name, func(b *testing.B) {
			var all []time.Duration
			var statements int64
			for b.Loop() {
				request := r.make(c, used)
				used++
				start := time.Now()
				status, body, n := c.do(b, request)
				all = append(all, time.Since(start))
				if status != r.status {
					b.Fatalf("%s %s answers %d %s", request.method, request.path, status, body)
				}
				statements = max(statements, n)
			}
			slices.Sort(all)
			b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(float64(statements), "statements")
		})
	}
}
