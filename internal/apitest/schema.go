package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// spec is an OpenAPI document as plain JSON. What it says of a value is a
// schema of JSON Schema 2020-12, of which the document uses the part that is
// understood here; a word that is not understood is an error, so that nothing
// goes unchecked.
type spec map[string]any

func document(t testing.TB, doc any) spec {
	t.Helper()
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	s := spec{}
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// at returns the object under keys, nil if there is none.
func (s spec) at(keys ...string) spec {
	for _, key := range keys {
		s, _ = s[key].(map[string]any)
	}
	return s
}

// plain are the words of a schema that say nothing about a value.
var plain = []string{"description", "examples", "title", "default", "deprecated", "readOnly", "contentEncoding"}

// check is one word of a schema: it says what is wrong with v.
type check func(s spec, word any, v any, path string) []string

// words returns the checks, by word.
func words() map[string]check {
	return map[string]check{
		"$ref":      refers,
		"type":      isType,
		"enum":      isOneOf,
		"format":    isFormat,
		"pattern":   fits,
		"required":  hasAll,
		"items":     elements,
		"minimum":   numbers(func(v, n float64) bool { return v >= n }),
		"maximum":   numbers(func(v, n float64) bool { return v <= n }),
		"minLength": lengths(func(v, n float64) bool { return v >= n }),
		"maxLength": lengths(func(v, n float64) bool { return v <= n }),
		"maxItems": func(_ spec, n, v any, path string) []string {
			list, _ := v.([]any)
			return wrongIf(float64(len(list)) > number(n), path, "too many items")
		},
	}
}

// mismatch returns how v departs from a schema of s.
func (s spec) mismatch(schema map[string]any, v any, path string) []string {
	var all []string
	known := words()
	for _, word := range slices.Sorted(maps.Keys(schema)) {
		switch do := known[word]; {
		case word == "additionalProperties" || word == "properties": // together, below
		case do != nil:
			all = append(all, do(s, schema[word], v, path)...)
		case !slices.Contains(plain, word) && !strings.HasPrefix(word, "x-"):
			all = append(all, path+": the check does not understand "+word)
		}
	}
	all = append(all, members(s, schema["properties"], v, path)...)
	return append(all, others(s, schema, v, path)...)
}

func wrongIf(is bool, path, what string) []string {
	if is {
		return []string{path + ": " + what}
	}
	return nil
}

func refers(s spec, word, v any, path string) []string {
	name := strings.TrimPrefix(fmt.Sprint(word), "#/components/schemas/")
	schema := s.at("components", "schemas", name)
	if schema == nil {
		return []string{path + ": no schema " + name}
	}
	return s.mismatch(schema, v, path)
}

func isType(_ spec, word, v any, path string) []string {
	is := map[string]bool{}
	switch x := v.(type) {
	case nil:
		is["null"] = true
	case bool:
		is["boolean"] = true
	case string:
		is["string"] = true
	case float64:
		is["number"], is["integer"] = true, x == float64(int64(x))
	case []any:
		is["array"] = true
	case map[string]any:
		is["object"] = true
	}
	allowed, many := word.([]any)
	if !many {
		allowed = []any{word}
	}
	ok := slices.ContainsFunc(allowed, func(t any) bool { return is[fmt.Sprint(t)] })
	return wrongIf(!ok, path, fmt.Sprintf("is no %v", word))
}

func isOneOf(_ spec, word, v any, path string) []string {
	all, _ := word.([]any)
	return wrongIf(!slices.Contains(all, v), path, fmt.Sprintf("%v is none of %v", v, all))
}

func isFormat(_ spec, word, v any, path string) []string {
	text, _ := v.(string)
	if word != "date-time" || v == nil {
		return nil
	}
	_, err := time.Parse(time.RFC3339, text)
	return wrongIf(err != nil, path, "is no time")
}

func fits(_ spec, word, v any, path string) []string {
	text, is := v.(string)
	ok, err := regexp.MatchString(fmt.Sprint(word), text)
	return wrongIf(is && (err != nil || !ok), path, fmt.Sprintf("does not match %v", word))
}

func hasAll(_ spec, word, v any, path string) []string {
	in, is := v.(map[string]any)
	names, _ := word.([]any)
	var all []string
	for _, name := range names {
		_, has := in[fmt.Sprint(name)]
		all = append(all, wrongIf(is && !has, path, fmt.Sprintf("lacks %v", name))...)
	}
	return all
}

func members(s spec, word, v any, path string) []string {
	in, _ := v.(map[string]any)
	of, _ := word.(map[string]any)
	var all []string
	for name, value := range in {
		if schema, ok := of[name].(map[string]any); ok {
			all = append(all, s.mismatch(schema, value, path+"."+name)...)
		}
	}
	return all
}

// others checks the members of v that a schema does not name.
func others(s spec, word, v any, path string) []string {
	in, _ := v.(map[string]any)
	schema, _ := word.(map[string]any)
	of, _ := schema["properties"].(map[string]any)
	var all []string
	for name, value := range in {
		if _, named := of[name]; named {
			continue
		}
		switch more := schema["additionalProperties"].(type) {
		case bool:
			all = append(all, wrongIf(!more, path, "has "+name+" too")...)
		case map[string]any:
			all = append(all, s.mismatch(more, value, path+"."+name)...)
		}
	}
	return all
}

func elements(s spec, word, v any, path string) []string {
	list, _ := v.([]any)
	schema, _ := word.(map[string]any)
	var all []string
	for i, value := range list {
		all = append(all, s.mismatch(schema, value, fmt.Sprintf("%s.%d", path, i))...)
	}
	return all
}

func numbers(ok func(v, n float64) bool) check {
	return func(_ spec, word, v any, path string) []string {
		x, is := v.(float64)
		return wrongIf(is && !ok(x, number(word)), path, fmt.Sprintf("%v is beyond %v", v, word))
	}
}

func lengths(ok func(v, n float64) bool) check {
	return func(_ spec, word, v any, path string) []string {
		text, is := v.(string)
		return wrongIf(is && !ok(float64(len([]rune(text))), number(word)), path, fmt.Sprintf("is not as long as %v says", word))
	}
}

func number(v any) float64 {
	n, _ := v.(float64)
	return n
}
