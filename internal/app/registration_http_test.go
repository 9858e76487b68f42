package app_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"dandelion/internal/apitest"
	"dandelion/internal/sheet"
)

const township = "demo-township"

// partyMember brings in somebody with a name and a phone of his own, who is no
// member of anything yet.
func partyMember(w world, n int) (code, name, phone string) {
	w.Helper()
	code, name, phone = fmt.Sprint("demo-party-", n), "钱文斌", fmt.Sprintf("1360000%04d", n)
	w.Must(code, http.MethodPost, "/me/consents", form{"version": "1.0"})
	w.Must(code, http.MethodPatch, "/me", form{"display_name": "小钱", "real_name": name, "community_id": "1200"})
	w.Must(code, http.MethodPost, "/me/phone", form{"code": "phone-" + phone})
	return code, name, phone
}

func joinForm() form {
	return form{"unit_id": "2000", "community_id": "1200", "grid_id": "1300", "post": "义诊服务岗"}
}

func rosterForm(name, phone string) form {
	return form{"entries": []form{{"name": name, "phone": phone}}}
}

// registered brings a new party member's registration with the first community
// to a state.
func (w world) registered(n int, state string) (code, id string) {
	w.Helper()
	code, name, phone := partyMember(w, n)
	w.Must(liaison, http.MethodPost, "/units/2000/roster", rosterForm(name, phone))
	id = w.Must(code, http.MethodPost, "/registrations", joinForm()).ID()
	step := func(as, event string, body any) {
		w.Must(as, http.MethodPost, "/registrations/"+id+"/"+event, body)
	}
	switch state {
	case "returned":
		step(worker, "return", reason())
	case "confirmed", "leaving":
		step(worker, "confirm", nil)
	}
	if state == "leaving" {
		step(code, "leave", reason())
	}
	return code, id
}

