package app_test

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/piglig/go-qr"

	"dandelion/internal/db"
)

// soon is when the slots of these tests begin: one can check in already.
const soon = 20 * time.Minute

// joined brings a new member into a slot of its own that begins soon.
func (w world) joined(n int, change form) (who, slot, enrolment string) {
	w.Helper()
	who, _ = w.registered(n, "confirmed")
	_, slot = w.published(soon, change)
	return who, slot, w.Must(who, http.MethodPost, "/slots/"+slot+"/enrol", nil).ID()
}

func (w world) code(slot, direction string) form {
	w.Helper()
	return form{"code": w.Get(worker, "/slots/"+slot+"/code?direction="+direction).At("code")}
}

// arrived is joined, and has checked in.
func (w world) arrived(n int) (who, slot, attendance string) {
	w.Helper()
	who, slot, _ = w.joined(n, nil)
	return who, slot, w.Must(who, http.MethodPost, "/slots/"+slot+"/check-in", w.code(slot, "in")).ID()
}

// forgotten is an attendance that its leader has to confirm.
func (w world) forgotten(n int) (who, attendance string) {
	w.Helper()
	who, slot, attendance := w.arrived(n)
	err := w.App.DB.Update(w.Context(), func(tx *db.Tx) error {
		err := tx.Exec("UPDATE attendances SET state = 'unconfirmed', open_key = NULL, minutes = 120 WHERE id = ?", attendance).Error
		if err != nil {
			return err
		}
		return tx.Exec("UPDATE slots SET state = 'ended' WHERE id = ?", slot).Error
	})
	if err != nil {
		w.Fatal(err)
	}
	return who, attendance
}

// checkInErrands are those of the routes of check-in, for the test that each
// request does its work once.
func checkInErrands(w world) map[string]func() errand {
	n := 500
	next := func() int { n++; return n }
	return map[string]func() errand{
		"POST /slots/{id}/key": func() errand { _, s := w.published(soon, nil); return errand{worker, "/slots/" + s + "/key", nil} },
		"POST /slots/{id}/check-in": func() errand {
			who, s, _ := w.joined(next(), nil)
			return errand{who, "/slots/" + s + "/check-in", w.code(s, "in")}
		},
		"POST /slots/{id}/check-out": func() errand {
			who, s, _ := w.arrived(next())
			return errand{who, "/slots/" + s + "/check-out", w.code(s, "out")}
		},
		"POST /slots/{id}/scan": func() errand {
			who, s, _ := w.joined(next(), form{"mode": "kiosk"})
			return errand{worker, "/slots/" + s + "/scan", form{"direction": "in", "code": w.Get(who, "/slots/"+s+"/my-code").At("code")}}
		},
		"POST /enrolments/{id}/attest": func() errand {
			_, _, e := w.joined(next(), nil)
			return errand{worker, "/enrolments/" + e + "/attest", form{"direction": "in", "reason": "手机没电"}}
		},
		"POST /attendances/{id}/confirm": func() errand {
			_, a := w.forgotten(next())
			return errand{worker, "/attendances/" + a + "/confirm", form{"minutes": 100}}
		},
		"POST /attendances/{id}/refuse": func() errand {
			_, a := w.forgotten(next())
			return errand{worker, "/attendances/" + a + "/refuse", reason()}
		},
	}
}

// checkInBody is a good body for a route of check-in; nil for others.
func checkInBody(route string) any {
	switch _, path, _ := strings.Cut(route, "/api/v1"); path {
	case "/slots/{id}/check-in", "/slots/{id}/check-out":
		return form{"code": "ABCDEFGHJKLM"}
	case "/slots/{id}/scan":
		return form{"direction": "in", "code": "1-ABCDEFGHJKLM"}
	case "/enrolments/{id}/attest":
		return form{"direction": "in"}
	case "/attendances/{id}/confirm":
		return form{"minutes": 1}
	}
	return nil
}

