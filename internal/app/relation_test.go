package app_test

import (
	"net/http"
	"testing"
)

// TestWhoIsWhatToAWishDecidesWhatHeReads tries what is no event of the loop over
// HTTP, in each relation that there is to a wish, while it is in service: the
// code that somebody is answered with, "" for what he may.
func TestWhoIsWhatToAWishDecidesWhatHeReads(t *testing.T) {
	const none, who, denied, state, reveal = "wish.not_found", "wish.forbidden", "permission.denied", "wish.state", "wish.reveal"
	w := newWorld(t)
	kin := orderForm(form{"channel": "proxy", "consent_by": "oral", "beneficiary": form{"name": "王秀英", "phone": "13812345679"}})
	w.Must(neighbour, http.MethodPost, "/me/phone", form{"code": "phone-13812345679"})
	served := w.Must("demo-kin", http.MethodPost, "/wishes", kin).ID()
	w.step(worker, served, "publish", nil)
	open := w.in("open", nil)
	ordered := w.in("dispatched", nil)
	w.step(worker, served, "dispatch", form{"user_id": memberID})
	w.step(member, served, "accept", nil)
	w.step(member, served, "start", nil)
	for _, tt := range []struct {
		relation, as, id                       string
		get, put, history, reveals, reveal, to string
	}{
		{"requester and proxy", "demo-kin", served, "", state, "", "", reveal, denied},
		{"beneficiary", neighbour, served, "", who, "", "", reveal, denied},
		{"claimer", member, served, "", who, "", who, "", denied},
		{"worker", worker, served, "", who, "", who, "", ""},
		{"township", "demo-township", served, "", who, "", who, "", ""},
		{"county", "demo-county", served, "", who, "", who, "", ""},
		{"grid worker of the place", "demo-grid", open, "", who, "", who, reveal, denied},
		{"grid worker of a grid that it is not in", "demo-grid", served, none, none, none, none, none, denied},
		{"auditor", auditor, served, "", who, "", "", reveal, denied},
		{"candidate", "demo-volunteer", open, "", who, who, who, reveal, denied},
		{"target", member, ordered, "", who, "", who, reveal, denied},
		{"member who is nothing to it", "demo-volunteer", served, none, none, none, none, none, denied},
		{"another resident", resident, served, none, none, none, none, none, denied},
		{"administrator", admin, served, none, none, none, none, none, denied},
		{"worker of another county", stranger, served, none, none, none, none, none, none},
		{"auditor of another county", "demo-other-auditor", served, none, none, none, none, none, denied},
	} {
		for _, c := range []struct {
			method, path string
			body         any
			want         string
		}{
			{http.MethodGet, "", nil, tt.get},
			{http.MethodPut, "", kin, tt.put},
			{http.MethodGet, "/history", nil, tt.history},
			{http.MethodGet, "/reveals", nil, tt.reveals},
			{http.MethodPost, "/reveal", reason(), tt.reveal},
			{http.MethodGet, "/suggestions", nil, tt.to},
		} {
			body := c.body
			if c.method == http.MethodPut {
				body = withoutSubmit(kin)
			}
			r := w.Do(tt.as, c.method, "/wishes/"+tt.id+c.path, body)
			if r.Code() != c.want || (c.want == "") != (r.Status == http.StatusOK) {
				t.Errorf("%s: %s %s is answered with %d %s, want %q", tt.relation, c.method, c.path, r.Status, r.Code(), c.want)
			}
		}
	}
}

// withoutSubmit is what a PUT takes of an order.
func withoutSubmit(f form) form {
	all := form{}
	for k, v := range f {
		if k != "submit" {
			all[k] = v
		}
	}
	return all
}
