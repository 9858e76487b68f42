package dbtest

import (
	"database/sql"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// witness is a test that writes down how it ended.
type witness struct {
	testing.TB
	ended    string
	cleanups []func()
}

func (w *witness) Helper()          {}
func (w *witness) Cleanup(f func()) { w.cleanups = append(w.cleanups, f) }
func (w *witness) Skip(args ...any) { w.end("skipped", args) }
func (w *witness) Fatal(args ...any) {
	w.end("failed", args)
}

func (w *witness) Fatalf(format string, args ...any) {
	w.end("failed", []any{fmt.Sprintf(format, args...)})
}

func (w *witness) end(how string, why []any) {
	w.ended = how + ": " + fmt.Sprint(why...)
	runtime.Goexit()
}

// watch runs test as a test of its own, to its end, and says how it ended.
func watch(t *testing.T, test func(testing.TB)) string {
	t.Helper()
	w := &witness{TB: t, ended: "passed"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(w)
	}()
	<-done
	for _, f := range w.cleanups {
		f()
	}
	return w.ended
}

func TestAServerThatWasPromisedMustBeThere(t *testing.T) {
	url := func(t testing.TB) { URL(t) }
	onlyMySQL := func(t testing.TB) { MySQL(t) }
	redis := func(t testing.TB) { Redis(t) }
	file := func(t testing.TB) { File(t) }
	for _, c := range []struct {
		name, promised string
		test           func(testing.TB)
		want           string
	}{
		{"any database is a file", "", url, "passed"},
		{"a race is not shown on a file", "", onlyMySQL, "skipped: this test needs MariaDB"},
		{"any Redis is in the process", "", redis, "passed"},
		{"nothing else counts as a promise", "0", onlyMySQL, "skipped"},
		{"any database, promised", "1", url, "failed: dbtest: CI_SERVICES=1 promises a server that is not named: TEST_MYSQL"},
		{"a race, promised", "1", onlyMySQL, "failed: dbtest: CI_SERVICES=1 promises a server that is not named: TEST_MYSQL"},
		{"Redis, promised", "1", redis, "failed: dbtest: CI_SERVICES=1 promises a server that is not named: TEST_REDIS"},
		{"a file needs no server", "1", file, "passed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(envMySQL, "")
			t.Setenv(envRedis, "")
			t.Setenv(envServices, c.promised)
			if got := watch(t, c.test); !strings.HasPrefix(got, c.want) {
				t.Errorf("the test ended %q, want %q", got, c.want)
			}
		})
	}
}

func TestATestHearsWhyItHasNoDatabase(t *testing.T) {
	for name, c := range map[string]struct{ dsn, want string }{
		"not a name":     {"nonsense", "failed: dbtest: TEST_MYSQL: invalid DSN"},
		"nobody listens": {"root:@tcp(127.0.0.1:1)/", "failed: dbtest: CREATE DATABASE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(envMySQL, c.dsn)
			if got := watch(t, func(t testing.TB) { URL(t) }); !strings.HasPrefix(got, c.want) {
				t.Errorf("the test ended %q, want %q", got, c.want)
			}
		})
	}
}

func TestEveryDatabaseIsNew(t *testing.T) {
	if a, b := URL(t), URL(t); a == b {
		t.Errorf("two databases have one name, %s", a)
	}
	if a, b := File(t), File(t); a == b || !strings.HasPrefix(a, "sqlite:/") {
		t.Errorf("two files are called %s and %s", a, b)
	}
	if Remote() != strings.HasPrefix(URL(t), "mysql://") {
		t.Errorf("remote is %t, and the database is %s", Remote(), URL(t))
	}
}

func TestRedisIsWhereTheEnvironmentSays(t *testing.T) {
	t.Setenv(envServices, "")
	t.Setenv(envRedis, "127.0.0.1:16379")
	if got := Redis(t); len(got) != 1 || got[0] != "127.0.0.1:16379" {
		t.Errorf("redis is at %q", got)
	}
	t.Setenv(envRedis, "")
	if got := Redis(t); got != nil {
		t.Errorf("redis is at %q, not in the process", got)
	}
}

// TestASchemaGoesWithItsTest also holds the collation: names that differ by
// case or accent differ, as they do on SQLite.
func TestASchemaGoesWithItsTest(t *testing.T) {
	var dsn string
	MySQL(t) // skips or fails here, not in the witness
	got := watch(t, func(t testing.TB) {
		dsn = strings.TrimPrefix(MySQL(t), "mysql://")
		server, err := sql.Open("mysql", dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		var collation string
		if err := server.QueryRow("SELECT @@collation_database").Scan(&collation); err != nil {
			t.Fatal(err)
		}
		if collation != "utf8mb4_bin" {
			t.Fatal("collation is " + collation)
		}
	})
	if got != "passed" {
		t.Fatal(got)
	}
	server, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if err := server.Ping(); err == nil || !strings.Contains(err.Error(), "Unknown database") {
		t.Errorf("after the test, its schema answers %v", err)
	}
}

// TestACopyHasAllAndIsOnesOwn also holds that keys and defaults are copied, not
// only rows.
func TestACopyHasAllAndIsOnesOwn(t *testing.T) {
	MySQL(t) // skips or fails here
	p, err := NewTemplate()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(url, query string) error {
		server, err := sql.Open("mysql", strings.TrimPrefix(url, "mysql://"))
		if err != nil {
			return err
		}
		defer server.Close()
		_, err = server.Exec(query)
		return err
	}
	for _, query := range []string{"CREATE TABLE pets (id BIGINT PRIMARY KEY, name VARCHAR(9) UNIQUE)", "INSERT INTO pets VALUES (1, '猫')"} {
		if err := ask(p.URL(), query); err != nil {
			t.Fatal(err)
		}
	}
	one, two := p.Copy(t), p.Copy(t)
	if err := ask(one, "INSERT INTO pets VALUES (2, '猫')"); err == nil {
		t.Error("a copy has lost the row or the key")
	}
	if err := ask(one, "INSERT INTO pets VALUES (2, '狗')"); err != nil {
		t.Error(err)
	}
	if err := ask(two, "INSERT INTO pets VALUES (2, '狗')"); err != nil {
		t.Errorf("two copies are one: %v", err)
	}
	if err := p.Drop(); err != nil {
		t.Error(err)
	}
	if err := ask(p.URL(), "SELECT 1"); err == nil {
		t.Error("a template that was dropped is there")
	}
}
