package archtest

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// sqlWords are what one of the databases has not, or has and lies about.
var sqlWords = regexp.MustCompile(`(?i:FOR\s+UPDATE|FOR\s+SHARE|SKIP\s+LOCKED|GET_LOCK|ON\s+DUPLICATE|INSERT\s+(OR\s+)?IGNORE` +
	`|ON\s+CONFLICT|REPLACE\s+INTO|\bNOW\(\)|CURRENT_TIMESTAMP|\bFULLTEXT\b|CREATE\s+(TRIGGER|PROCEDURE|FUNCTION)` +
	`|\b(DATE_ADD|DATE_SUB|DATE_FORMAT|CURDATE|UNIX_TIMESTAMP|STRFTIME|SYSDATE)\()|AUTO_?INCREMENT|\bOFFSET\b|\bRETURNING\b|->>`)

// changes finds an UPDATE or DELETE that has what only MySQL allows it.
var changes = regexp.MustCompile(`(?is)^\s*(UPDATE|DELETE)\b.*\b(LIMIT|JOIN)\b`)

var brackets = regexp.MustCompile(`\([^()]*\)`)

// The parts of a migration; its comments are for people.
var (
	comments   = regexp.MustCompile(`(?m)--.*$`)
	downwards  = regexp.MustCompile(`(?m)^-- \+goose Down`)
	semicolons = regexp.MustCompile(`;\s*`)
)

// gormWords are methods that do more than they say: statements nobody wrote,
// check-then-insert, pages that get slower, upserts that differ by dialect.
var gormWords = []string{"AutoMigrate", "Preload", "Offset", "FirstOrCreate", "FirstOrInit", "OnConflict"}

// rewrites finds what would change or delete a row that is only added.
var rewrites = regexp.MustCompile(`(?i)\b(UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+(point_txns|point_entries|deeds|audits)\b`)

// booked are the rows of the ledger.
var booked = []string{"PointTxn", "PointEntry", "PointBalance", "Deed", "Standing"}

var wordLaws = []law{
	{"what is booked stays", code, each(func(n ast.Node, complain complain) {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && rewrites.MatchString(lit.Value) {
			complain(lit.Pos(), "a correction is a line of its own")
		}
	})},
	{"points are booked in one place", outside("model", "service/points", "bench/"), each(func(n ast.Node, complain complain) {
		if lit, ok := n.(*ast.CompositeLit); ok && len(lit.Elts) > 0 && is(lit.Type, "model", booked...) {
			complain(lit.Pos(), "only the ledger writes this")
		}
	})},
	{"one SQL for all databases", func(s *source) bool { return s.syntax == nil || code(s) }, oneSQL},
	{"no hidden statements", code, each(func(n ast.Node, complain complain) {
		if call, ok := n.(*ast.CallExpr); ok {
			if s, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains(gormWords, s.Sel.Name) {
				complain(s.Sel.Pos(), s.Sel.Name+" does more than it says")
			}
		}
		if is(n, "clause", "OnConflict", "Locking", "Returning") {
			complain(n.Pos(), "not every database has this clause")
		}
	})},
	{"a migration is one statement", func(s *source) bool { return s.syntax == nil && strings.HasSuffix(s.pkg, "mysql") }, oneStatement},
	{"only dbtest skips", func(s *source) bool { return everything(s) && s.pkg != "internal/dbtest" }, each(func(n ast.Node, complain complain) {
		s, ok := n.(*ast.SelectorExpr)
		if !ok || !slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, s.Sel.Name) {
			return
		}
		if id, ok := s.X.(*ast.Ident); ok && slices.Contains([]string{"t", "b", "f", "tb"}, id.Name) {
			complain(n.Pos(), "a test that was skipped has shown nothing")
		}
	})},
}

func oneSQL(s *source, complain complain) {
	if s.syntax == nil {
		text := comments.ReplaceAllStringFunc(s.text, blank)
		for _, at := range sqlWords.FindAllStringIndex(text, -1) {
			complain(s.file.Pos(at[0]), "not every database has "+text[at[0]:at[1]])
		}
		return
	}
	each(oneSQLLiteral)(s, complain)
}

func oneSQLLiteral(n ast.Node, complain complain) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return
	}
	text := unquote(lit.Value)
	if w := sqlWords.FindString(text); w != "" {
		complain(lit.Pos(), "not every database has "+w)
	}
	for text != brackets.ReplaceAllString(text, "") {
		text = brackets.ReplaceAllString(text, "")
	}
	if m := changes.FindStringSubmatch(text); m != nil {
		complain(lit.Pos(), "not every database has "+m[1]+" with "+m[2])
	}
}

// oneStatement: a server commits each CREATE by itself, so a migration of two
// statements can stop half-way, and then never goes on.
func oneStatement(s *source, complain complain) {
	text := comments.ReplaceAllStringFunc(s.text, blank)
	if down := downwards.FindStringIndex(s.text); down != nil {
		text = text[:down[0]]
	}
	if ends := semicolons.FindAllStringIndex(text, -1); len(ends) > 1 {
		complain(s.file.Pos(ends[0][1]), "a second statement")
	}
}

func blank(comment string) string { return strings.Repeat(" ", len(comment)) }
