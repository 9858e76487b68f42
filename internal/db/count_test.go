package db_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"gorm.io/gorm"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
)

// TestAFailingStatementIsLoggedWithoutItsValues fails in every way that gorm
// has to run one, with somebody's number in it.
func TestAFailingStatementIsLoggedWithoutItsValues(t *testing.T) {
	const canary = "13711112222"
	var log bytes.Buffer
	d, err := db.Open(dbtest.URL(t), db.Options{Now: clock.At(start).Now, Log: slog.New(slog.NewJSONHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	for name, run := range map[string]func(tx *db.Tx) error{ // no table is there yet
		"INSERT": func(tx *db.Tx) error { return db.Add(tx, community(2, canary)) },
		"UPDATE": func(tx *db.Tx) error { return tx.Exec("UPDATE orgs SET name = ?", canary).Error },
		"SELECT": func(tx *db.Tx) error {
			var all []string
			return tx.Session(&gorm.Session{}).Raw("SELECT name FROM orgs WHERE name = ?", canary).Scan(&all).Error
		},
		"DELETE": func(tx *db.Tx) error { return tx.Debug().Exec("DELETE FROM orgs WHERE name = ?", canary).Error },
	} {
		log.Reset()
		if err := d.Update(t.Context(), run); err == nil {
			t.Errorf("%s: a table that is not there is used", name)
		}
		if text := log.String(); !strings.Contains(text, name) || strings.Contains(text, canary) {
			t.Errorf("%s: the log says %s", name, text)
		}
	}
}

// TestATakenKeyIsNoFailure for the log: it is an answer that is dealt with.
func TestATakenKeyIsNoFailure(t *testing.T) {
	var log bytes.Buffer
	url := dbtest.URL(t)
	open(t, url, clock.At(start).Now)
	d, err := db.Open(url, db.Options{Now: clock.At(start).Now, Log: slog.New(slog.NewJSONHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	add(t, d, community(2, "红星"))
	err = d.Update(t.Context(), func(tx *db.Tx) error { return db.Add(tx, community(3, "红星")) })
	if !errors.Is(err, gorm.ErrDuplicatedKey) || log.Len() != 0 {
		t.Errorf("a name that is taken: %v, and the log says %s", err, &log)
	}
}
