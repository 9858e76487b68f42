package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// How big a thing may be that is read in one go.
const (
	maxFile     = 400
	maxFunction = 50
	maxPaths    = 12
	maxMethods  = 3
)

var shapeLaws = []law{
	{"a file is read in one go", everything, func(s *source, complain complain) {
		if n := strings.Count(s.text, "\n"); n > maxFile {
			complain(s.syntax.Package, fmt.Sprintf("%d lines, more than %d", n, maxFile))
		}
	}},
	{"a function is seen at once", code, each(func(n ast.Node, complain complain) {
		f, ok := n.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			return
		}
		if p := paths(f); p > maxPaths {
			complain(f.Pos(), fmt.Sprintf("%s has %d paths, more than %d", f.Name.Name, p, maxPaths))
		}
	})},
	{"a function fits the screen", code, func(s *source, complain complain) {
		for _, d := range s.syntax.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := s.file.Line(f.End()) - s.file.Line(f.Pos()) + 1; n > maxFunction {
				complain(f.Pos(), fmt.Sprintf("%s has %d lines, more than %d", f.Name.Name, n, maxFunction))
			}
		}
	}},
	{"an interface is narrow", code, each(func(n ast.Node, complain complain) {
		if i, ok := n.(*ast.InterfaceType); ok && i.Methods.NumFields() > maxMethods {
			complain(i.Pos(), fmt.Sprintf("%d methods, more than %d", i.Methods.NumFields(), maxMethods))
		}
	})},
	{"nothing runs before main", code, each(func(n ast.Node, complain complain) {
		if f, ok := n.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			complain(f.Pos(), "there is no init")
		}
	})},
	{"nothing dies but main", outside("", "internal/dbtest", "internal/apitest", "bench/"), each(func(n ast.Node, complain complain) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "panic" {
			complain(call.Pos(), "return an error")
		}
		if is(call.Fun, "os", "Exit") || is(call.Fun, "log", "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln") {
			complain(call.Pos(), "only main ends the process")
		}
	})},
	{"package variables are faults, tables and regexps", code, func(s *source, complain complain) {
		eachSpec(s, token.VAR, func(_ *ast.GenDecl, spec ast.Spec) {
			if v, ok := spec.(*ast.ValueSpec); ok && !isConstant(s.pkg, v) {
				complain(v.Pos(), v.Names[0].Name+" is a global that may change")
			}
		})
	}},
	{"what others use is explained", code, explained},
}

// paths counts the ways through f (its cyclomatic complexity).
func paths(f *ast.FuncDecl) int {
	n := 1
	ast.Inspect(f, func(node ast.Node) bool {
		switch x := node.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			n++
		case *ast.CaseClause:
			if x.List != nil {
				n++
			}
		case *ast.CommClause:
			if x.Comm != nil {
				n++
			}
		case *ast.BinaryExpr:
			if x.Op == token.LAND || x.Op == token.LOR {
				n++
			}
		}
		return true
	})
	return n
}

// unexplained returns the packages none of whose files says what it is.
func unexplained(sources []*source) []string {
	said := map[string]bool{}
	for _, s := range sources {
		want := "Package " + s.syntax.Name.Name + " "
		if s.pkg == "" {
			want = "Command "
		}
		said[s.pkg] = said[s.pkg] || strings.HasPrefix(s.syntax.Doc.Text(), want)
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(said)), func(pkg string) bool { return said[pkg] })
}

// eachSpec visits the package-level specs of one kind.
func eachSpec(s *source, kind token.Token, visit func(*ast.GenDecl, ast.Spec)) {
	for _, d := range s.syntax.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == kind {
			for _, spec := range g.Specs {
				visit(g, spec)
			}
		}
	}
}

var faultName = regexp.MustCompile(`^[Ee]rr[A-Z]`)

