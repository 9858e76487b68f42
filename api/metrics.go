package api

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"dandelion/internal/fault"
)

var errMetrics = fault.Define(fault.Forbidden, "metrics.forbidden", "此地址不能读取运行指标")

// metrics counts what passes through the API.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "dandelion_http_request_seconds", Help: "How long requests took, by route and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "dandelion_http_requests_in_flight", Help: "How many requests are being served."}),
	}
	m.registry.MustRegister(m.requests, m.inFlight, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// methods bounds the label: a client can send any word as a method.
var methods = map[string]bool{"GET": true, "HEAD": true, "POST": true, "PUT": true, "PATCH": true, "DELETE": true, "OPTIONS": true}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	if !methods[method] {
		method = "other"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// networks parses the networks that may read the metrics.
func networks(all []string) ([]netip.Prefix, error) {
	var ok []netip.Prefix
	for _, text := range all {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("api: metrics network %q: %w", text, err)
		}
		ok = append(ok, p.Masked())
	}
	return ok, nil
}

// serve answers those who ask from an allowed network, by the address of the
// connection itself and not by what a header claims.
func (m *metrics) serve(allowed []netip.Prefix) gin.HandlerFunc {
	h := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return func(c *gin.Context) {
		peer, err := netip.ParseAddrPort(c.Request.RemoteAddr)
		if err == nil {
			for _, p := range allowed {
				if p.Contains(peer.Addr().Unmap()) {
					h.ServeHTTP(c.Writer, c.Request)
					return
				}
			}
		}
		fail(c, errMetrics)
	}
}