// TestACheckInAsPeopleLiveIt comes by the code on the screen, goes, and is on
// record; the others are told nothing.
func TestACheckInAsPeopleLiveIt(t *testing.T) {
	w := laptop(t)
	const get, post = http.MethodGet, http.MethodPost
	who, slot, _ := w.joined(1, nil)
	in := w.code(slot, "in")
	w.play(&slot, []line{
		{who, get, "/slots/ID/code", nil, 404, []string{"slot.not_found"}, nil},
		{stranger, get, "/slots/ID/code", nil, 404, nil, nil},
		{worker, get, "/slots/ID/code?direction=up", nil, 422, nil, nil},
		{who, post, "/slots/ID/check-in", form{"code": "ABCDEFGHJKLM"}, 422, []string{"attendance.code"}, nil},
		{who, post, "/slots/ID/check-in", w.code(slot, "out"), 422, []string{"attendance.code"}, nil},
		{volunteer, post, "/slots/ID/check-in", in, 404, []string{"enrolment.not_found"}, nil},
		{who, post, "/slots/ID/check-out", in, 409, []string{"attendance.not_checked_in"}, nil},
		{who, post, "/slots/ID/check-in", in, 201, []string{"已签到", `"late":false`, `"in_mode":"code"`}, []string{"kept", "device"}},
		{who, post, "/slots/ID/check-in", in, 409, []string{"attendance.checked_in"}, nil},
		{worker, get, "/slots/ID/attendances", nil, 200, []string{"钱文斌", "已签到"}, []string{"1360000"}},
		{who, get, "/slots/ID/attendances", nil, 404, nil, nil},
		{who, post, "/slots/ID/check-out", w.code(slot, "out"), 200, []string{"已签退", `"minutes":0`}, nil},
		{who, get, "/attendances", nil, 200, []string{"清洁家园", "红星广场"}, []string{"钱文斌"}},
		{volunteer, get, "/attendances", nil, 200, nil, []string{slot}},
	})
	id := w.Get(who, "/attendances").At("items.0.id")
	for as, want := range map[string]int{who: 200, worker: 200, member: 404, stranger: 404} {
		if r := w.Do(as, get, "/attendances/"+id, nil); r.Status != want {
			t.Errorf("%s: %s", as, r)
		}
	}
}

// TestEveryModeIsServed checks somebody in by each of them.
func TestEveryModeIsServed(t *testing.T) {
	w := laptop(t)
	here := form{"lat": 30.072, "lng": 115.938, "accuracy": 20}
	point := func(mode string) form { return form{"mode": mode, "lat": 30.072, "lng": 115.938} }
	for n, mode := range []string{"code", "fence", "code_and_fence", "leader", "kiosk"} {
		who, slot, enrolment := w.joined(10+n, point(mode))
		in := w.code(slot, "in")
		switch mode {
		case "fence":
			in = form{"fix": here, "device": "phone"}
		case "code_and_fence":
			in["fix"] = here
		}
		r := w.Do(who, http.MethodPost, "/slots/"+slot+"/check-in", in)
		switch mode {
		case "leader":
			if r.Code() != "attendance.mode" {
				t.Errorf("%s: %s", mode, r)
			}
			r = w.Must(worker, http.MethodPost, "/enrolments/"+enrolment+"/attest", form{"direction": "in"})
		case "kiosk":
			if r.Code() != "attendance.mode" {
				t.Errorf("%s: %s", mode, r)
			}
			own := w.Get(who, "/slots/"+slot+"/my-code").At("code")
			r = w.Do(worker, http.MethodPost, "/slots/"+slot+"/scan", form{"direction": "in", "code": own})
		}
		if r.At("state") != "present" || r.At("in_mode") != mode {
			t.Errorf("%s: %s", mode, r)
		}
		if fenced := strings.Contains(mode, "fence"); (r.At("kept.in_lat") != "") != fenced {
			t.Errorf("%s keeps where the phone was: %s", mode, r)
		}
	}
	who, slot, _ := w.joined(20, point("fence"))
	for _, bad := range []struct {
		fix  form
		code string
	}{
		{form{"lat": 30.08, "lng": 115.938, "accuracy": 20}, "attendance.far"},
		{form{"lat": 30.072, "lng": 115.938, "accuracy": 301}, "attendance.vague"},
		{form{"lat": 91, "lng": 115.938, "accuracy": 1}, "request.invalid"},
		{nil, "attendance.fix_missing"},
	} {
		body := form{}
		if bad.fix != nil {
			body["fix"] = bad.fix
		}
		if r := w.Do(who, http.MethodPost, "/slots/"+slot+"/check-in", body); r.Code() != bad.code {
			t.Errorf("%v: %s", bad.fix, r)
		}
	}
}

