package archtest

import (
	"fmt"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// floors are the storeys of the building, lowest first. Code imports only
// packages of lower floors, so no service imports another; tests may look up.
var floors = [][]string{
	{"internal/fault", "internal/clock", "internal/dbtest"},
	{"internal/id", "internal/qr", "internal/sheet"},
	{"model"},
	{"config", "internal/crypt", "internal/certificate"},
	{"internal/db", "internal/redis", "internal/wechat", "internal/blob"},
	{"internal/audit"},
	{"internal/outbox", "internal/timer", "internal/idempotency", "internal/policy", "internal/verify"},
	{"service/"},
	{"api", "internal/demo"},
	{"internal/app"},
	{"internal/apitest"},
	{"", "bench/", "internal/archtest"},
}

// owners are the only importers of what is fenced in; tests are free.
var owners = []struct {
	what string // a path, or the beginning of one if it ends in a slash
	may  []string
}{
	{"github.com/gin-gonic/", []string{"api"}},
	{"github.com/danielgtaylor/huma/", []string{"api"}},
	{"github.com/silenceper/", []string{"internal/wechat"}},
	{"github.com/xuri/", []string{"internal/sheet"}},
	{"github.com/piglig/", []string{"internal/qr"}},
	{"golang.org/x/image/font/", []string{"internal/certificate"}},
	{"github.com/alicebob/", []string{"internal/redis"}},
	{"github.com/redis/", []string{"internal/redis", "service/board"}},
	{"github.com/pressly/goose/", []string{"internal/db"}},
	{"github.com/go-sql-driver/", []string{"internal/db", "internal/dbtest"}},
	{"github.com/libtnb/", []string{"internal/db"}},
	{"modernc.org/sqlite/", []string{"internal/db"}},
	{"gorm.io/driver/", []string{"internal/db"}},
	{
		"gorm.io/gorm/",
		[]string{
			"internal/db", "internal/outbox", "internal/timer", "internal/audit", "internal/idempotency",
			"internal/policy", "internal/verify", "internal/demo", "service/",
		},
	},
	{"github.com/alecthomas/kong/", []string{"", "config"}},
	{"github.com/prometheus/", []string{"api", "internal/app"}},
	{"github.com/sony/gobreaker/", []string{"internal/wechat", "internal/redis"}},
	{"github.com/minio/", []string{"internal/blob"}},
	{"github.com/emmansun/", []string{"internal/crypt"}},
	{"github.com/getkin/", []string{"internal/apitest"}},
	{"pgregory.net/", []string{"internal/apitest"}},
	{"testing/", []string{"internal/dbtest", "internal/apitest", "bench/"}},
	{"math/rand/", []string{"internal/db", "internal/redis", "internal/wechat", "internal/demo", "bench/"}},
	{module + "/internal/dbtest/", []string{"internal/apitest", "bench/"}},
	{module + "/internal/apitest/", []string{"bench/"}},
	{module + "/internal/demo/", []string{"internal/app", "internal/apitest", "bench/"}},
}

// drivers are imported for what their import does.
var drivers = []string{
	"embed", "time/tzdata", "image/gif", "image/jpeg", "image/png", "golang.org/x/image/webp",
	"github.com/go-sql-driver/mysql", "github.com/libtnb/sqlite", "modernc.org/sqlite",
}

// impure is what a noun has no business with: files, networks, clocks' zones
// of the machine, logs, stores, other goroutines.
var impure = []string{
	"os/", "io/", "net/", "net/http/", "context/", "log/", "sync/", "database/", "syscall/", "embed/",
	"math/rand/", "crypto/rand/", "gorm.io/", "github.com/",
}

// vague names say nothing about what is inside.
var vague = []string{
	"util", "utils", "common", "helper", "helpers", "base", "manager", "managers", "misc", "shared", "lib", "tools",
}

var importLaws = []law{
	{"imports go down", code, eachImport(importsGoDown)},
	{"what is fenced in has one owner", code, eachImport(importsHaveOwners)},
	{"models are pure", in("model"), eachImport(func(_, imp string, complain func(string)) {
		if among(imp+"/", impure) {
			complain("a noun has no business with " + imp)
		}
	})},
	{"imports keep their names", everything, func(s *source, complain complain) {
		for _, i := range s.syntax.Imports {
			switch p := unquote(i.Path.Value); {
			case i.Name == nil:
			case i.Name.Name != "_":
				complain(i.Pos(), p+" goes by another name here")
			case !slices.Contains(drivers, p):
				complain(i.Pos(), p+" is imported for its side effects")
			}
		}
	}},
	{"a package is a noun", everything, func(s *source, complain complain) {
		name := strings.TrimSuffix(s.syntax.Name.Name, "_test")
		if slices.Contains(vague, name) || slices.Contains(vague, path.Base(s.pkg)) {
			complain(s.syntax.Package, "package "+name+" is not a noun of the domain")
		}
	}},
}

func eachImport(check func(pkg, imp string, complain func(string))) func(*source, complain) {
	return func(s *source, complain complain) {
		for _, i := range s.syntax.Imports {
			at := token.Pos(i.Pos())
			check(s.pkg, unquote(i.Path.Value), func(what string) { complain(at, what) })
		}
	}
}

func importsGoDown(pkg, imp string, complain func(string)) {
	to, ok := ours(imp)
	if !ok {
		return
	}
	from, down := floor(pkg), floor(to)
	switch {
	case from < 0:
		complain(pkg + " stands on no floor; add it to floors")
	case down < 0:
		complain(to + " stands on no floor; add it to floors")
	case down >= from:
		complain(fmt.Sprintf("%q (floor %d) imports %s (floor %d)", pkg, from, to, down))
	}
}

func floor(pkg string) int {
	return slices.IndexFunc(floors, func(on []string) bool { return among(pkg, on) })
}

func importsHaveOwners(pkg, imp string, complain func(string)) {
	for _, o := range owners {
		if strings.HasPrefix(imp+"/", o.what) && !among(pkg, o.may) && pkg != strings.TrimSuffix(strings.TrimPrefix(o.what, module+"/"), "/") {
			complain(fmt.Sprintf("%s imports %s; only %q may", pkg, imp, o.may))
		}
	}
}

func unquote(literal string) string {
	s, err := strconv.Unquote(literal)
	if err != nil {
		return literal
	}
	return s
}
