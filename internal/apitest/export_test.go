package apitest

import (
	"encoding/json"
	"testing"
)

// Wrong shows the check to its own test.
func Wrong(s *Server, r Response) []string { return s.wrong(r) }

// Mismatch checks a value against a schema, all given as JSON.
func Mismatch(t *testing.T, doc, schema, value string) []string {
	t.Helper()
	var in struct {
		Schema map[string]any
		Value  any
	}
	if err := json.Unmarshal([]byte(`{"schema":`+schema+`,"value":`+value+`}`), &in); err != nil {
		t.Fatal(err)
	}
	return document(t, json.RawMessage(doc)).mismatch(in.Schema, in.Value, "body")
}