// TestTheCodesAreDrawn reads from the pictures what the screens say.
func TestTheCodesAreDrawn(t *testing.T) {
	w := laptop(t)
	who, slot, _ := w.joined(30, nil)
	for path, as := range map[string]string{"/slots/" + slot + "/code%s?direction=out": worker, "/slots/" + slot + "/my-code%s": who} {
		r := w.Do(as, http.MethodGet, fmt.Sprintf(path, ".png"), nil)
		m, err := png.Decode(bytes.NewReader([]byte(r.Text)))
		if err != nil {
			t.Fatal(err)
		}
		said, err := go_qr.Decode(m)
		if want := w.Get(as, fmt.Sprintf(path, "")).At("text"); err != nil || said != want {
			t.Errorf("%s says %q, %v, want %q", path, said, err, want)
		}
	}
}

// TestForgedCodesComeToNothing sends three hundred over HTTP.
func TestForgedCodesComeToNothing(t *testing.T) {
	w := laptop(t)
	who, slot, _ := w.joined(40, nil)
	old := w.code(slot, "in")["code"].(string)
	w.Must(worker, http.MethodPost, "/slots/"+slot+"/key", nil)
	for n := range 300 {
		code := fmt.Sprintf("%s%03d", old[:9], n)
		if r := w.Do(who, http.MethodPost, "/slots/"+slot+"/check-in", form{"code": code}); r.Status != 422 {
			t.Fatalf("%s: %s", code, r)
		}
	}
	if r := w.Do(who, http.MethodPost, "/slots/"+slot+"/check-in", form{"code": old}); r.Code() != "attendance.code" {
		t.Errorf("a code of the old key: %s", r)
	}
}

// TestTheLeaderDecidesOnWhoForgot confirms one, and refuses another.
func TestTheLeaderDecidesOnWhoForgot(t *testing.T) {
	w := laptop(t)
	who, a := w.forgotten(50)
	for as, want := range map[string]int{who: 404, member: 404, stranger: 404} {
		if r := w.Do(as, http.MethodPost, "/attendances/"+a+"/confirm", form{}); r.Status != want {
			t.Errorf("%s: %s", as, r)
		}
	}
	if r := w.Do(worker, http.MethodPost, "/attendances/"+a+"/confirm", form{"minutes": 121}); r.Code() != "attendance.state" {
		t.Errorf("more than proposed: %s", r)
	}
	if r := w.Must(worker, http.MethodPost, "/attendances/"+a+"/confirm", form{}); r.At("state") != "done" || r.At("minutes") != "120" {
		t.Errorf("confirmed: %s", r)
	}
	if r := w.Get(who, "/service/records"); r.At("items.0.minutes") != "120" {
		t.Errorf("on record: %s", r)
	}
	_, b := w.forgotten(51)
	if r := w.Must(worker, http.MethodPost, "/attendances/"+b+"/refuse", reason()); r.At("state") != "void" || r.At("minutes") != "0" {
		t.Errorf("refused: %s", r)
	}
}
