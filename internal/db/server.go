package db

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-sql-driver/mysql"
)

// serverConfig reads the address of a MySQL server and sets what the rest of
// this package counts on: UTC, one round trip for a statement, an answer in
// finite time.
func serverConfig(dsn string) (*mysql.Config, error) {
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, errors.New("db: the MySQL address is malformed") // the error could hold the password
	}
	c.ClientFoundRows, c.InterpolateParams, c.ParseTime, c.Loc = true, true, true, time.UTC
	c.Timeout, c.ReadTimeout, c.WriteTimeout = 2*time.Second, 10*time.Second, 10*time.Second
	c.Logger = &mysql.NopLogger{}
	if err := c.Apply(mysql.Charset("utf8mb4", "utf8mb4_bin")); err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	c.Params = map[string]string{"time_zone": "'+00:00'"}
	return c, nil
}
