// Package archtest keeps the shape of the system true: which floor a package
// stands on, who may use what, and the rules of the house that no compiler
// knows. Each law is shown to bite by a snippet that breaks it.
package archtest

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module = "dandelion"
	root   = "../.."
)

// source is one Go file, or one migration (then syntax is nil).
type source struct {
	pkg    string // the path of its folder within the module, "" for main
	test   bool
	text   string
	fset   *token.FileSet
	file   *token.File
	syntax *ast.File
}

// law is one rule. It looks at one file at a time and complains about the
// places that break it.
type law struct {
	name  string
	binds func(s *source) bool
	check func(s *source, complain complain)
}

// complain reports what is wrong at a place.
type complain func(at token.Pos, what string)

// code is what the product is made of; everything adds its tests.
func code(s *source) bool       { return s.syntax != nil && !s.test }
func everything(s *source) bool { return s.syntax != nil }

// in returns the code of the given packages; a name that ends in a slash
// stands for all packages below it.
func in(pkgs ...string) func(s *source) bool {
	return func(s *source) bool { return code(s) && among(s.pkg, pkgs) }
}

// outside returns the code of all other packages.
func outside(pkgs ...string) func(s *source) bool {
	return func(s *source) bool { return code(s) && !among(s.pkg, pkgs) }
}

func among(pkg string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		return pkg == n || strings.HasSuffix(n, "/") && strings.HasPrefix(pkg, n)
	})
}

// each makes a check that visits every node.
func each(visit func(n ast.Node, complain complain)) func(*source, complain) {
	return func(s *source, complain complain) {
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			if n != nil {
				visit(n, complain)
			}
			return true
		})
	}
}

// laws returns all of them.
func laws() []law {
	return slices.Concat(importLaws, transactionLaws, stateLaws, shapeLaws, wordLaws)
}

func TestTheHouseKeepsItsLaws(t *testing.T) {
	sources := append(goFiles(t), migrations(t)...)
	for _, l := range laws() {
		t.Run(l.name, func(t *testing.T) {
			for _, s := range sources {
				for _, c := range judge(l, s) {
					t.Error(c)
				}
			}
		})
	}
}

// judge returns the complaints of l about s.
func judge(l law, s *source) []string {
	var all []string
	if l.binds(s) {
		l.check(s, func(at token.Pos, what string) {
			all = append(all, fmt.Sprintf("%s: %s", s.fset.Position(at), what))
		})
	}
	return all
}

// goFiles parses every Go file of the module once.
func goFiles(t *testing.T) []*source {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,GoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles", "./...")
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []*source
	fset := token.NewFileSet()
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p struct {
			ImportPath, Dir                                    string
			GoFiles, IgnoredGoFiles, TestGoFiles, XTestGoFiles []string
		}
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		pkg, _ := ours(p.ImportPath)
		for _, name := range slices.Concat(p.GoFiles, p.IgnoredGoFiles, p.TestGoFiles, p.XTestGoFiles) {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			s, err := parse(fset, pkg, filepath.Join(pkg, name), string(text))
			if err != nil {
				t.Error(err)
				continue
			}
			all = append(all, s)
		}
	}
	if len(all) < 8 {
		t.Fatalf("only %d files were looked at", len(all))
	}
	return all
}

func parse(fset *token.FileSet, pkg, name, text string) (*source, error) {
	f, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	test := strings.HasSuffix(name, "_test.go")
	return &source{pkg: pkg, test: test, text: text, fset: fset, file: fset.File(f.Package), syntax: f}, nil
}

// migrations reads the SQL of all dialects.
func migrations(t *testing.T) []*source {
	t.Helper()
	names, err := filepath.Glob(root + "/internal/db/migrations/*/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var all []*source
	fset := token.NewFileSet()
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, migration(fset, strings.TrimPrefix(name, root+"/"), string(text)))
	}
	return all
}

func migration(fset *token.FileSet, name, text string) *source {
	f := fset.AddFile(name, -1, len(text))
	f.SetLinesForContent([]byte(text))
	return &source{pkg: filepath.Dir(name), text: text, fset: fset, file: f}
}

// ours returns the path of pkg within the module.
func ours(pkg string) (string, bool) {
	rest, ok := strings.CutPrefix(pkg, module)
	return strings.TrimPrefix(rest, "/"), ok && (rest == "" || rest[0] == '/')
}

// TestTheHouseAsAWhole holds what no single file shows: every package says what
// it is, and as many lines show that the product works as make it work.
func TestTheHouseAsAWhole(t *testing.T) {
	sources := goFiles(t)
	for _, pkg := range unexplained(sources) {
		t.Errorf("no file of package %q says what it is", pkg)
	}
	lines := map[bool]int{}
	for _, s := range sources {
		support := s.pkg == "internal/apitest" || s.pkg == "internal/dbtest"
		lines[s.test || support] += strings.Count(s.text, "\n")
	}
	if lines[true] < lines[false] {
		t.Errorf("%d lines of tests for %d lines of code", lines[true], lines[false])
	}
}
