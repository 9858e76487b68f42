package board

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"dandelion/model"
)

// keys are the names that a tenant's boards have in Redis. All are in one slot
// of a cluster. The boards themselves belong to a generation, and the marker
// says which is the one to read; without a marker there are no boards.
//
//	{d:1000:SEED}:marker       the generation, and when it was begun
//	{d:1000:SEED}:building     the generation that is being built, with a lease
//	{d:1000:SEED}:dirty        who has changed since that was begun
//	{d:1000:SEED}:generations  all that were begun and not yet thrown away
//	{d:1000:SEED}:GEN:keys     every key of a generation
//	{d:1000:SEED}:GEN:v        user → version, and where he stands
//	{d:1000:SEED}:GEN:W2026-27:m:honour:1200    a board: everybody
//	{d:1000:SEED}:GEN:W2026-27:m:honour:1200:p  those who may be shown
type keys struct{ prefix string }

func keysOf(tenant int64, seed string) keys { return keys{fmt.Sprintf("{d:%d:%s}:", tenant, seed)} }

func (k keys) marker() string                    { return k.prefix + "marker" }
func (k keys) building() string                  { return k.prefix + "building" }
func (k keys) dirty() string                     { return k.prefix + "dirty" }
func (k keys) generations() string               { return k.prefix + "generations" }
func (k keys) of(generation, what string) string { return k.prefix + generation + ":" + what }

// suffix is what of a board's name follows the generation's.
func suffix(k model.BoardKey) string {
	return string(k.Period) + ":" + k.Short() + ":" + strconv.FormatInt(k.Scope, 10)
}

// padded is how somebody is called in a sorted set: where scores are equal,
// names are compared as texts, so they must all be as long.
func padded(user int64) string { return fmt.Sprintf("%019d", user) }

func unpadded(name string) int64 {
	n, _ := strconv.ParseInt(strings.TrimLeft(name, "0"), 10, 64)
	return n
}

// mark is what the marker says.
type mark struct {
	generation string
	begun      time.Time
}

func (m mark) String() string { return m.generation + "|" + strconv.FormatInt(m.begun.UnixMilli(), 10) }

func markOf(text string) mark {
	generation, begun, _ := strings.Cut(text, "|")
	ms, _ := strconv.ParseInt(begun, 10, 64)
	return mark{generation, time.UnixMilli(ms).UTC()}
}

// holds reports whether the boards of p are there: those that were current or
// had just ended when the generation was begun, and all that have begun since.
func (m mark) holds(p model.Period) bool { return !p.Over(m.begun, model.BoardGrace) }
