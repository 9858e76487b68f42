// Package dbtest gives each test a database of its own: an SQLite file, or a
// schema on a MariaDB server when the environment names one. It says where;
// who opens and migrates it is the test's affair, so that this package stands
// below all others.
//
// The environment is
//
//	TEST_MYSQL   user:password@tcp(host:port)/   the server to use
//	TEST_REDIS   host:port                       the Redis to use
//	CI_SERVICES  1                               both must be there
//
// and with CI_SERVICES a test that lacks its server fails: a test that was
// skipped has shown nothing.
package dbtest

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// The variables of the environment.
const (
	envMySQL    = "TEST_MYSQL"
	envRedis    = "TEST_REDIS"
	envServices = "CI_SERVICES"
)

// errMissing says that the servers were promised, and one is not there.
var errMissing = errors.New("dbtest: CI_SERVICES=1 promises a server that is not named")

// Remote reports whether tests run against a server.
func Remote() bool { return os.Getenv(envMySQL) != "" }

// URL names an empty database that lasts as long as t: a schema on the server
// of TEST_MYSQL, or else an SQLite file.
func URL(t testing.TB) string {
	t.Helper()
	if server(t, envMySQL) == "" {
		return File(t)
	}
	return schema(t)
}

// File names an SQLite file that lasts as long as t, wherever tests run.
func File(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
}

// MySQL names an empty schema on the server, for a test that says something
// only there, such as a race. Without a server the test is skipped.
func MySQL(t testing.TB) string {
	t.Helper()
	if server(t, envMySQL) == "" {
		t.Skip("this test needs MariaDB: run it by .ci/with-services, or set TEST_MYSQL")
	}
	return schema(t)
}

// Redis returns the addresses of the Redis to use, or nil for the one inside
// the process. All tests of all processes share it: keys must be a test's own.
func Redis(t testing.TB) []string {
	t.Helper()
	if addr := server(t, envRedis); addr != "" {
		return []string{addr}
	}
	return nil
}

// server returns the value of the variable env; it fails t if that is empty
// although it was promised.
func server(t testing.TB, env string) string {
	t.Helper()
	v, err := named(env, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func named(env string, getenv func(string) string) (string, error) {
	v := getenv(env)
	if v == "" && getenv(envServices) == "1" {
		return "", fmt.Errorf("%w: %s", errMissing, env)
	}
	return v, nil
}

// schema makes a schema that is dropped when t ends.
func schema(t testing.TB) string {
	t.Helper()
	c, err := fresh()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(c); err != nil {
			t.Error(err)
		}
	})
	return "mysql://" + c.FormatDSN()
}

// fresh makes an empty schema on the server of TEST_MYSQL.
func fresh() (*mysql.Config, error) {
	c, err := mysql.ParseDSN(os.Getenv(envMySQL))
	if err != nil {
		return nil, fmt.Errorf("dbtest: TEST_MYSQL: %w", err)
	}
	name := fmt.Sprintf("dandelion_test_%d_%s", os.Getpid(), strings.ToLower(rand.Text()))
	if err := exec(c, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"); err != nil {
		return nil, err
	}
	c.DBName = name
	return c, nil
}

func drop(c *mysql.Config) error {
	server := c.Clone()
	server.DBName = ""
	return exec(server, "DROP DATABASE "+c.DBName)
}

// Template is a schema that many tests of a process begin as a copy of.
type Template struct{ config *mysql.Config }

// NewTemplate makes an empty schema on the server. The caller drops it.
func NewTemplate() (*Template, error) {
	c, err := fresh()
	if err != nil {
		return nil, err
	}
	return &Template{c}, nil
}

// URL names the schema, for whoever fills it.
func (p *Template) URL() string { return "mysql://" + p.config.FormatDSN() }

// Drop forgets the schema.
func (p *Template) Drop() error { return drop(p.config) }

// Copy names a schema that lasts as long as t and has all that p has.
func (p *Template) Copy(t testing.TB) string {
	t.Helper()
	url := schema(t)
	c, err := mysql.ParseDSN(strings.TrimPrefix(url, "mysql://"))
	if err == nil {
		err = p.pour(c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// pour copies every table of p into the schema of c.
func (p *Template) pour(c *mysql.Config) error {
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return fmt.Errorf("dbtest: %w", err)
	}
	server := sql.OpenDB(connector)
	defer func() { _ = server.Close() }()
	rows, err := server.Query("SELECT table_name FROM information_schema.tables WHERE table_schema = ?", p.config.DBName)
	if err != nil {
		return fmt.Errorf("dbtest: tables of the template: %w", err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return errors.Join(err, rows.Close())
		}
		tables = append(tables, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("dbtest: tables of the template: %w", err)
	}
	for _, name := range tables {
		from := p.config.DBName + "." + name
		for _, query := range []string{"CREATE TABLE " + name + " LIKE " + from, "INSERT INTO " + name + " SELECT * FROM " + from} { // #nosec G202 -- names of our own
			if _, err := server.Exec(query); err != nil {
				return fmt.Errorf("dbtest: copy %s: %w", name, err)
			}
		}
	}
	return nil
}

// exec runs one statement on a connection of its own, so that a test holds
// none between its first and its last moment.
func exec(c *mysql.Config, query string) error {
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return fmt.Errorf("dbtest: %w", err)
	}
	server := sql.OpenDB(connector)
	defer func() { _ = server.Close() }()
	if _, err := server.Exec(query); err != nil {
		return fmt.Errorf("dbtest: %s: %w", query, err)
	}
	return nil
}
