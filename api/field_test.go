package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

// TestAPathDoesNotRepeatWhatWasSent has a client put something where the name
// of a field should be.
func TestAPathDoesNotRepeatWhatWasSent(t *testing.T) {
	for at, want := range map[string]string{
		"body": "body", "body.beneficiary.phone": "body.beneficiary.phone", "body.team[3]": "body.team[3]", "query.org_id": "query.org_id",
		"body.13812345678": "body", "body.欧阳": "body", "body.a b": "body.a", "body." + strings.Repeat("x", 40): "body", "body.<b>": "body",
	} {
		p := humaProblem(t.Context(), http.StatusUnprocessableEntity, []error{
			&huma.ErrorDetail{Location: at, Message: "unexpected 13812345678", Value: "13812345678"},
		})
		if len(p.Fields) != 1 || p.Fields[0].Path != want || strings.Contains(p.Fields[0].Message, "138") {
			t.Errorf("a fault at %q is told as %v, want it at %q", at, p.Fields, want)
		}
	}
}