// rosterFile is a spreadsheet of people, as it is sent.
func rosterFile(w world, titles []string, rows ...[]any) string {
	w.Helper()
	data, err := sheet.Write("名单", titles, func() (row []any, err error) {
		if len(rows) > 0 {
			row, rows = rows[0], rows[1:]
		}
		return row, nil
	})
	if err != nil {
		w.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(data)
}

// registrationErrands are those of rosters and registrations, for the test that
// each request does its work once.
func registrationErrands(w world) map[string]func() errand {
	n := 0
	next := func() int { n++; return n }
	all := map[string]func() errand{
		"POST /units/{id}/roster": func() errand {
			return errand{liaison, "/units/2000/roster", rosterForm("钱文斌", fmt.Sprintf("1350000%04d", next()))}
		},
		"POST /units/{id}/roster/import": func() errand {
			file := rosterFile(w, []string{"姓名", "手机号"}, []any{"钱文斌", fmt.Sprintf("1340000%04d", next())})
			return errand{liaison, "/units/2000/roster/import", form{"file": file}}
		},
		"POST /units/{id}/roster/{entry}/remove": func() errand {
			return errand{liaison, "/units/2000/roster/" + w.rosterEntry(next()) + "/remove", nil}
		},
		"POST /registrations": func() errand {
			code, name, phone := partyMember(w, next())
			w.Must(liaison, http.MethodPost, "/units/2000/roster", rosterForm(name, phone))
			return errand{code, "/registrations", joinForm()}
		},
		"POST /registrations/{id}/change": func() errand {
			code, id := w.registered(next(), "confirmed")
			body := joinForm()
			body["post"] = "文艺服务岗"
			return errand{code, "/registrations/" + id + "/change", body}
		},
		"DELETE /registrations/{id}/slip-consent": func() errand {
			code, id := w.registered(next(), "confirmed")
			w.Must(code, http.MethodPut, "/registrations/"+id+"/slip-consent", nil)
			return errand{code, "/registrations/" + id + "/slip-consent", nil}
		},
		"PUT /registrations/{id}/slip-consent": func() errand {
			code, id := w.registered(next(), "confirmed")
			return errand{code, "/registrations/" + id + "/slip-consent", nil}
		},
	}
	for event, s := range map[string]struct {
		state, as string
		body      any
	}{
		"withdraw": {"submitted", "", nil}, "resubmit": {"returned", "", form{}}, "leave": {"confirmed", "", reason()},
		"confirm": {"submitted", worker, nil}, "return": {"submitted", worker, reason()}, "reject": {"submitted", worker, reason()},
		"approve-leave": {"leaving", worker, reason()}, "refuse-leave": {"leaving", worker, reason()},
	} {
		all["POST /registrations/{id}/"+event] = func() errand {
			code, id := w.registered(next(), s.state)
			if s.as != "" {
				code = s.as
			}
			return errand{code, "/registrations/" + id + "/" + event, s.body}
		}
	}
	return all
}

// rosterEntry brings somebody onto the roster of the first unit.
func (w world) rosterEntry(n int) string {
	w.Helper()
	w.Must(liaison, http.MethodPost, "/units/2000/roster", rosterForm("钱文斌", fmt.Sprintf("1330000%04d", n)))
	for path := "/units/2000/roster?limit=50"; ; {
		r := w.Get(liaison, path)
		if next := r.At("next"); next != "" {
			path = "/units/2000/roster?limit=50&cursor=" + next
			continue
		}
		items, _ := r.JSON["items"].([]any)
		return r.At(fmt.Sprintf("items.%d.id", len(items)-1))
	}
}

// registrationBody is a good body for a route of rosters and registrations with
// an id; nil for others.
func registrationBody(w world, route string) any {
	return map[string]any{
		"POST /api/v1/units/{id}/roster":              rosterForm("钱文斌", "13600009999"),
		"POST /api/v1/units/{id}/roster/import":       form{"file": rosterFile(w, []string{"姓名", "手机号"}, []any{"钱文斌", "13600009999"})},
		"POST /api/v1/registrations/{id}/change":      joinForm(),
		"POST /api/v1/registrations/{id}/resubmit":    form{"post": "文艺服务岗"},
		"PUT /api/v1/registrations/{id}/slip-consent": form{},
	}[route]
}

// TestAPartyMemberRegistersServesAndLeaves is 双报到 as people live it.
func TestAPartyMemberRegistersServesAndLeaves(t *testing.T) {
	w := laptop(t)
	const get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	code, name, phone := partyMember(w, 1)
	private := []string{phone}
	id := ""
	w.play(&id, []line{
		{code, post, "/registrations", joinForm(), 409, []string{"registration.match", "联系单位联络员"}, private},
		{worker, post, "/units/2000/roster", rosterForm("钱文武", phone), 200, []string{`"added":1`}, private},
		{code, post, "/registrations", joinForm(), 409, []string{"registration.match"}, []string{"钱文武"}},
		{liaison, get, "/units/2000/roster", nil, 200, []string{"钱文武", "136****0001"}, private},
		{worker, get, "/units/2000/roster", nil, 200, []string{"钱**", "136****0001"}, []string{phone, "钱文武"}},
		{liaison, get, "/units/2001/roster", nil, 404, []string{"org.not_found"}, nil},
		{resident, get, "/units/2000/roster", nil, 403, nil, nil},
	})
	entry := w.Get(liaison, "/units/2000/roster").At("items.0.id")
	w.Must(liaison, post, "/units/2000/roster/"+entry+"/remove", nil)
	w.Must(admin, post, "/units/2000/roster", rosterForm(name, phone))
	id = w.Must(code, post, "/registrations", joinForm()).ID()
	reg := "/registrations/ID"
	w.play(&id, []line{
		{code, get, "/registrations/mine", nil, 200, []string{"ID", "待确认", "县人民医院", "红星社区", "第一网格"}, private},
		{worker, get, "/registrations", nil, 200, []string{"ID", "钱**", `"actions":["confirm","return","reject"]`}, []string{phone, name}},
		{township, get, "/registrations", nil, 200, []string{`"items":[]`}, nil},
		{township, post, reg + "/confirm", nil, 403, []string{"registration.foreign"}, nil},
		{stranger, get, reg, nil, 404, nil, nil},
		{neighbour, get, reg, nil, 404, nil, nil},
		{liaison, get, reg, nil, 404, nil, nil},
		{code, put, "/registrations/ID/slip-consent", nil, 200, []string{"slip_consent_at"}, nil},
		{worker, post, reg + "/confirm", nil, 200, []string{`"state":"confirmed"`, "确认报到", "社区或上级工作人员"}, private},
		{worker, post, reg + "/confirm", nil, 409, []string{"registration.state"}, nil},
		{code, get, "/me", nil, 200, []string{`"role":"member"`}, nil},
		{code, get, "/wishes?view=pool", nil, 200, nil, nil},
		{code, get, reg + "/slip/2026Q3", nil, 200, []string{`"named":true`, `"minutes":0`, name}, nil},
		{liaison, get, "/units/2000/service", nil, 200, []string{name, `"services":0`}, private},
		{worker, get, "/units/2000/service?from=2026-07-01&to=2026-07-31", nil, 200, []string{"钱**"}, []string{phone, name}},
		{liaison, get, "/units/2000/service?from=soon", nil, 422, nil, nil},
		{liaison, get, "/units/2000/slips/2026Q3", nil, 200, []string{`"members":1`, `"unnamed":0`, name, "2026年第3季度"}, private},
		{liaison, get, "/units/2000/slips/2026Q4", nil, 422, []string{"slip.quarter"}, nil},
		{liaison, get, "/units/2000/slips/2026-3", nil, 422, []string{"request.invalid"}, nil},
		{liaison, get, "/units/2001/slips/2026Q3", nil, 404, nil, nil},
		{code, del, "/registrations/ID/slip-consent", nil, 200, nil, []string{"slip_consent_at"}},
		{liaison, get, "/units/2000/slips/2026Q3", nil, 200, []string{`"members":1`, "未同意公开明细 1 人", `"items":[]`}, []string{name}},
		{liaison, get, "/units/2000/service", nil, 200, []string{`"items":[]`}, []string{name}},
		{code, post, reg + "/leave", reason(), 200, []string{"退出待审"}, nil},
		{worker, get, "/registrations?state=leaving", nil, 200, []string{"ID"}, nil},
		{worker, post, reg + "/approve-leave", reason(), 200, []string{"已退出"}, nil},
		{code, get, "/me", nil, 200, nil, []string{`"role":"member"`}},
		{auditor, get, "/audits?subject=registration&subject_id=ID", nil, 200, []string{"registration.confirm", "registration.approve_leave"}, []string{name, phone}},
		{auditor, get, "/audits?subject=roster&subject_id=2000", nil, 200, []string{"roster.add", "roster.remove"}, []string{name, phone}},
	})
}

// TestARegistrationThatNobodyDecidesOnGoesUp over HTTP, by the clock.
func TestARegistrationThatNobodyDecidesOnGoesUp(t *testing.T) {
	w := laptop(t)
	_, id := w.registered(1, "submitted")
	w.Pass(7*24*time.Hour - time.Minute)
	if r := w.Get(township, "/registrations"); r.At("items.0.id") != "" {
		t.Errorf("the township has it early: %s", r)
	}
	w.Pass(time.Minute)
	if r := w.Get(township, "/registrations"); r.At("items.0.id") != id || r.At("items.0.escalated") != "true" {
		t.Errorf("the township has not got it: %s", r)
	}
	if r := w.Must(township, http.MethodPost, "/registrations/"+id+"/confirm", nil); r.At("state") != "confirmed" {
		t.Errorf("confirmed by the township: %s", r)
	}
}

// TestARosterComesAsAFile sends files of all kinds. More than other routes take is
// taken here, and no more than that.
func TestARosterComesAsAFile(t *testing.T) {
	w := laptop(t)
	const path = "/units/2000/roster/import"
	titles := []string{"姓名", "手机号"}
	var many [][]any
	for i := range 1000 {
		many = append(many, []any{"钱文斌", fmt.Sprintf("1360000%04d", i)})
	}
	send := func(file string, dry bool) apitest.Response {
		return w.Do(liaison, http.MethodPost, path, form{"file": file, "dry_run": dry})
	}
	if r := send(rosterFile(w, titles, many...), true); r.Status != 200 || r.At("added") != "1000" || r.At("dry_run") != "true" {
		t.Errorf("a dry run: %s", r)
	}
	bad := rosterFile(w, titles, []any{"钱文斌", "13600000001"}, []any{"钱", "13600000002"})
	if r := send(bad, true); r.Status != 200 || r.At("problems.0.row") != "3" {
		t.Errorf("a dry run of a bad file: %s", r)
	}
	if r := send(bad, false); r.Status != 422 || r.Code() != "roster.rows" || !strings.HasPrefix(r.At("fields.0.message"), "第 3 行") {
		t.Errorf("a bad file: %s", r)
	}
	noise := make([]byte, 1<<20)
	for i := range noise {
		noise[i] = byte(i * i >> 3)
	}
	large := base64.StdEncoding.EncodeToString(noise)
	for name, c := range map[string]struct {
		path string
		body any
		code string
	}{
		"no file but as large":     {path, form{"file": large}, "sheet.unreadable"},
		"more than is read":        {path, form{"file": large + large + large}, "request.too_large"},
		"as large elsewhere":       {"/units/2000/roster", form{"file": large}, "request.too_large"},
		"as large to another unit": {"/units/2001/roster/import", form{"file": large}, "org.not_found"},
		"no base64":                {path, form{"file": "钱文斌钱文斌"}, "request.invalid"},
		"a list":                   {path, form{"file": []int{1}}, "request.invalid"},
		"too many at once":         {"/units/2000/roster", form{"entries": bytes.Repeat([]byte("x"), 3)}, "request.invalid"},
	} {
		if r := w.Do(liaison, http.MethodPost, c.path, c.body); r.Code() != c.code {
			t.Errorf("%s: %s, want %s", name, r, c.code)
		}
	}
	if r := w.Do("", http.MethodPost, path, form{"file": large}); r.Status != http.StatusUnauthorized {
		t.Errorf("a visitor's file: %s", r)
	}
	if r := w.Get(liaison, "/units/2000/roster"); r.At("items.0.id") != "" {
		t.Errorf("the roster is %s", r)
	}
	if r := send(rosterFile(w, titles, many...), false); r.At("added") != "1000" {
		t.Errorf("a good file: %s", r)
	}
	r := w.Get(liaison, "/units/2000/roster/template.xlsx")
	if table, err := sheet.Read(strings.NewReader(r.Text)); err != nil || table[0][0] != "姓名" || r.Header.Get("Content-Type") != sheet.Type {
		t.Errorf("the template is %v, %v", table, err)
	}
	r = w.Get(liaison, "/units/2000/slips/2026Q3/file.xlsx")
	if table, err := sheet.Read(strings.NewReader(r.Text)); err != nil || table[0][0] != "县人民医院2026年第3季度双报到服务季度单" {
		t.Errorf("the slip is %v, %v", table, err)
	}
}
