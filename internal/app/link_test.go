package app_test

import (
	"net/http"
	"testing"
)

// TestWhoBindsHisNumberFindsWhatWasOrderedForHim: kin order for somebody who has
// not yet said what his number is; the order then is his too.
func TestWhoBindsHisNumberFindsWhatWasOrderedForHim(t *testing.T) {
	w := laptop(t)
	id := w.Must("demo-kin", http.MethodPost, "/wishes", orderForm(form{"channel": "proxy", "consent_by": "oral"})).ID()
	if r := w.Do(resident, http.MethodGet, "/wishes/"+id, nil); r.Status != http.StatusNotFound {
		t.Fatalf("before: %s", r)
	}
	w.Must(resident, http.MethodPost, "/me/phone", form{"code": "phone-13812345678"})
	if r := w.Get(resident, "/wishes/"+id+"/reveals"); r.Status != http.StatusOK {
		t.Errorf("after: %s", r)
	}
}

// TestNobodyFindsOutWhichNumbersHaveAccounts: the answer to an order on duty
// that one may not place is the same for every number.
func TestNobodyFindsOutWhichNumbersHaveAccounts(t *testing.T) {
	w := laptop(t)
	w.Must(neighbour, http.MethodPost, "/me/phone", form{"code": "phone-13812345678"})
	for _, phone := range []string{"13812345678", "13899999999"} {
		r := w.Do(resident, http.MethodPost, "/wishes", orderForm(form{"channel": "staff", "consent_by": "oral", "proxy_phone": phone}))
		if r.Status != http.StatusForbidden || r.Code() != "permission.denied" {
			t.Errorf("%s is answered with %s", phone, r)
		}
	}
}
