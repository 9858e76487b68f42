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
		return sqlite.Open("file:" + rest + "?_txlock=immediate&_timezone=UTC" +
			"&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(5000)" +
			"&_pragma=foreign_keys(1)&_pragma=mmap_size(268435456)&_pragma=temp_store(MEMORY)"), nil
	case "mysql":
		c, err := serverConfig(strings.TrimPrefix(rest, "//"))
		if err != nil {
			return nil, err
		}
		return mysql.New(mysql.Config{DSNConfig: c, DisableWithReturning: true}), nil
	}
	return nil, fmt.Errorf("db: unknown scheme %q", scheme)
}