// makers are the calls whose results nobody changes.
var makers = map[string][]string{
	"regexp":  {"MustCompile"},
	"sync":    {"OnceFunc", "OnceValue", "OnceValues"},
	"time":    {"FixedZone", "Date"},
	"strings": {"NewReplacer"},
	"errors":  {"New"},
	"netip":   {"MustParsePrefix", "MustParseAddr"},
	"reflect": {"TypeFor"},
}

// isConstant reports whether v would be a constant if Go had constants of its
// type: a fault, a table, a pattern, an embedded file, a proof that a type
// has a method.
func isConstant(pkg string, v *ast.ValueSpec) bool {
	if is(v.Type, "embed", "FS") {
		return true
	}
	if len(v.Values) == 0 { // main's version is set by the linker
		return false
	}
	for i, value := range v.Values {
		name := v.Names[min(i, len(v.Names)-1)].Name
		switch {
		case name == "_", faultName.MatchString(name), pkg == "" && isLiteral(value), isTable(value), isMade(value):
		default:
			return false
		}
	}
	return true
}

func isLiteral(e ast.Expr) bool {
	_, ok := e.(*ast.BasicLit)
	return ok
}

func isTable(e ast.Expr) bool {
	if and, ok := e.(*ast.UnaryExpr); ok && and.Op == token.AND {
		e = and.X
	}
	_, ok := e.(*ast.CompositeLit)
	return ok
}

func isMade(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	if x, ok := call.Fun.(*ast.IndexExpr); ok {
		call = &ast.CallExpr{Fun: x.X}
	}
	for pkg, names := range makers {
		if is(call.Fun, pkg, names...) {
			return true
		}
	}
	return false
}

// customary methods are explained by the interface that they implement.
var customary = []string{
	"Error", "Unwrap", "Is", "As", "String", "GoString", "MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText",
	"Scan", "Value", "TableName", "Len", "Less", "Swap", "Close", "ServeHTTP", "RoundTrip", "Read", "Write", "Schema", "LogValue",
}

// explained: a doc comment is a sentence that begins with the name, and each
// package says what it is.
func explained(s *source, complain complain) {
	if s.pkg == "" || strings.HasPrefix(s.pkg, "bench/") {
		return
	}
	for _, d := range s.syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && isExported(d.Recv) && !(d.Recv != nil && slices.Contains(customary, d.Name.Name)) {
				begins(d.Doc, d.Name, complain)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				explainedSpec(d, spec, complain)
			}
		}
	}
}

// explainedSpec: a type speaks for itself; constants and variables may share
// the comment of their group, or have one behind them.
func explainedSpec(d *ast.GenDecl, spec ast.Spec, complain complain) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		doc := spec.Doc
		if doc == nil && !d.Lparen.IsValid() {
			doc = d.Doc
		}
		if spec.Name.IsExported() {
			begins(doc, spec.Name, complain)
		}
	case *ast.ValueSpec:
		name := spec.Names[0]
		switch {
		case !name.IsExported(), spec.Comment != nil, d.Lparen.IsValid() && d.Doc != nil:
		case spec.Doc == nil && !d.Lparen.IsValid():
			begins(d.Doc, name, complain)
		default:
			begins(spec.Doc, name, complain)
		}
	}
}

func begins(doc *ast.CommentGroup, name *ast.Ident, complain complain) {
	words := strings.Fields(doc.Text())
	if len(words) > 1 && slices.Contains([]string{"A", "An", "The"}, words[0]) {
		words = words[1:]
	}
	if len(words) == 0 || strings.TrimRight(words[0], ",:") != name.Name {
		complain(name.Pos(), "the comment of "+name.Name+" does not begin with it")
	}
}

// isExported reports whether the receiver, if any, is of an exported type.
func isExported(recv *ast.FieldList) bool {
	if recv == nil {
		return true
	}
	of := recv.List[0].Type
	for {
		switch x := of.(type) {
		case *ast.StarExpr:
			of = x.X
		case *ast.IndexExpr:
			of = x.X
		case *ast.IndexListExpr:
			of = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}
