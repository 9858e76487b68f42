package api

import (
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// id is a key as clients see it. It is a string, since JavaScript has no
// integers of 64 bits.
type id string

// idOf returns n as clients see it; the key of nothing is left out.
func idOf(n int64) id {
	if n == 0 {
		return ""
	}
	return id(strconv.FormatInt(n, 10))
}

// n returns the key, or 0, which is nothing's key.
func (v id) n() int64 {
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Schema describes an id. The pattern ends below 2^63, so that every id that
// passes it is a number to n.
func (id) Schema(huma.Registry) *huma.Schema {
	return known(&huma.Schema{Type: huma.TypeString, Pattern: `^([1-9][0-9]{0,17}|[1-8][0-9]{18})$`, Examples: []any{"3559021342195712"}})
}

// oneOf describes a word of the model by the values there are.
func oneOf[T ~string](values ...T) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return known(s)
}

// known prepares the messages of a schema that huma did not make itself.
func known(s *huma.Schema) *huma.Schema {
	s.PrecomputeMessages()
	return s
}
