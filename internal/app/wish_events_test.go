package app_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"dandelion/model"
)

// deed is an event that is tried by somebody on a wish in a state.
type deed struct {
	event string
	body  func(w world) form
	as    string // who may
	state string // when
	to    string // where it leads
	not   string // who may not, although he is signed in and the time is right
	code  string // and what he is told
	late  string // when it is too late for the one who may
	lateC string // and what he is told
	order form   // of a wish that is out of the ordinary
}

func deeds() []deed {
	asIs := just(form{"reason": "信息不全", "missing": "请补充时间"})
	why := just(reason())
	const none, who, same, state = "wish.not_found", "wish.forbidden", "wish.same_person", "wish.state"
	return []deed{
		{"submit", nil, resident, "draft", "submitted", neighbour, none, "submitted", state, nil},
		{"return", asIs, worker, "submitted", "returned", stranger, none, "open", state, nil},
		{"reject", just(form{"code": "out_of_scope", "reason": "不在范围内", "next": "请联系物业"}), worker, "submitted", "rejected", stranger, none, "open", state, nil},
		{"transfer", just(form{"to": "topic", "reason": "公共议题"}), worker, "submitted", "transferred", member, "permission.denied", "claimed", state, nil},
		{"publish", nil, worker, "submitted", "open", resident, "permission.denied", "open", state, nil},
		{"dispatch", just(form{"user_id": memberID, "note": "请尽快联系"}), worker, "open", "dispatched", stranger, none, "claimed", state, nil},
		{"accept", nil, member, "dispatched", "claimed", member2, none, "claimed", state, nil},
		{"decline", why, member, "dispatched", "open", outsider, none, "claimed", state, nil},
		{"withdraw", why, worker, "dispatched", "open", member, "permission.denied", "open", state, nil},
		{"claim", nil, member2, "open", "claimed", outsider, none, "claimed", "wish.taken", nil},
		{"appoint", func(w world) form { return form{"at": w.At(24 * time.Hour)} }, member, "claimed", "claimed", outsider, none, "in_service", state, nil},
		{"start", nil, member, "claimed", "in_service", outsider, none, "reported", state, nil},
		{"hand_goods", just(form{"receipt": "本人签收"}), member, "in_service", "in_service", outsider, none, "claimed", state, form{"kind": "goods"}},
		{"extend", moreTime, member, "in_service", "in_service", outsider, none, "reported", state, nil},
		{"approve_extension", nil, worker, "asked", "in_service", stranger, none, "reported", state, nil},
		{"refuse_extension", why, worker, "asked", "in_service", stranger, none, "reported", state, nil},
		{"release", why, member, "claimed", "open", outsider, none, "reported", state, nil},
		{"revoke", why, worker, "in_service", "open", stranger, none, "open", state, nil},
		{"suspend", resumeIn(48 * time.Hour), worker, "claimed", "suspended", stranger, none, "closed", state, nil},
		{"resume", nil, worker, "suspended", "open", stranger, none, "open", state, nil},
		{"report", just(form{"text": "已修好", "minutes": 20}), member, "in_service", "reported", outsider, none, "claimed", state, nil},
		{"verify", nil, worker, "reported", "awaiting_evaluation", stranger, none, "in_service", state, nil},
		{"send_back", why, worker, "reported", "rework", stranger, none, "closed", state, nil},
		{"evaluate", just(form{"stars": 4, "solved": "partly", "comment": "很好"}), resident, "awaiting_evaluation", "closed", worker, who, "closed", state, nil},
		{"rework", why, resident, "awaiting_evaluation", "rework", member, who, "reported", state, nil},
		{"fail", why, worker, "open", "open", stranger, none, "closed", state, nil},
		{"confirm_fail", nil, worker2, "failing", "unfulfilled", worker, same, "closed", state, nil},
		{"refuse_fail", why, worker2, "failing", "open", worker, same, "closed", state, nil},
		{"cancel", why, resident, "open", "cancelled", neighbour, none, "reported", state, nil},
		{"reopen", why, resident, "closed", "rework", member, who, "open", state, nil},
	}
}

// TestEveryEventIsTakenAndRefused tries each event of the loop over HTTP: by
// who may, by who may not, and too late. What is refused changes nothing.
func TestEveryEventIsTakenAndRefused(t *testing.T) {
	w := newWorld(t)
	tried := map[string]bool{}
	for _, d := range deeds() {
		tried[d.event] = true
		t.Run(d.event, func(t *testing.T) { try(w.in1(t), d) })
	}
	for _, e := range model.WishEvents() {
		if !tried[string(e)] {
			t.Errorf("%s is not tried", e)
		}
	}
}

func try(w world, d deed) {
	w.Helper()
	var body any
	if d.body != nil {
		body = d.body(w)
	}
	id := w.in(d.state, d.order)
	before := w.Get(resident, "/wishes/"+id).Text
	r := w.Do(d.not, http.MethodPost, "/wishes/"+id+"/"+d.event, body)
	if r.Code() != d.code || !slices.Contains([]int{http.StatusForbidden, http.StatusNotFound}, r.Status) {
		w.Errorf("%s by %s is answered with %s, want %s", d.event, d.not, r, d.code)
	}
	if after := w.Get(resident, "/wishes/"+id).Text; after != before {
		w.Errorf("what was refused has changed the wish:\n%s\n%s", before, after)
	}
	if r := w.step(d.as, id, d.event, body); r.At("state") != d.to {
		w.Errorf("%s leads to %s, want %s", d.event, r.At("state"), d.to)
	}
	line := w.Get(resident, "/wishes/"+id+"/history?limit=1")
	if line.At("items.0.event") != d.event || line.At("items.0.to") != d.to {
		w.Errorf("history ends with %s", line)
	}

	id = w.in(d.late, d.order)
	r = w.Do(d.as, http.MethodPost, "/wishes/"+id+"/"+d.event, body)
	_, says := r.JSON["possible"].([]any)
	if r.Status != http.StatusConflict || r.Code() != d.lateC || r.At("state") != stateOf(d.late) || !says {
		w.Errorf("%s when it is %s: %s", d.event, d.late, r)
	}
}

func stateOf(way string) string {
	switch way {
	case "asked":
		return "in_service"
	case "failing":
		return "open"
	}
	return way
}
