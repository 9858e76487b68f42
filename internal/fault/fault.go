// Package fault is the one error vocabulary of the system. A fault says what
// kind of thing went wrong, which rule said so, and what a person may be told;
// everything else that can fail is an ordinary error, and is nobody's business
// but the log's.
package fault

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Kind is the class of a fault. The api package turns each kind into exactly
// one HTTP status, and nothing else does.
type Kind string

// The kinds of fault.
const (
	Invalid      Kind = "invalid"      // the request breaks a rule it could have known
	Unidentified Kind = "unidentified" // no valid session
	Forbidden    Kind = "forbidden"    // a session, but not this right
	NotFound     Kind = "not_found"    // absent, or hidden from the caller
	Conflict     Kind = "conflict"     // true a moment ago, not any more
	TooMany      Kind = "too_many"     // a limit on how much or how often
	TooLarge     Kind = "too_large"    // more bytes than are read
	Unavailable  Kind = "unavailable"  // a neighbour system does not answer; try later
	Internal     Kind = "internal"     // everything that is not a fault
)

// Field says what is wrong with one part of a request. Path is a JSON path
// such as "body.beneficiary.phone".
type Field struct {
	Path    string
	Message string
}

// Fault is an error that a caller can act on.
type Fault struct {
	Kind    Kind
	Code    string // stable, dotted, for programs: "wish.taken"
	Message string // one Chinese sentence, for people

	Fields     []Field        // what is wrong with which part
	Params     map[string]any // more members of the answer, such as the state
	RetryAfter time.Duration  // when to try again; 0: not said

	cause error
}

// defined holds every fault of the program, for the list in docs/errors.md.
var defined = map[string]*Fault{}

// Define declares a fault. Call it only to initialise a package variable, next
// to the rule that returns it; a code that is taken is a mistake of the
// programmer and is found by the test of [All].
func Define(kind Kind, code, message string) *Fault {
	f := &Fault{Kind: kind, Code: code, Message: message}
	if _, taken := defined[code]; taken {
		f.Code = code + " (defined twice)"
	}
	defined[f.Code] = f
	return f
}

// All returns every fault that has been defined, by code.
func All() []*Fault {
	return slices.SortedFunc(maps.Values(defined), func(a, b *Fault) int { return cmp.Compare(a.Code, b.Code) })
}

func (f *Fault) Error() string {
	if f.cause == nil {
		return f.Code
	}
	return f.Code + ": " + f.cause.Error()
}

// Unwrap returns what f was caused by, if anything.
func (f *Fault) Unwrap() error { return f.cause }

// Is reports whether target is the same fault, whatever its cause or message.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Code == f.Code
}

// Because returns a copy of f that carries cause for the log.
func (f *Fault) Because(cause error) *Fault {
	g := *f
	g.cause = cause
	return &g
}

// Saying returns a copy of f with a message of its own. It must not repeat
// what a client sent.
func (f *Fault) Saying(format string, args ...any) *Fault {
	g := *f
	g.Message = fmt.Sprintf(format, args...)
	return &g
}

// With returns a copy of f that tells value under key in the answer.
func (f *Fault) With(key string, value any) *Fault {
	g := *f
	g.Params = maps.Clone(f.Params)
	if g.Params == nil {
		g.Params = map[string]any{}
	}
	g.Params[key] = value
	return &g
}

// At returns a copy of f that also names a part of the request that is wrong.
func (f *Fault) At(path, message string) *Fault {
	g := *f
	g.Fields = append(slices.Clone(f.Fields), Field{Path: path, Message: message})
	return &g
}

// After returns a copy of f that asks the caller to wait for d.
func (f *Fault) After(d time.Duration) *Fault {
	g := *f
	g.RetryAfter = d
	return &g
}

// Of returns the fault in err's chain, or nil if there is none.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// KindOf returns err's kind; an error that is not a fault is Internal.
func KindOf(err error) Kind {
	if f := Of(err); f != nil {
		return f.Kind
	}
	return Internal
}
