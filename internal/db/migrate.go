package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// A file for MySQL holds one statement, because MySQL cannot roll back half of
// a file; the same file for SQLite gives the same columns.
//
//go:embed migrations
var migrations embed.FS

// Migrate brings the schema up to date. Of any number of processes that start
// at once, one does it and the others wait.
func (d *DB) Migrate(ctx context.Context) error {
	name := d.Dialect()
	files, err := fs.Sub(migrations, "migrations/"+name)
	if err != nil {
		return fmt.Errorf("db: migrations of %s: %w", name, err)
	}
	opts := []goose.ProviderOption{goose.WithSlog(slog.Default())}
	dialect := goose.DialectSQLite3
	if name == "mysql" {
		dialect = goose.DialectMySQL
		locker, err := lock.NewMySQLTableLocker(lock.WithTableLockTimeout(200*time.Millisecond, 300))
		if err != nil {
			return fmt.Errorf("db: migrate: %w", err)
		}
		opts = append(opts, goose.WithLocker(locker))
	}
	conn, err := d.gorm.DB()
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, conn, files, opts...)
	if err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	if d.current(ctx, p) {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	return nil
}

// current reports whether there is nothing to do, without a lock and without the
// right to change a table: a server may run under an account that has none. A
// database that has never been migrated is not asked, for asking would begin it.
func (d *DB) current(ctx context.Context, p *goose.Provider) bool {
	if !d.gorm.WithContext(ctx).Migrator().HasTable(goose.DefaultTablename) {
		return false
	}
	pending, err := p.HasPending(ctx)
	return err == nil && !pending
}

// Schema returns every statement of a dialect's migrations, in order, for the
// document that shows the schema.
func Schema(dialect string) (string, error) {
	files, err := fs.Glob(migrations, "migrations/"+dialect+"/*.sql")
	if err != nil {
		return "", fmt.Errorf("db: migrations of %s: %w", dialect, err)
	}
	var all strings.Builder
	for _, f := range files {
		text, err := fs.ReadFile(migrations, f)
		if err != nil {
			return "", fmt.Errorf("db: read %s: %w", f, err)
		}
		all.WriteString(strings.TrimPrefix(string(text), "-- +goose Up\n"))
		all.WriteByte('\n')
	}
	return all.String(), nil
}
