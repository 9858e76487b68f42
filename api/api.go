// Package api is the HTTP face of the system: what clients may send, what they
// get back, and nothing about why. Each domain has files with its rows of the
// route table, its inputs, views and handlers; route.go makes of a row an
// endpoint that is checked, guarded and documented.
package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"dandelion/internal/clock"
	"dandelion/internal/fault"
	"dandelion/internal/idempotency"
	"dandelion/internal/policy"
	"dandelion/service/activity"
	"dandelion/service/board"
	"dandelion/service/identity"
	"dandelion/service/org"
	"dandelion/service/points"
	"dandelion/service/wish"
)

// Services are what the API speaks for.
type Services struct {
	Identity    *identity.Service
	Orgs        *org.Service
	Wishes      *wish.Service
	Points      *points.Service
	Boards      *board.Service
	Activities  *activity.Service
	Policies    *policy.Book
	Idempotency *idempotency.Store

	Ready          func(context.Context) error
	Now            clock.Clock
	Log            *slog.Logger
	PublicURL      string   // where clients find this system; "": not known
	CursorKey      []byte   // signs the cursors of pages
	TrustedProxies []string // whose X-Forwarded-For is believed; none: nobody's
	MetricsAllow   []string // networks that may read /metrics
	Gauges         []prometheus.Collector

	draining *atomic.Bool
	metrics  *metrics
	roomy    map[string]int64 // the rows that take longer bodies than others
}

// API is the handler of every request, and the document that describes it.
type API struct {
	http.Handler
	Document *huma.OpenAPI
	Routes   []RouteInfo
	draining *atomic.Bool
}

// Drain makes the API say that it is not ready, so that no new requests are
// sent to a process that is about to stop.
func (a *API) Drain() { a.draining.Store(true) }

// routes is the route table.
func (s Services) routes() []route {
	return slices.Concat(s.identityRoutes(), s.orgRoutes(), s.wishRoutes(), s.wishSteps(), s.taskRoutes(),
		s.pointRoutes(), s.pointCaseRoutes(), s.pointRuleRoutes(), s.pointReportRoutes(), s.rewardRoutes(), s.boardRoutes(),
		s.activityRoutes(), s.slotRoutes(), s.enrolmentRoutes(), s.checkInRoutes(),
		s.rosterRoutes(), s.registrationRoutes(), s.slipRoutes(),
		s.serviceRoutes(), s.correctionRoutes(), s.disputeRoutes(),
		s.certificateRoutes(),
		s.entranceRoutes(), s.riskRoutes(), s.visitRoutes())
}

// New returns the API of s. It fails if a route does not say who may call it.
func New(s Services) (*API, error) {
	teachHuma()
	rows := s.routes()
	s.draining, s.metrics, s.roomy = new(atomic.Bool), newMetrics(), roomyOf(rows)
	s.metrics.registry.MustRegister(s.Gauges...)
	r, err := s.router()
	if err != nil {
		return nil, err
	}
	h := humagin.New(r, document())
	a := &API{Handler: r, Document: h.OpenAPI(), draining: s.draining}
	for _, row := range rows {
		info, err := row.mount(h, s)
		if err != nil {
			return nil, err
		}
		a.Routes = append(a.Routes, info)
	}
	return a, s.mountDocs(r, h.OpenAPI())
}

// router returns a Gin engine with what every request passes through, and the
// endpoints that are not part of the API proper.
func (s Services) router() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed, r.RedirectTrailingSlash = true, false
	if err := r.SetTrustedProxies(s.TrustedProxies); err != nil {
		return nil, fmt.Errorf("api: trusted proxies: %w", err)
	}
	r.Use(s.observe, recovered, headers, s.bounded)
	r.NoRoute(func(c *gin.Context) { fail(c, errNoRoute) })
	r.NoMethod(func(c *gin.Context) { fail(c, errNoMethod) })
	shown(r, "/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) })
	shown(r, "/readyz", s.ready)
	allowed, err := networks(s.MetricsAllow)
	if err != nil {
		return nil, err
	}
	r.GET("/metrics", s.metrics.serve(allowed))
	return r, nil
}

// shown serves a path outside of the route table to those who ask for it, and
// to monitors, which ask for its head.
func shown(r *gin.Engine, path string, h gin.HandlerFunc) {
	r.GET(path, h)
	r.HEAD(path, h)
}

// document returns what all operations of the OpenAPI document share.
func document() huma.Config {
	doc := huma.DefaultConfig("蒲公英 Dandelion", "1")
	doc.Info.Description = "五红社区微心愿: 点单、派单、接单、晒单、评单"
	doc.OpenAPIPath, doc.DocsPath, doc.SchemasPath, doc.CreateHooks = "", "", "", nil
	doc.RejectUnknownQueryParameters = true
	doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"session": {Type: "http", Scheme: "bearer"}}
	return doc
}

var (
	errNoRoute  = fault.Define(fault.NotFound, "route.not_found", "没有这个接口")
	errNoMethod = fault.Define(fault.Invalid, "route.method", "这个接口不支持此请求方法")
	errNotReady = fault.Define(fault.Unavailable, "server.not_ready", "系统正在启动、恢复或维护, 请稍后再试")
)
