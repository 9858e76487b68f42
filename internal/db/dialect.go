package db

import (
	"errors"
	"fmt"
	"strings"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	"github.com/libtnb/sqlite"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
)

// dialector sets what both engines must agree on: UTC, the same meaning of
// "rows affected", and one statement at a time.
func dialector(url string) (gorm.Dialector, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite":
		return sqlite.Open("file:" + rest + "?_txlock=immediate&_timezone=UTC" +
			"&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(5000)" +
			"&_pragma=foreign_keys(1)&_pragma=mmap_size(268435456)&_pragma=temp_store(MEMORY)"), nil
	case "mysql":
		c, err := mysqldriver.ParseDSN(strings.TrimPrefix(rest, "//"))
		if err != nil {
			return nil, errors.New("db: the MySQL address is malformed") // the error could hold the password
		}
		c.ClientFoundRows, c.InterpolateParams, c.ParseTime, c.Loc = true, true, true, time.UTC
		c.Timeout, c.ReadTimeout, c.WriteTimeout = 2*time.Second, 10*time.Second, 10*time.Second
		c.Logger = &mysqldriver.NopLogger{}
		if err := c.Apply(mysqldriver.Charset("utf8mb4", "utf8mb4_bin")); err != nil {
			return nil, fmt.Errorf("db: %w", err)
		}
		c.Params = map[string]string{"time_zone": "'+00:00'"}
		return mysql.New(mysql.Config{DSNConfig: c, DisableWithReturning: true}), nil
	}
	return nil, fmt.Errorf("db: unknown scheme %q", scheme)
}
