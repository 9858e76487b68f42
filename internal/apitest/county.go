package apitest

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dandelion/config"
	"dandelion/internal/app"
	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
)

// county is the demo county, made once for all tests of a process: as files, or
// on the server as a schema to copy.
type county struct {
	files    map[string][]byte
	template *dbtest.Template // nil: not on the server
}

// counties are the demo counties of a process, by where they are.
var counties = struct {
	sync.Mutex
	kept bool // somebody drops them in the end
	of   map[bool]county
}{of: map[bool]county{}}

// Main runs the tests of a package that has many servers with the demo county:
// a database server need not be told of it anew each time. It returns what the
// process shall end with.
func Main(m *testing.M) int {
	counties.kept = true
	code := m.Run()
	if c := counties.of[true]; c.template != nil {
		if err := c.template.Drop(); err != nil {
			slog.Error("drop the template", "err", err)
			return 1
		}
	}
	return code
}

// settings are those of the engines the tests run on.
func settings(t testing.TB, o Options) config.Config {
	t.Helper()
	c := config.Embedded(t.TempDir())
	c.Demo = !o.Empty
	switch remote := dbtest.Remote() && !o.Embedded; {
	case remote:
		c.Redis = dbtest.Redis(t)
		if !c.Demo || !counties.kept {
			c.Database = dbtest.URL(t)
			break
		}
		c.Database = restore(t, true, c.DataDir).Copy(t)
	case c.Demo:
		restore(t, false, c.DataDir)
	}
	if o.Change != nil {
		o.Change(&c)
	}
	return c
}

// restore puts the demo county into a directory, but for the part of it that
// the server has.
func restore(t testing.TB, remote bool, dir string) *dbtest.Template {
	t.Helper()
	c, err := countyOn(remote)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range c.files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c.template
}

// countyOn returns the demo county, which it makes the first time.
func countyOn(remote bool) (county, error) {
	counties.Lock()
	defer counties.Unlock()
	if c, ok := counties.of[remote]; ok {
		return c, nil
	}
	c, err := found(remote)
	if err == nil {
		counties.of[remote] = c
	}
	return c, err
}

// found makes the demo county.
func found(remote bool) (c county, err error) {
	dir, err := os.MkdirTemp("", "apitest")
	if err != nil {
		return c, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	settings, names := config.Embedded(dir), []string{"seed", "dandelion.db"}
	if remote {
		if c.template, err = dbtest.NewTemplate(); err != nil {
			return c, err
		}
		settings.Database, names = c.template.URL(), names[:1]
	}
	if err := load(settings); err != nil {
		return c, err
	}
	c.files = map[string][]byte{}
	for _, name := range names {
		if c.files[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil { // #nosec G304 -- our own file
			return c, err
		}
	}
	return c, nil
}

// load starts a system on an empty database, which fills it. What sets its
// boards apart in Redis is forgotten: each copy has its own.
func load(c config.Config) error {
	start, err := time.Parse(time.RFC3339, Morning)
	if err != nil {
		return err
	}
	ctx := context.Background()
	a, err := app.New(ctx, c, app.Outside{Now: clock.At(start).Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	err = a.DB.Update(ctx, func(tx *db.Tx) error {
		return tx.Where("period = ?", model.BoardTick).Delete(&model.BoardMark{}).Error
	})
	return errors.Join(err, a.Close())
}
