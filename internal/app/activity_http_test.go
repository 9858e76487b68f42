package app_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"dandelion/internal/apitest"
)

const (
	volunteer = "demo-volunteer"
	liaison   = "demo-liaison"
)

// volunteerID is the account of the volunteer.
const volunteerID = "10007"

func cleanUp() form {
	return form{"org_id": "1200", "title": "清洁家园", "detail": "请自带手套", "skills": []string{"保洁"}}
}

// slotForm is a slot of two hours that begins in d.
func (w world) slotForm(d time.Duration, change form) form {
	f := form{"starts_at": w.At(d), "ends_at": w.At(d + 2*time.Hour), "place": "红星广场", "capacity": 2, "mode": "code"}
	maps.Copy(f, change)
	return f
}

// draft drafts an activity with one slot that begins in d.
func (w world) draft(d time.Duration, change form) (activity, slot string) {
	w.Helper()
	activity = w.Must(worker, http.MethodPost, "/activities", cleanUp()).ID()
	slot = w.Must(worker, http.MethodPost, "/activities/"+activity+"/slots", w.slotForm(d, change)).At("items.0.id")
	return activity, slot
}

func (w world) published(d time.Duration, change form) (activity, slot string) {
	w.Helper()
	activity, slot = w.draft(d, change)
	w.Must(worker, http.MethodPost, "/activities/"+activity+"/publish", nil)
	return activity, slot
}

// gathering returns the ids of an activity that is published, and of one that is
// not, with their slots, and of an enrolment.
func (w world) gathering() (activities, slots, enrolments []string) {
	w.Helper()
	a, s := w.published(48*time.Hour, nil)
	b, t := w.draft(72*time.Hour, nil)
	return []string{a, b}, []string{s, t}, []string{w.Must(volunteer, http.MethodPost, "/slots/"+s+"/enrol", nil).ID()}
}

// activityErrands are those of the routes of activities, for the test that each
// request does its work once. No two slots are at the same time.
func activityErrands(w world) map[string]func() errand {
	n := 0
	next := func() time.Duration { n++; return time.Duration(48+3*n) * time.Hour }
	drafted := func() string { a, _ := w.draft(next(), nil); return a }
	open := func() string { _, s := w.published(next(), nil); return s }
	enrolled := func() (slot, enrolment string) {
		slot = open()
		return slot, w.Must(volunteer, http.MethodPost, "/slots/"+slot+"/enrol", nil).ID()
	}
	return map[string]func() errand{
		"POST /activities":              func() errand { return errand{worker, "/activities", cleanUp()} },
		"PATCH /activities/{id}":        func() errand { return errand{worker, "/activities/" + drafted(), form{"title": "清洁河道"}} },
		"POST /activities/{id}/publish": func() errand { return errand{worker, "/activities/" + drafted() + "/publish", nil} },
		"POST /activities/{id}/cancel":  func() errand { return errand{worker, "/activities/" + drafted() + "/cancel", reason()} },
		"POST /activities/{id}/slots": func() errand {
			return errand{worker, "/activities/" + drafted() + "/slots", w.slotForm(next(), form{"repeat": form{"every_days": 7, "times": 3}})}
		},
		"PATCH /slots/{id}": func() errand {
			return errand{worker, "/slots/" + open(), form{"place": "东门", "reason": "施工"}}
		},
		"POST /slots/{id}/cancel": func() errand { s, _ := enrolled(); return errand{worker, "/slots/" + s + "/cancel", reason()} },
		"POST /slots/{id}/enrol":  func() errand { return errand{volunteer, "/slots/" + open() + "/enrol", nil} },
		"POST /slots/{id}/leave":  func() errand { s, _ := enrolled(); return errand{volunteer, "/slots/" + s + "/leave", nil} },
		"POST /slots/{id}/enrolments": func() errand {
			return errand{worker, "/slots/" + open() + "/enrolments", form{"user_id": volunteerID}}
		},
		"POST /enrolments/{id}/remove": func() errand { _, e := enrolled(); return errand{worker, "/enrolments/" + e + "/remove", reason()} },
		"POST /volunteers": func() errand {
			n++
			return errand{worker, "/volunteers", form{"name": "李大爷", "phone": fmt.Sprintf("1370000%04d", n), "community_id": "1200", "consent": true}}
		},
	}
}

// activityBody is a good body for a route of activities with an id; nil for
// others.
func activityBody(w world, route string) any {
	switch route {
	case "PATCH /api/v1/activities/{id}":
		return form{"title": "清洁河道"}
	case "PATCH /api/v1/slots/{id}":
		return form{"place": "东门", "reason": "施工"}
	case "POST /api/v1/activities/{id}/slots":
		return w.slotForm(90*time.Hour, nil)
	case "POST /api/v1/slots/{id}/enrolments":
		return form{"user_id": volunteerID}
	}
	return nil
}

