// Package db opens the database and gives out transactions. Nothing else in
// the system begins, commits or rolls back.
package db

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"dandelion/internal/clock"
	"dandelion/internal/id"
)

// Options are what a database is opened with.
type Options struct {
	Now  clock.Clock
	Log  *slog.Logger
	Pool int // connections at most; 0: 32
}

// DB is a database that hands out transactions.
type DB struct {
	gorm *gorm.DB
	now  clock.Clock
	ids  *id.Source
	log  *slog.Logger
	node lease
}

// Open opens the database that url names: "sqlite:FILE", or
// "mysql://user:password@tcp(host:port)/name".
func Open(url string, o Options) (*DB, error) {
	dial, err := dialector(url)
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	now := func() time.Time { return o.Now().UTC().Truncate(time.Millisecond) }
	g, err := gorm.Open(dial, &gorm.Config{
		TranslateError:           true,
		SkipDefaultTransaction:   true,
		DisableNestedTransaction: true,
		NowFunc:                  now,
		Logger: counting{logger.NewSlogLogger(o.Log, logger.Config{
			LogLevel: logger.Error, IgnoreRecordNotFoundError: true,
		})},
	})
	if err != nil {
		return nil, translate(fmt.Errorf("db: open: %w", err))
	}
	if err := guard(g); err != nil {
		return nil, fmt.Errorf("db: open: %w", err)
	}
	d := &DB{gorm: g, now: now, ids: id.New(0, o.Now), log: o.Log}
	return d, d.limit(o.Pool)
}

func (d *DB) limit(pool int) error {
	if pool == 0 {
		pool = 32
	}
	s, err := d.gorm.DB()
	if err != nil {
		return fmt.Errorf("db: open: %w", err)
	}
	s.SetMaxOpenConns(pool)
	s.SetMaxIdleConns(pool)
	s.SetConnMaxLifetime(30 * time.Minute)
	return nil
}

// Dialect returns "sqlite" or "mysql".
func (d *DB) Dialect() string { return d.gorm.Name() }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	s, err := d.gorm.DB()
	if err != nil {
		return fmt.Errorf("db: ping: %w", err)
	}
	if err := s.PingContext(ctx); err != nil {
		return ErrUnavailable.Because(err)
	}
	return nil
}

// Close closes the database.
func (d *DB) Close() error {
	s, err := d.gorm.DB()
	if err != nil {
		return fmt.Errorf("db: close: %w", err)
	}
	return s.Close()
}
