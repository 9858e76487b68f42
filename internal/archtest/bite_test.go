package archtest

import (
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// bites are, for each law, snippets that break it and twins that do not. A
// snippet is the rest of a file that begins with its package clause.
var bites = []struct {
	law, file, bad, good string
}{
	{"imports go down", "service/wish/a.go", `import "dandelion/service/points"`, `import "dandelion/model"`},
	{"imports go down", "model/a.go", `import "dandelion/internal/db"`, `import "dandelion/internal/fault"`},
	{"imports go down", "internal/db/a.go", `import "dandelion/internal/outbox"`, `import "dandelion/model"`},
	{"imports go down", "api/a.go", `import "dandelion/internal/app"`, `import "dandelion/service/wish"`},
	{"imports go down", "internal/unheard/a.go", `import "dandelion/model"`, ``},
	{"what is fenced in has one owner", "service/wish/a.go", `import "github.com/gin-gonic/gin"`, `import "gorm.io/gorm"`},
	{"what is fenced in has one owner", "api/a.go", `import "gorm.io/gorm"`, `import "github.com/danielgtaylor/huma/v2"`},
	{"what is fenced in has one owner", "internal/app/a.go", `import "dandelion/internal/dbtest"`, `import "dandelion/internal/demo"`},
	{"what is fenced in has one owner", "service/wish/a.go", `import "math/rand/v2"`, `import "math"`},
	{"models are pure", "model/a.go", `import "os"`, `import "strings"`},
	{"models are pure", "model/a.go", `import "context"`, `import "time"`},
	{"imports keep their names", "api/a.go", `import h "net/http"`, `import "net/http"`},
	{"imports keep their names", "api/a.go", `import _ "net/http/pprof"`, `import _ "embed"`},
	{"a package is a noun", "internal/util/a.go", ``, ""},
	{"a transaction keeps its context", "service/wish/a.go", `func f(tx *db.Tx) { g(ctx) }`, `func f(tx *db.Tx) { g(tx.Ctx) }`},
	{
		"a transaction keeps its context", "internal/timer/a.go",
		`func f(ctx context.Context) { d.Update(ctx, func(tx *db.Tx) error { return g(ctx) }) }`,
		`func f(ctx context.Context) { d.Update(ctx, func(tx *db.Tx) error { return g(tx) }) }`,
	},
	{"a transaction keeps its context", "service/wish/a.go", `func f(tx *db.Tx) { g(context.Background()) }`, `func f() { g(context.Background()) }`},
	{"ctx or tx, never both", "service/wish/a.go", `func f(ctx context.Context, tx *db.Tx) {}`, `func f(ctx context.Context, id int64) {}`},
	{"ctx or tx, never both", "api/a.go", `type i interface { F(context.Context, *db.Tx) }`, `type i interface { F(*db.Tx) }`},
	{"one place begins transactions", "service/wish/a.go", `func f() { d.Transaction(g) }`, `func f() { d.Update(ctx, g) }`},
	{"one place begins transactions", "service/wish/a.go", `func f() { tx.Commit() }`, `func f() { x.Begin(ctx, 1, "k") }`},
	{"a service holds no lock", "service/wish/a.go", `type s struct { mu sync.Mutex }`, `type s struct { once sync.Once }`},
	{"goroutines have an owner", "service/wish/a.go", `func f() { go g() }`, `func f() { g() }`},
	{"the clock is given", "model/a.go", `var _ = time.Now()`, `var _ = time.Unix(0, 0)`},
	{"the clock is given", "internal/db/a.go", `func f() { time.Sleep(1) }`, `func f() { <-time.After(1) }`},
	{"models have no json", "model/a.go", "type t struct { A int `json:\"a\"` }", "type t struct { A int `gorm:\"primaryKey\"` }"},
	{"only models change state", "service/wish/a.go", `func f() { w.State = 1 }`, `func f() { w.Title = "" }`},
	{"only models change state", "service/wish/a.go", `var _ = &model.Wish{State: "open"}`, `var _ = &model.Wish{Title: "open"}`},
	{"only models change state", "service/wish/a.go", `var _ = []*model.Wish{{State: "open"}}`, `var _ = []wishView{{State: "open"}}`},
	{"only models change state", "api/a.go", `var _ = model.Wish{State: "open"}`, `var _ = wishView{State: w.State}`},
	{"errors are told by errors.Is and errors.As", "api/a.go", `var _ = err == model.ErrTaken`, `var _ = err == nil`},
	{"errors are told by errors.Is and errors.As", "api/a.go", `func f() { _, _ = err.(*T) }`, `func f() { errors.As(err, &t) }`},
	{"errors are told by errors.Is and errors.As", "api/a.go", `var _ = strings.Contains(err.Error(), "x")`, `var _ = strings.Contains(s, "x")`},
	{"a file is read in one go", "api/a_test.go", strings.Repeat("\n", 400), strings.Repeat("\n", 399)},
	{"a function fits the screen", "api/a.go", "func f() {" + strings.Repeat("\n", 50) + "}", "func f() {" + strings.Repeat("\n", 49) + "}"},
	{"a function is seen at once", "api/a.go", "func f() {" + strings.Repeat("if a && b {};", 6) + "}", "func f() {" + strings.Repeat("if a {};", 11) + "}"},
	{"a function is seen at once", "api/a.go", "func f() { switch {" + strings.Repeat("case a:;", 12) + "} }", "func f() { switch {" + strings.Repeat("case a:;", 11) + "default: } }"},
	{"an interface is narrow", "api/a.go", `type i interface { A(); B(); C(); D() }`, `type i interface { A(); B(); C() }`},
	{"nothing runs before main", "api/a.go", `func init() {}`, `func (t) init() {}`},
	{"nothing dies but main", "api/a.go", `func f() { panic("x") }`, `func f() error { return errX }`},
	{"nothing dies but main", "config/a.go", `func f() { os.Exit(1) }`, `func f() { os.Getenv("x") }`},
	{"package variables are faults, tables and regexps", "api/a.go", `var seen int`, `var limits = map[string]int{}`},
	{"package variables are faults, tables and regexps", "api/a.go", `var db = open()`, `var ErrX = fault.Define()`},
	{"package variables are faults, tables and regexps", "api/a.go", `var version = "dev"`, `var phone = regexp.MustCompile("x")`},
	{"package variables are faults, tables and regexps", "api/a.go", `var mu sync.Mutex`, `var files embed.FS`},
	{"what others use is explained", "api/a.go", `func F() {}`, "// F does it.\nfunc F() {}"},
	{"what others use is explained", "api/a.go", "// This is it.\ntype T int", "// A T is it.\ntype T int"},
	{"what others use is explained", "api/a.go", "func (t *T) F() {}", "func (t *hidden) F() {}"},
	{"what others use is explained", "api/a.go", "const A = 1", "const (\nA = 1 // the first\n)"},
	{"one SQL for all databases", "service/wish/a.go", "const q = `SELECT 1 for update`", "const q = `SELECT updated FROM t`"},
	{"one SQL for all databases", "internal/db/a.go", `const q = "SELECT * FROM t LIMIT 1 OFFSET 5"`, `const q = "an offset of 5 is returning"`},
	{"one SQL for all databases", "internal/db/a.go", `const q = "UPDATE a SET b=1 LIMIT 3"`, `const q = "UPDATE a SET b=(SELECT c FROM (SELECT d LIMIT 1) e)"`},
	{"one SQL for all databases", "internal/db/a.go", `const q = "INSERT IGNORE INTO t"`, `const q = "INSERT INTO t"`},
	{"one SQL for all databases", "internal/db/migrations/mysql/1.sql", "CREATE TABLE t (at datetime DEFAULT NOW());", "-- no NOW() here\nCREATE TABLE t (at datetime);"},
	{"no hidden statements", "service/wish/a.go", `func f() { d.Preload("X") }`, `func f() { d.Find(x) }`},
	{"no hidden statements", "service/wish/a.go", `var _ = []any{clause.OnConflict{}}`, `var _ = []any{clause.Expr{}}`},
	{
		"a migration is one statement", "internal/db/migrations/mysql/1.sql",
		"-- +goose Up\nCREATE TABLE t (a int);\nCREATE TABLE u (a int);\n-- +goose Down\nDROP TABLE t;\n",
		"-- +goose Up\n-- one; it is;\nCREATE TABLE t (a int);\n-- +goose Down\nDROP TABLE t;\nDROP TABLE u;\n",
	},
	{"what is booked stays", "service/points/a.go", `const q = "update point_entries SET amount = 1"`, `const q = "UPDATE point_balances SET amount = 1"`},
	{"what is booked stays", "internal/audit/a.go", `const q = "DELETE FROM audits"`, `const q = "SELECT id FROM audits"`},
	{"points are booked in one place", "service/wish/a.go", `var _ = model.PointEntry{Amount: 1}`, `var _ = []model.PointEntry{}`},
	{"points are booked in one place", "internal/demo/a.go", `var _ = &model.Standing{Version: 1}`, `var _ = &model.Posting{}`},
	{"only dbtest skips", "service/wish/a_test.go", `func f(t *testing.T) { t.Skip() }`, `func f(t *testing.T) { d.Skip() }`},
}

func TestEachLawBites(t *testing.T) {
	for _, l := range laws() {
		bitten := false
		for _, b := range bites {
			if b.law != l.name {
				continue
			}
			bitten = true
			if got := judge(l, snippet(t, b.file, b.bad)); len(got) == 0 {
				t.Errorf("%q accepts in %s:\n%s", l.name, b.file, b.bad)
			}
			file := strings.Replace(b.file, "internal/util/", "internal/policy/", 1)
			if got := judge(l, snippet(t, file, b.good)); len(got) > 0 {
				t.Errorf("%q complains about a good twin: %q", l.name, got)
			}
		}
		if !bitten {
			t.Errorf("nothing shows that %q bites", l.name)
		}
	}
	for _, b := range bites {
		if !slices.ContainsFunc(laws(), func(l law) bool { return l.name == b.law }) {
			t.Errorf("there is no law %q", b.law)
		}
	}
}

// TestTestsAreFree: what binds the code does not bind its tests.
func TestTestsAreFree(t *testing.T) {
	s := snippet(t, "service/wish/a_test.go", `import "dandelion/internal/app"; var now = time.Now(); func F() { go panic(now) }`)
	for _, l := range laws() {
		if got := judge(l, s); len(got) > 0 {
			t.Errorf("%q complains: %q", l.name, got)
		}
	}
}

func TestAPackageWithoutACommentIsFound(t *testing.T) {
	fset := token.NewFileSet()
	var all []*source
	for name, text := range map[string]string{
		"a/1.go": "// Package a is told.\npackage a", "a/2.go": "package a",
		"b/1.go": "// About b.\npackage b",
		"1.go":   "// Command dandelion runs it.\npackage main",
	} {
		s, err := parse(fset, strings.Trim(filepath.Dir(name), "."), name, text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if got := unexplained(all); !slices.Equal(got, []string{"b"}) {
		t.Errorf("unexplained are %q, want only b", got)
	}
}

// snippet makes a source of the text of a file.
func snippet(t *testing.T, file, text string) *source {
	t.Helper()
	fset := token.NewFileSet()
	if strings.HasSuffix(file, ".sql") {
		return migration(fset, file, text)
	}
	pkg := filepath.Dir(file)
	s, err := parse(fset, pkg, file, "package "+filepath.Base(pkg)+"\n"+text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}
