// Package app puts the system together. It is the only package that knows both
// the services and what they stand on, and it is as true in a test as in
// production.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dandelion/api"
	"dandelion/config"
	"dandelion/internal/blob"
	"dandelion/internal/clock"
	"dandelion/internal/crypt"
	"dandelion/internal/db"
	"dandelion/internal/idempotency"
	"dandelion/internal/outbox"
	"dandelion/internal/policy"
	"dandelion/internal/redis"
	"dandelion/internal/timer"
	"dandelion/internal/wechat"
	"dandelion/model"
	"dandelion/service/activity"
	"dandelion/service/board"
	"dandelion/service/identity"
	"dandelion/service/org"
	"dandelion/service/points"
	"dandelion/service/wish"
)

// Outside is what a system is given from outside of it.
type Outside struct {
	Now    clock.Clock
	Log    *slog.Logger
	WeChat http.RoundTripper // nil: the simulation, or the internet if there is an AppID
}

// App is a whole system, ready to serve.
type App struct {
	DB         *db.DB
	Redis      *redis.Client
	Identity   *identity.Service
	Orgs       *org.Service
	Wishes     *wish.Service
	Points     *points.Service
	Boards     *board.Service
	Activities *activity.Service
	API        *api.API
	Keys       *crypt.Keys
	Blobs      *blob.Folder

	config      config.Config
	idempotency *idempotency.Store
	outbox      *outbox.Outbox
	timers      *timer.Runner
	now         clock.Clock
	log         *slog.Logger
	swept       time.Time
	expiring    bool // there are points that may have grown too old
	drift       *drift
}

// New builds an App from c and brings the schema up to date. The caller closes
// it.
func New(ctx context.Context, c config.Config, o Outside) (*App, error) {
	c = c.Resolved()
	if err := c.Check(); err != nil {
		return nil, err
	}
	secrets, err := secretsOf(c)
	if err != nil {
		return nil, err
	}
	d, err := openDB(c, o)
	if err != nil {
		return nil, err
	}
	a := &App{
		DB: d, Redis: redis.Open(redis.Options{Addrs: c.Redis, Password: c.RedisPassword, TLS: c.RedisTLS}), Keys: secrets.keys,
		config: c, now: o.Now, log: o.Log, drift: newDrift(),
	}
	if a.Blobs, err = blob.Disk(c.BlobDir); err != nil {
		return nil, errors.Join(err, a.Redis.Close(), a.DB.Close())
	}
	if err := a.build(ctx, secrets, o); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func openDB(c config.Config, o Outside) (*db.DB, error) {
	if err := makeDirs(c); err != nil {
		return nil, err
	}
	return db.Open(c.Database, db.Options{Now: o.Now, Log: o.Log, Pool: c.Pool})
}

func (a *App) build(ctx context.Context, secrets secrets, o Outside) error {
	if err := a.DB.Migrate(ctx); err != nil {
		return err
	}
	if err := a.DB.LeaseNode(ctx); err != nil {
		return err
	}
	if err := a.demo(ctx); err != nil {
		return err
	}
	policies := policy.New(a.DB, o.Now)
	a.outbox = outbox.New(a.DB, o.Log)
	a.idempotency = idempotency.New(a.DB, a.Keys)
	gateway := a.gateway(o)
	a.Identity = identity.New(identity.Options{
		DB: a.DB, WeChat: gateway, Sealer: a.Keys, Lifetime: time.Duration(a.config.SessionDays) * 24 * time.Hour,
		PolicyVersion: a.config.PrivacyVersion,
	})
	a.Orgs = org.New(a.DB, a.outbox, policies, a.Keys)
	a.Identity.Roll = a.Orgs
	a.Points = points.New(a.DB, a.outbox, policies, a.Keys)
	a.Wishes = wish.New(a.DB, policies, a.outbox, a.Keys, a.Points)
	a.Identity.Wishes = a.Wishes
	a.outbox.Tell(a.Wishes.Hear)
	a.Boards = board.New(a.DB, a.Redis, policies, a.outbox)
	a.outbox.Tell(a.Boards.Hear)
	a.Activities = activity.New(a.DB, a.outbox, policies, a.Keys)
	a.Activities.Points = a.Points
	a.outbox.Tell(a.Activities.HearWish)
	a.Activities.Gateway, a.Activities.Wishes = gateway, a.Wishes
	a.timers = timer.New(a.DB, o.Log, map[model.TimerKind]timer.Handler{
		model.WishAlarm: a.Wishes.Alarm, model.PointsPost: a.Points.Mature,
		model.SlotAlarm:         a.Activities.SlotAlarm,
		model.PointCaseAlarm:    a.Points.CaseAlarm,
		model.RedemptionExpire:  a.Points.ExpireRedemption,
		model.RegistrationAlarm: a.Orgs.RegistrationAlarm,
		model.DisputeAlarm:      a.Activities.DisputeAlarm,
	})
	var err error
	a.API, err = api.New(api.Services{
		Identity: a.Identity, Orgs: a.Orgs, Wishes: a.Wishes, Points: a.Points, Boards: a.Boards, Activities: a.Activities, Policies: policies, Idempotency: a.idempotency,
		Ready: a.DB.Ping, Now: o.Now, Log: o.Log, CursorKey: secrets.cursor,
		PublicURL:      strings.TrimRight(a.config.PublicURL, "/"),
		TrustedProxies: a.config.TrustedProxies, MetricsAllow: a.config.MetricsAllow, Gauges: []prometheus.Collector{a.drift.of, a.drift.at},
	})
	return err
}

// gateway returns the way to WeChat: the internet, or the simulation.
func (a *App) gateway(o Outside) *wechat.Client {
	opts := wechat.Options{AppID: a.config.WeChatAppID, Secret: a.config.WeChatSecret, Transport: o.WeChat, Tokens: shared{a.Redis}, Now: o.Now}
	if a.config.Simulated() {
		opts.AppID, opts.Secret = "wxsimulated00000000", "simulated"
		if opts.Transport == nil {
			opts.Transport = &wechat.Simulated{AppID: opts.AppID, Secret: opts.Secret}
		}
	}
	if opts.Transport == nil {
		opts.Transport = http.DefaultTransport
	}
	return wechat.New(opts)
}

// Close gives back what New took.
func (a *App) Close() error { return errors.Join(a.Blobs.Close(), a.Redis.Close(), a.DB.Close()) }

// Migrate brings the schema of c's database up to date, and does nothing else.
func Migrate(ctx context.Context, c config.Config, o Outside) error {
	c = c.Resolved()
	if err := c.Check(); err != nil {
		return err
	}
	d, err := openDB(c, o)
	if err != nil {
		return err
	}
	return errors.Join(d.Migrate(ctx), d.Close())
}
