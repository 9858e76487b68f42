package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"time"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"

	"dandelion/internal/fault"
)

// ErrStale says that a row has changed since it was read. Returned from a
// function given to Update, it makes the transaction run again.
var ErrStale = errors.New("db: stale row")

// ErrUnavailable says that the database does not answer.
var ErrUnavailable = fault.Define(fault.Unavailable, "database.unavailable", "数据服务暂不可用, 请稍后再试").After(5 * time.Second)

// ErrBusy says that a transaction kept losing races until its time was up.
var ErrBusy = fault.Define(fault.Unavailable, "database.busy", "办理的人太多, 请稍后再试").After(2 * time.Second)

var errNested = errors.New("db: a transaction may not begin another; pass the *Tx")

// lost are the errors of MySQL, MariaDB and TiDB after which a transaction has
// been rolled back and may succeed if it runs again: deadlock, lock wait,
// MariaDB's snapshot, TiDB's write conflicts.
var lost = map[uint16]bool{1213: true, 1205: true, 1020: true, 9007: true, 8002: true, 8022: true}

// gone are the errors of a server that is full, starting or stopping.
var gone = map[uint16]bool{1040: true, 1053: true, 1077: true, 1078: true, 1079: true, 1203: true, 1927: true, 3169: true}

// SQLite's primary result codes.
const (
	sqliteBusy     = 5
	sqliteLocked   = 6
	sqliteIO       = 10
	sqliteFull     = 13
	sqliteCantOpen = 14
)

// lostRace reports whether a transaction that failed with err was rolled back
// and may succeed if it runs again.
func lostRace(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return lost[my.Number]
	}
	code := liteCode(err)
	return errors.Is(err, ErrStale) || code == sqliteBusy || code == sqliteLocked
}

func liteCode(err error) int {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() & 0xff
	}
	return 0
}

// translate turns the errors of a database that is away into ErrUnavailable.
// Faults, cancellations and everything else stay what they are.
func translate(err error) error {
	if err == nil || fault.Of(err) != nil || errors.Is(err, context.Canceled) {
		return err
	}
	if away(err) {
		return ErrUnavailable.Because(err)
	}
	return err
}

func away(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return gone[my.Number]
	}
	switch liteCode(err) {
	case sqliteIO, sqliteFull, sqliteCantOpen:
		return true
	}
	var network net.Error
	for _, known := range []error{
		driver.ErrBadConn, mysql.ErrInvalidConn, sql.ErrConnDone, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return errors.As(err, &network)
}
