package db_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm/schema"

	"dandelion/internal/clock"
	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
)

var models = []any{
	&model.Org{}, &model.User{}, &model.Session{}, &model.Grant{}, &model.Consent{}, &model.PrivacyRequest{}, &model.AdminCode{}, &model.Member{},
	&model.Event{}, &model.Timer{}, &model.Node{}, &model.Idempotency{}, &model.Audit{}, &model.PolicyRow{}, &model.Wish{}, &model.Beneficiary{},
	&model.Reveal{}, &model.Dispatch{}, &model.Claim{}, &model.WishHelper{}, &model.Evaluation{}, &model.Referral{}, &model.Task{},
	&model.PointTxn{}, &model.PointEntry{}, &model.PointBalance{}, &model.Deed{}, &model.Standing{}, &model.PointRule{}, &model.HonourLevel{},
	&model.PointNotice{}, &model.PointSweep{},
	&model.VerifyRun{},
	&model.PointCase{}, &model.PointBudget{},
	&model.Reward{}, &model.Redemption{}, &model.Donation{},
	&model.BoardChoice{}, &model.BoardRow{}, &model.BoardMark{},
	&model.Activity{}, &model.Slot{}, &model.Enrolment{}, &model.Calendar{}, &model.Attendance{}, &model.ServiceRecord{},
	&model.RosterEntry{}, &model.Registration{}, &model.Correction{}, &model.Dispute{}, &model.Certificate{}, &model.RiskFlag{},
}

// table is what a migration or a model says of a table.
type table struct {
	columns map[string]string // name → size and whether it may be NULL
	indexes map[string]string // name → unique and columns
}

// needed returns the tables that the models need.
func needed(t *testing.T) map[string]table {
	t.Helper()
	all := map[string]table{}
	for _, m := range models {
		s, err := schema.Parse(m, new(sync.Map), schema.NamingStrategy{})
		if err != nil {
			t.Fatal(err)
		}
		tab := table{map[string]string{}, map[string]string{}}
		for _, f := range s.Fields {
			tab.columns[f.DBName] = fmt.Sprintf("%d null=%v", sized(f), f.FieldType.Kind().String() == "ptr")
		}
		for _, x := range s.ParseIndexes() {
			var columns []string
			for _, f := range x.Fields {
				columns = append(columns, f.DBName)
			}
			tab.indexes[x.Name] = fmt.Sprintf("unique=%v %s", x.Class == "UNIQUE", strings.Join(columns, ", "))
		}
		all[s.Table] = tab
	}
	return all
}

func sized(f *schema.Field) int {
	if f.DataType == schema.String {
		return f.Size
	}
	return 0
}

var (
	createLine = regexp.MustCompile(`^CREATE TABLE (\w+) \($`)
	columnLine = regexp.MustCompile(`^  ([a-z_]+) +([A-Z]+)(?:\((\d+)\))?(.*)$`)
	keyLine    = regexp.MustCompile(`^  (UNIQUE )?KEY (\w+) \(([^)]+)\)`)
	indexLine  = regexp.MustCompile(`^CREATE (UNIQUE )?INDEX (\w+) ON (\w+) \(([^)]+)\);$`)
	checkPart  = regexp.MustCompile(`CHECK \(length\(\w+\) <= (\d+)\)`)
)

// written returns the tables that a dialect's migrations make.
func written(t *testing.T, dialect string) map[string]table {
	t.Helper()
	text, err := db.Schema(dialect)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]table{}
	name := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if m := createLine.FindStringSubmatch(line); m != nil {
			name = m[1]
			all[name] = table{map[string]string{}, map[string]string{}}
		} else if m := keyLine.FindStringSubmatch(line); m != nil {
			all[name].indexes[m[2]] = fmt.Sprintf("unique=%v %s", m[1] != "", m[3])
		} else if m := indexLine.FindStringSubmatch(line); m != nil {
			all[m[3]].indexes[m[2]] = fmt.Sprintf("unique=%v %s", m[1] != "", m[4])
		} else if m := columnLine.FindStringSubmatch(line); m != nil {
			all[name].columns[m[1]] = column(m[2], m[3], m[4])
		}
	}
	return all
}

// column says of a column what both dialects can.
func column(kind, size, rest string) string {
	n := "0"
	switch kind {
	case "VARCHAR":
		n = size
	case "TEXT":
		if m := checkPart.FindStringSubmatch(rest); m != nil {
			n = m[1]
		}
	}
	return fmt.Sprintf("%s null=%v", n, !strings.Contains(rest, "NOT NULL"))
}

func TestMigrationsMakeWhatModelsNeed(t *testing.T) {
	want := needed(t)
	for _, dialect := range []string{"mysql", "sqlite"} {
		got := written(t, dialect)
		if len(got) != len(want) {
			t.Errorf("%s has %d tables, models need %d", dialect, len(got), len(want))
		}
		for name, w := range want {
			compare(t, dialect+" "+name+" column", got[name].columns, w.columns)
			compare(t, dialect+" "+name+" index", got[name].indexes, w.indexes)
		}
	}
}

func compare(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for k, w := range want {
		if got[k] != w {
			t.Errorf("%s %s is %q, models need %q", what, k, got[k], w)
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%s %s is in no model", what, k)
		}
	}
}

// TestTheLiveSchemaTakesEveryModel reads every column of every table from a
// real database of either kind.
func TestTheLiveSchemaTakesEveryModel(t *testing.T) {
	d := open(t, dbtest.URL(t), clock.System)
	for _, m := range models {
		s, err := schema.Parse(m, new(sync.Map), schema.NamingStrategy{})
		if err != nil {
			t.Fatal(err)
		}
		err = d.View(t.Context(), func(tx *db.Tx) error {
			rows, err := tx.Table(s.Table).Limit(1).Rows()
			if err != nil {
				return err
			}
			defer rows.Close()
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			want := slices.Sorted(slices.Values(s.DBNames))
			if got := slices.Sorted(slices.Values(columns)); !slices.Equal(got, want) {
				t.Errorf("%s has %v, the model %v", s.Table, got, want)
			}
			return rows.Err()
		})
		if err != nil {
			t.Errorf("%s: %v", s.Table, err)
		}
	}
}

// TestReplicasThatStartAtOnceMigrateOnce opens a database as three starting
// replicas do.
func TestReplicasThatStartAtOnceMigrateOnce(t *testing.T) {
	url := dbtest.MySQL(t)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			d, err := db.Open(url, db.Options{Now: clock.System})
			if err != nil {
				t.Error(err)
				return
			}
			defer d.Close()
			if err := d.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
			if err := d.LeaseNode(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	d := open(t, url, clock.System)
	var nodes int64
	if err := d.View(t.Context(), func(tx *db.Tx) error { return tx.Model(&model.Node{}).Count(&nodes).Error }); err != nil || nodes != 3 {
		t.Errorf("three replicas hold %d numbers, %v", nodes, err)
	}
}

func TestAnUnknownDialectHasNoSchema(t *testing.T) {
	if text, err := db.Schema("oracle"); text != "" || err != nil {
		t.Errorf("Schema = %q, %v", text, err)
	}
}
