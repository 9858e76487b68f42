package apitest_test

import (
	"strings"
	"testing"

	"dandelion/internal/apitest"
)

func TestASchemaIsChecked(t *testing.T) {
	const doc = `{"components":{"schemas":{"Light":{"type":"string","enum":["red","green"]}}}}`
	for _, c := range []struct{ name, schema, value, want string }{
		{"a text", `{"type":"string"}`, `"x"`, ""},
		{"a number for a text", `{"type":"string"}`, `3`, "is no string"},
		{"a whole number", `{"type":"integer"}`, `3`, ""},
		{"a broken number for a whole one", `{"type":"integer"}`, `3.5`, "is no integer"},
		{"a truth", `{"type":"boolean"}`, `true`, ""},
		{"null where it may be", `{"type":["array","null"]}`, `null`, ""},
		{"null where it may not be", `{"type":"array"}`, `null`, "is no array"},
		{"a reference", `{"$ref":"#/components/schemas/Light"}`, `"red"`, ""},
		{"a value that there is not", `{"$ref":"#/components/schemas/Light"}`, `"blue"`, "is none of"},
		{"a reference to nothing", `{"$ref":"#/components/schemas/Dark"}`, `"red"`, "no schema Dark"},
		{"a time", `{"type":"string","format":"date-time"}`, `"2026-07-01T09:00:00Z"`, ""},
		{"a day for a time", `{"type":"string","format":"date-time"}`, `"2026-07-01"`, "is no time"},
		{"a pattern", `{"type":"string","pattern":"^[1-9]+$"}`, `"12"`, ""},
		{"a text beside the pattern", `{"type":"string","pattern":"^[1-9]+$"}`, `"1x"`, "does not match"},
		{"a text of runes", `{"type":"string","maxLength":2}`, `"你好"`, ""},
		{"a text too long", `{"type":"string","maxLength":2}`, `"你好啊"`, "as long as"},
		{"a text too short", `{"type":"string","minLength":2}`, `"你"`, "as long as"},
		{"a number too small", `{"type":"integer","minimum":1}`, `0`, "beyond"},
		{"a number too great", `{"type":"integer","maximum":5}`, `6`, "beyond"},
		{"a list too long", `{"type":"array","maxItems":1}`, `[1,2]`, "too many"},
		{"an element of the wrong type", `{"type":"array","items":{"type":"string"}}`, `["a",1]`, "body.1: is no string"},
		{"a member that is missing", `{"type":"object","required":["a"]}`, `{}`, "lacks a"},
		{"a member of the wrong type", `{"type":"object","properties":{"a":{"type":"string"}}}`, `{"a":1}`, "body.a: is no string"},
		{"a member that nobody named", `{"type":"object","additionalProperties":false}`, `{"a":1}`, "has a too"},
		{"any members", `{"type":"object","additionalProperties":{}}`, `{"a":1}`, ""},
		{"members of a type", `{"type":"object","additionalProperties":{"type":"string"}}`, `{"a":1}`, "body.a: is no string"},
		{"a word that the check does not know", `{"oneOf":[]}`, `1`, "does not understand oneOf"},
		{"a remark", `{"description":"x","x-permission":"y"}`, `1`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(apitest.Mismatch(t, doc, c.schema, c.value), "; ")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