// TestAnActivityAsPeopleLiveIt drafts and publishes, fills and empties.
func TestAnActivityAsPeopleLiveIt(t *testing.T) {
	w := laptop(t)
	const get, post, patch = http.MethodGet, http.MethodPost, http.MethodPatch
	activity, slot := w.draft(48*time.Hour, form{"mode": "fence", "lat": 24.2889, "lng": 116.1177, "leader_id": memberID, "capacity": 1})
	w.play(&activity, []line{
		{volunteer, get, "/activities/ID", nil, 404, []string{"activity.not_found"}, nil},
		{worker, get, "/activities/ID", nil, 200, []string{"草稿", "红星社区", "保洁"}, []string{"published_at"}},
		{worker, get, "/slots?activity_id=ID", nil, 200, []string{slot, "草稿, 还没有发布。"}, nil},
		{liaison, post, "/activities/ID/publish", nil, 404, nil, nil},
		{worker, post, "/activities/ID/publish", nil, 200, []string{`"state":"published"`}, nil},
		{volunteer, get, "/activities/ID", nil, 200, []string{"已发布"}, nil},
		{stranger, get, "/activities/ID", nil, 404, nil, nil},
		{worker, get, "/activities?org_id=1200", nil, 200, []string{"ID"}, nil},
		{liaison, get, "/activities?org_id=1200", nil, 403, []string{"org.foreign"}, nil},
		{liaison, patch, "/activities/ID", form{"title": "别的"}, 403, []string{"org.foreign"}, nil},
		{worker, patch, "/activities/ID", form{"title": "清洁河道"}, 200, []string{"清洁河道"}, nil},
	})
	w.play(&slot, []line{
		{volunteer, get, "/slots", nil, 200, []string{"ID", "清洁河道", `"lat":24.2889`, `"left":1`, "可以报名。"}, []string{"code_key"}},
		{volunteer, get, "/slots?community_id=1200&limit=50", nil, 200, []string{"ID"}, nil},
		{member, get, "/slots?mine_to_lead=true", nil, 200, []string{"ID", `"leads":true`}, nil},
		{worker, post, "/slots/ID/enrol", nil, 403, []string{"permission.denied"}, nil},
		{outsider, post, "/slots/ID/enrol", nil, 404, nil, nil},
		{volunteer, post, "/slots/ID/enrol", nil, 201, []string{"已报名", `"by_leader":false`}, nil},
		{volunteer, post, "/slots/ID/enrol", nil, 409, []string{"enrolment.exists"}, nil},
		{member2, post, "/slots/ID/enrol", nil, 201, []string{"候补中"}, nil},
		{member2, get, "/slots/ID", nil, 200, []string{`"waiting":1`, "您在候补名单中"}, nil},
		{volunteer, get, "/slots/ID/enrolments", nil, 404, nil, []string{"孙浩"}},
		{member, get, "/slots/ID/enrolments", nil, 200, []string{"孙浩", "刘芳", `"offline":false`}, []string{"phone"}},
		{worker, get, "/slots/ID/enrolments?state=waiting", nil, 200, []string{"刘芳"}, []string{"孙浩"}},
		{worker, patch, "/slots/ID", form{"place": "东门"}, 422, []string{"body.reason"}, nil},
		{member, patch, "/slots/ID", form{"place": "东门", "reason": "施工"}, 403, []string{"permission.denied"}, nil},
		{worker, patch, "/slots/ID", form{"place": "东门", "reason": "施工"}, 200, []string{"东门", "changed_at", "施工"}, nil},
		{volunteer, post, "/slots/ID/leave", nil, 200, []string{"已退出", `"late_leave":false`}, nil},
		{member2, get, "/slots/ID", nil, 200, []string{`"waiting":0`, "您已报名"}, nil},
		{member2, get, "/enrolments", nil, 200, []string{"ID", "清洁河道", "东门"}, nil},
		{worker, post, "/activities/" + activity + "/slots", w.slotForm(90*time.Hour, nil), 201, nil, nil}, // or it would end with the other
		{worker, post, "/slots/ID/cancel", reason(), 200, []string{"已取消", "情况有变"}, nil},
		{member2, get, "/enrolments", nil, 200, []string{"场次取消", "情况有变"}, nil},
		{worker, post, "/activities/" + activity + "/cancel", reason(), 200, []string{"已取消"}, nil},
		{auditor, get, "/audits?subject=slot&subject_id=ID", nil, 200, []string{"slot.change", "slot.cancel"}, []string{"施工"}},
		{auditor, get, "/audits?subject=activity&subject_id=" + activity, nil, 200, []string{"activity.publish", "activity.cancel", "slot.add"}, nil},
	})
}

