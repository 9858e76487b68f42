package db_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
)

var noon = time.Date(2026, 7, 1, 4, 0, 0, 0, time.UTC)

func fresh(t *testing.T, url string) *db.DB {
	t.Helper()
	d, err := db.Open(url, db.Options{Now: clock.At(noon).Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func line(tx *db.Tx) error {
	return db.Add(tx, &model.Audit{ID: tx.NewID(), TenantID: 1, Action: "test", Subject: model.OfSystem, Detail: "{}", CreatedAt: tx.Now})
}

func TestWhatIsOnlyAddedToIsNeverChanged(t *testing.T) {
	d := fresh(t, dbtest.URL(t))
	if err := d.Update(t.Context(), line); err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func(tx *db.Tx) error{
		"update by model": func(tx *db.Tx) error {
			return tx.Model(&model.Audit{}).Where("tenant_id = 1").Update("action", "other").Error
		},
		"update by table": func(tx *db.Tx) error {
			return tx.Table("audits").Where("tenant_id = 1").Updates(map[string]any{"action": "other"}).Error
		},
		"delete":        func(tx *db.Tx) error { return tx.Where("tenant_id = 1").Delete(&model.Audit{}).Error },
		"change a line": func(tx *db.Tx) error { return tx.Model(&model.PointEntry{}).Where("id = 1").Update("amount", 5).Error },
		"change a txn":  func(tx *db.Tx) error { return tx.Model(&model.PointTxn{}).Where("id = 1").Update("memo", "x").Error },
		"delete a deed": func(tx *db.Tx) error { return tx.Where("id = 1").Delete(&model.Deed{}).Error },
	} {
		if err := d.Update(t.Context(), do); err == nil || !strings.Contains(err.Error(), "never changed") {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		return tx.Model(&model.User{}).Where("id = 1").Update("display_name", "x").Error
	})
	if err != nil {
		t.Errorf("other tables can be changed: %v", err)
	}
}

// TestAServerNeedsFewRights runs under the account that the operator's manual
// gives a server: what is forbidden there, no mistake of ours can do.
func TestAServerNeedsFewRights(t *testing.T) {
	if !dbtest.Remote() {
		if _, err := db.Grants("dandelion", "'dandelion'@'%'"); err != nil {
			t.Fatal(err)
		}
		return // SQLite has no accounts
	}
	url := dbtest.MySQL(t)
	fresh(t, url)
	c, err := mysql.ParseDSN(strings.TrimPrefix(url, "mysql://"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := sql.Open("mysql", c.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	account := "'" + c.DBName[max(0, len(c.DBName)-20):] + "'@'%'"
	grants, err := db.Grants(c.DBName, account)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = root.Exec("DROP USER " + account) })
	for statement := range strings.SplitSeq("CREATE USER "+account+" IDENTIFIED BY 'few rights';\n"+strings.TrimSpace(grants), "\n") {
		if _, err := root.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	c.User, c.Passwd = strings.Split(account, "'")[1], "few rights"
	d := fresh(t, "mysql://"+c.FormatDSN()) // finds nothing to migrate
	if err := d.Update(t.Context(), line); err != nil {
		t.Errorf("add a line: %v", err)
	}
	for _, statement := range []string{
		"UPDATE audits SET action = 'x'", "DELETE FROM audits", "UPDATE point_entries SET amount = 5", "DELETE FROM point_txns",
		"UPDATE deeds SET honour = 5", "ALTER TABLE users ADD x INT", "DROP TABLE users", "TRUNCATE TABLE audits",
	} {
		err := d.Update(t.Context(), func(tx *db.Tx) error { return tx.Exec(statement).Error })
		if err == nil || !strings.Contains(err.Error(), "denied") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
