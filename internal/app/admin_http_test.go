package app_test

import (
	"net/http"
	"testing"
)

// newcomer is somebody who has just come to live in the community, and his id,
// which has more digits than a number of JavaScript.
func (w world) newcomer(code string) string {
	w.Helper()
	w.Must(code, http.MethodPost, "/me/consents", form{"version": "1.0"})
	return w.Must(code, http.MethodPatch, "/me", form{"community_id": "1200"}).ID()
}

func TestTheAuditLogNamesPeopleByTheirIDs(t *testing.T) {
	w := laptop(t)
	user := w.newcomer("demo-newcomer")
	w.Must(admin, http.MethodPost, "/grants", form{"user_id": user, "role": "volunteer", "org_id": "1200"})
	w.Must(admin, http.MethodPut, "/policy/wish.live_claims", form{"value": 4})
	r := w.Get(auditor, "/audits")
	if at := r.JSON["items"].([]any); len(at) < 2 || r.At("items.0.detail.value") != "4" {
		t.Fatalf("the audit log is %s", r)
	}
	detail := r.JSON["items"].([]any)[1].(map[string]any)["detail"].(map[string]any)
	if len(user) < 17 || detail["user_id"] != user || detail["org_id"] != "1200" || detail["subtree"] != true {
		t.Errorf("the grant to %s in 1200 is logged as %v", user, detail)
	}
}