// TestSomebodyWithoutASmartphoneComesToo takes him on, and puts him on a list.
func TestSomebodyWithoutASmartphoneComesToo(t *testing.T) {
	w := laptop(t)
	const get, post = http.MethodGet, http.MethodPost
	_, slot := w.published(48*time.Hour, form{"leader_id": volunteerID})
	old := form{"name": "李大爷", "phone": "13612345678", "community_id": "1200", "consent": true}
	for name, c := range map[string]struct {
		as     string
		change form
		status int
		code   string
	}{
		"by a liaison":       {liaison, nil, 403, "org.foreign"},
		"by a volunteer":     {volunteer, nil, 403, "permission.denied"},
		"without consent":    {worker, form{"consent": false}, 422, "request.invalid"},
		"in a unit":          {worker, form{"community_id": "2000"}, 422, "account.community"},
		"in another county":  {worker, form{"community_id": "9200"}, 404, "org.not_found"},
		"with a wrong phone": {worker, form{"phone": "12345678901"}, 422, "request.invalid"},
	} {
		body := maps.Clone(old)
		maps.Copy(body, c.change)
		if r := w.Do(c.as, post, "/volunteers", body); r.Status != c.status || r.Code() != c.code {
			t.Errorf("%s: %s", name, r)
		}
	}
	r := w.Must(worker, post, "/volunteers", old)
	user := r.At("user_id")
	if user == "" || r.At("name") != "李**" || r.At("phone") != "136****5678" || r.At("offline") != "true" || strings.Contains(r.Text, "大爷") {
		t.Errorf("taken on: %s", r)
	}
	w.play(&slot, []line{
		{worker, post, "/volunteers", old, 409, []string{"account.phone_taken"}, nil},
		{neighbour, post, "/me/phone", form{"code": "phone-13612345678"}, 409, []string{"account.phone_taken"}, nil},
		{worker, get, "/volunteers?org_id=1200&slot_id=ID", nil, 422, nil, nil},
		{volunteer, get, "/volunteers?org_id=1200", nil, 403, []string{"org.foreign"}, nil},
		{member, get, "/volunteers?slot_id=ID", nil, 404, nil, nil},
		{volunteer, get, "/volunteers?slot_id=ID&limit=2", nil, 200, []string{`"next"`}, nil},
		{member, post, "/slots/ID/enrolments", form{"user_id": user}, 404, nil, nil},
		{volunteer, post, "/slots/ID/enrolments", form{"user_id": "10001"}, 404, []string{"user.not_found"}, nil},
		{volunteer, post, "/slots/ID/enrolments", form{"user_id": user}, 201, []string{"李大爷", `"offline":true`, `"by_leader":true`}, []string{"1361"}},
		{volunteer, get, "/slots/ID/enrolments", nil, 200, []string{"李大爷"}, []string{"1361"}},
	})
	found, cursor := false, ""
	for range 100 {
		r := w.Get(worker, apitest.Query("/volunteers", "org_id", "1200", "limit", "50", "cursor", cursor))
		found = found || strings.Contains(r.Text, `"name":"李大爷"`) && strings.Contains(r.Text, "136****5678")
		if cursor = r.At("next"); cursor == "" {
			break
		}
	}
	if !found {
		t.Error("the worker does not find him")
	}
}

// TestSlotsAreReadPageByPage asks for a series one by one.
func TestSlotsAreReadPageByPage(t *testing.T) {
	w := laptop(t)
	a := w.Must(worker, http.MethodPost, "/activities", cleanUp()).ID()
	made := w.Must(worker, http.MethodPost, "/activities/"+a+"/slots", w.slotForm(24*time.Hour, form{"repeat": form{"every_days": 7, "times": 6}}))
	w.Must(worker, http.MethodPost, "/activities/"+a+"/publish", nil)
	w.published(25*time.Hour, nil)
	w.published(24*time.Hour, nil)
	for list, want := range map[string]int{"/slots?limit=1": 12, "/slots?limit=3": 12, "/slots?limit=2&activity_id=" + a: 6, "/slots?limit=2&mine_to_lead=true": 8} {
		as := worker
		seen, last, cursor := map[string]bool{}, "", ""
		for range 20 {
			r := w.Get(as, list+"&cursor="+cursor)
			items, _ := r.JSON["items"].([]any)
			for i := range items {
				seen[r.At(fmt.Sprintf("items.%d.id", i))] = true
				if at := r.At(fmt.Sprintf("items.%d.starts_at", i)); at < last {
					t.Errorf("%s is not in order: %s", list, r)
				} else {
					last = at
				}
			}
			if cursor = r.At("next"); cursor == "" {
				break
			}
		}
		if len(seen) != want {
			t.Errorf("%s has %d slots, want %d", list, len(seen), want)
		}
	}
	next := w.Get(worker, "/slots?limit=1").At("next")
	for _, path := range []string{"/slots?limit=1&community_id=1200&cursor=" + next, "/slots?limit=1&cursor=AAAA", "/slots?limit=1&cursor=" + next[1:] + "A"} {
		if r := w.Do(worker, http.MethodGet, path, nil); r.Code() != "cursor.invalid" {
			t.Errorf("%s: %s", path, r)
		}
	}
	if r := w.Do(member, http.MethodGet, "/slots?limit=1&cursor="+next, nil); r.Code() != "cursor.invalid" {
		t.Errorf("another's cursor: %s", r)
	}
	if s := made.At("items.5.starts_at"); !strings.HasPrefix(s, "2026-08-06T01:00:00") { // nine o'clock in Shanghai
		t.Errorf("the last of the series is at %s", s)
	}
}
