package db

import (
	"fmt"
	"strings"

	"github.com/libtnb/sqlite"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
)

// dialector opens an engine so that both agree on UTC and on the meaning of
// "rows affected".
func dialector(url string) (gorm.Dialector, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite":
		return lite{&sqlite.Dialector{DSN: "file:" + rest + "?_txlock=immediate&_timezone=UTC" +
			"&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(5000)" +
			"&_pragma=foreign_keys(1)&_pragma=mmap_size(268435456)&_pragma=temp_store(MEMORY)"}}, nil
	case "mysql":
		c, err := serverConfig(strings.TrimPrefix(rest, "//"))
		if err != nil {
			return nil, err
		}
		return server{&mysql.Dialector{Config: &mysql.Config{DSN: c.FormatDSN(), DSNConfig: c, DisableWithReturning: true}}}, nil
	}
	return nil, fmt.Errorf("db: unknown scheme %q", scheme)
}

// lite and server are the two engines. What they explain is what the log says of
// a statement that failed, and they leave the values out: those are people's
// names, texts and tokens. To set gorm's logger so is not enough, for what is
// scanned gorm traces with another one.
type (
	lite   struct{ *sqlite.Dialector }
	server struct{ *mysql.Dialector }
)

// Explain returns the statement as it is.
func (lite) Explain(sql string, _ ...any) string { return sql }

// Explain returns the statement as it is.
func (server) Explain(sql string, _ ...any) string { return sql }
