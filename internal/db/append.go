package db

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"gorm.io/gorm"
)

// appendOnly are the tables whose rows are written once and never changed: what
// points were booked, what boards count, and who did what.
var appendOnly = map[string]bool{"point_txns": true, "point_entries": true, "deeds": true, "audits": true}

var errAppendOnly = errors.New("db: rows of this table are never changed or deleted: book a correction")

// guard refuses to change or delete what is only added to. It stands in the way
// of a mistake; [Grants] stand in the way of everything else.
func guard(g *gorm.DB) error {
	refuse := func(tx *gorm.DB) {
		if appendOnly[tx.Statement.Table] {
			_ = tx.AddError(fmt.Errorf("%w: %s", errAppendOnly, tx.Statement.Table))
		}
	}
	return errors.Join(
		g.Callback().Update().Before("*").Register("append_only", refuse),
		g.Callback().Delete().Before("*").Register("append_only", refuse),
	)
}

var createTable = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)

// Grants returns the statements that give account, as 'dandelion'@'%', what a
// running server needs of a MySQL database and no more: it cannot change the
// schema, and can only add to what is only added to. The schema is then kept by
// another account.
func Grants(database, account string) (string, error) {
	schema, err := Schema("mysql")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "GRANT SELECT ON %s.goose_db_version TO %s;\n", database, account)
	for _, m := range createTable.FindAllStringSubmatch(schema, -1) {
		rights := "SELECT, INSERT, UPDATE, DELETE"
		if appendOnly[m[1]] {
			rights = "SELECT, INSERT"
		}
		fmt.Fprintf(&b, "GRANT %s ON %s.%s TO %s;\n", rights, database, m[1], account)
	}
	return b.String(), nil
}
