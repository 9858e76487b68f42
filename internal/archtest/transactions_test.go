package archtest

import (
	"go/ast"
	"slices"
	"strings"
)

// inTransactions is the code that works on transactions without making them.
func inTransactions(s *source) bool {
	return code(s) && s.pkg != "internal/db"
}

var transactionLaws = []law{
	{"a transaction keeps its context", inTransactions, each(keepsContext)},
	{"ctx or tx, never both", inTransactions, each(func(n ast.Node, complain complain) {
		if f, ok := n.(*ast.FuncType); ok && takesTx(f) && takesContext(f) {
			complain(f.Pos(), "this owns a transaction and joins one")
		}
	})},
	{"one place begins transactions", outside("internal/db", "internal/dbtest", "internal/apitest", "bench/"), each(func(n ast.Node, complain complain) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		s, ok := call.Fun.(*ast.SelectorExpr)
		if ok && slices.Contains([]string{"Begin", "BeginTx", "Commit", "Rollback", "SavePoint", "RollbackTo"}, s.Sel.Name) && !(s.Sel.Name == "Begin" && len(call.Args) > 1) {
			complain(call.Pos(), "only internal/db begins and commits")
		}
		if ok && s.Sel.Name == "Transaction" && len(call.Args) > 0 {
			complain(call.Pos(), "use db.Update, which retries")
		}
	})},
	{"a service holds no lock", in("service/"), each(func(n ast.Node, complain complain) {
		if is(n, "sync", "Mutex", "RWMutex", "Cond") {
			complain(n.Pos(), "a lock of this process means nothing to the other replicas")
		}
	})},
	{"goroutines have an owner", outside("", "internal/app", "internal/redis", "internal/apitest", "bench/"), each(func(n ast.Node, complain complain) {
		if g, ok := n.(*ast.GoStmt); ok {
			complain(g.Pos(), "nobody waits for this goroutine")
		}
	})},
	{"the clock is given", outside("", "internal/clock", "bench/"), each(func(n ast.Node, complain complain) {
		if is(n, "time", "Now", "Since", "Until") {
			complain(n.Pos(), "use tx.Now, or a clock that is passed")
		}
		if is(n, "time", "Sleep", "Tick") {
			complain(n.Pos(), "this does not hear that its context is over")
		}
	})},
}

// keepsContext: a function that is handed a transaction does everything
// through it. If it saw the caller's ctx it could open a second transaction,
// and the two would wait for each other.
func keepsContext(n ast.Node, complain complain) {
	var sig *ast.FuncType
	var body *ast.BlockStmt
	switch f := n.(type) {
	case *ast.FuncLit:
		sig, body = f.Type, f.Body
	case *ast.FuncDecl:
		sig, body = f.Type, f.Body
	}
	if sig == nil || body == nil || !takesTx(sig) {
		return
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return !takesContext(n.Type) // it is handed its own
		case *ast.Ident:
			if n.Name == "ctx" {
				complain(n.Pos(), "ctx is used inside a transaction")
			}
		case *ast.SelectorExpr:
			if is(n, "context", "Background", "TODO") {
				complain(n.Pos(), "a transaction has its context: tx.Ctx")
			}
		}
		return true
	})
}

func takesTx(f *ast.FuncType) bool {
	return takes(f, func(of ast.Expr) bool {
		star, ok := of.(*ast.StarExpr)
		if !ok {
			return false
		}
		if id, ok := star.X.(*ast.Ident); ok {
			return id.Name == "Tx"
		}
		return is(star.X, "db", "Tx")
	})
}

func takesContext(f *ast.FuncType) bool {
	return takes(f, func(of ast.Expr) bool { return is(of, "context", "Context") })
}

func takes(f *ast.FuncType, want func(ast.Expr) bool) bool {
	return slices.ContainsFunc(f.Params.List, func(p *ast.Field) bool { return want(p.Type) })
}

// is reports whether n is pkg.name for one of the names.
func is(n ast.Node, pkg string, names ...string) bool {
	s, ok := n.(*ast.SelectorExpr)
	if !ok || !slices.Contains(names, s.Sel.Name) {
		return false
	}
	id, ok := s.X.(*ast.Ident)
	return ok && id.Name == pkg
}

var stateLaws = []law{
	{"models have no json", in("model"), each(func(n ast.Node, complain complain) {
		if f, ok := n.(*ast.Field); ok && f.Tag != nil && strings.Contains(f.Tag.Value, "json:") {
			complain(f.Pos(), "a model has a json tag; the api has views")
		}
	})},
	{"only models change state", outside("model", "internal/demo"), func(s *source, complain complain) {
		each(assignsState)(s, complain)
		each(buildsState)(s, complain)
	}},
	{"errors are told by errors.Is and errors.As", code, each(func(n ast.Node, complain complain) {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if (n.Op.String() == "==" || n.Op.String() == "!=") && (isFault(n.X) || isFault(n.Y)) {
				complain(n.Pos(), "errors are wrapped; use errors.Is")
			}
		case *ast.TypeAssertExpr:
			if id, ok := n.X.(*ast.Ident); ok && id.Name == "err" {
				complain(n.Pos(), "errors are wrapped; use errors.As")
			}
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && is(s, "strings", s.Sel.Name) && slices.ContainsFunc(n.Args, isText) {
				complain(n.Pos(), "never look at the text of an error")
			}
		}
	})},
}

func assignsState(n ast.Node, complain complain) {
	a, ok := n.(*ast.AssignStmt)
	if !ok {
		return
	}
	for _, l := range a.Lhs {
		if s, ok := l.(*ast.SelectorExpr); ok && s.Sel.Name == "State" {
			complain(l.Pos(), "only package model assigns State")
		}
	}
}

// buildsState finds model.Wish{State: …}; a view of the api may have a state.
func buildsState(n ast.Node, complain complain) {
	lit, ok := n.(*ast.CompositeLit)
	if !ok || !ofModel(lit) {
		return
	}
	ast.Inspect(lit, func(n ast.Node) bool {
		if l, ok := n.(*ast.CompositeLit); ok && l.Type != nil && !ofModel(l) {
			return false
		}
		if kv, ok := n.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == "State" {
				complain(kv.Pos(), "only package model says what state a noun begins in")
			}
		}
		return true
	})
}

// ofModel reports whether lit makes a noun, or a list of them.
func ofModel(lit *ast.CompositeLit) bool {
	of := lit.Type
	if a, ok := of.(*ast.ArrayType); ok {
		of = a.Elt
	}
	if p, ok := of.(*ast.StarExpr); ok {
		of = p.X
	}
	s, ok := of.(*ast.SelectorExpr)
	return ok && is(s, "model", s.Sel.Name)
}

func isFault(e ast.Expr) bool {
	var name string
	switch e := e.(type) {
	case *ast.Ident:
		name = e.Name
	case *ast.SelectorExpr:
		name = e.Sel.Name
	}
	return faultName.MatchString(name) || is(e, "io", "EOF")
}

func isText(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) > 0 {
		return false
	}
	s, ok := call.Fun.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Error"
}
