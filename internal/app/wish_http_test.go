package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dandelion/internal/apitest"
)

// line is one request of a scenario; ID in a path or text stands for the wish.
type line struct {
	as, method, path string
	body             any
	status           int
	says             []string
	silent           []string
}

// play sends the requests of a scenario one after another.
func (w world) play(id *string, lines []line) {
	w.Helper()
	for n, l := range lines {
		path := strings.ReplaceAll(l.path, "ID", *id)
		r := w.Do(l.as, l.method, path, l.body)
		if r.Status != l.status {
			w.Fatalf("line %d: %s %s %s: %s, want %d", n, l.as, l.method, path, r, l.status)
		}
		for _, text := range l.says {
			if !strings.Contains(r.Text, strings.ReplaceAll(text, "ID", *id)) {
				w.Errorf("line %d: %s %s %s does not say %q: %s", n, l.as, l.method, path, text, r)
			}
		}
		for _, text := range l.silent {
			if strings.Contains(r.Text, strings.ReplaceAll(text, "ID", *id)) {
				w.Errorf("line %d: %s %s %s tells %q: %s", n, l.as, l.method, path, text, r)
			}
		}
		if l.method == http.MethodPost && l.path == "/wishes" {
			*id = r.ID()
		}
	}
}

// TestFivePeopleTakeAWishAllTheWay is the loop as people live it: a resident
// orders, a worker publishes, a member serves, another worker verifies, the
// resident judges, and an auditor reads what happened.
func TestFivePeopleTakeAWishAllTheWay(t *testing.T) {
	w := newWorld(t)
	const get, post = http.MethodGet, http.MethodPost
	personal := []string{"13812345678", "红星路1号", "王秀英"}
	id := ""
	w.play(&id, []line{
		{resident, post, "/wishes", orderForm(form{"submit": false}), 201, []string{`"state":"draft"`, `"actions":["submit","cancel"]`, "王**"}, personal},
		{worker, get, "/wishes/ID", nil, 404, nil, nil},
		{resident, post, "/wishes/ID/submit", nil, 200, []string{`"state":"submitted"`, "待审核"}, personal},
		{worker, get, "/wishes?view=queue&state=submitted", nil, 200, []string{"ID"}, personal},
		{member, get, "/wishes/ID", nil, 404, nil, nil},
		{worker, post, "/wishes/ID/publish", form{"difficulty": "medium"}, 200, []string{`"state":"open"`, `"scope":"community"`}, personal},
		{member, get, "/wishes?view=pool", nil, 200, []string{"ID"}, []string{"13812345678", "红星路1号", "王**"}},
		{member, get, "/wishes/ID", nil, 200, []string{`"masked":true`, `"actions":["claim"]`}, []string{"王**", "requester_id"}},
		{member, post, "/wishes/ID/reveal", reason(), 403, []string{"wish.reveal"}, personal},
		{neighbour, get, "/wishes/ID", nil, 404, nil, nil},
		{member, post, "/wishes/ID/claim", nil, 200, []string{`"state":"claimed"`, `"masked":false`}, personal},
		{member, post, "/wishes/ID/reveal", form{"reason": "约时间上门"}, 200, personal, nil},
		{member, post, "/wishes/ID/appoint", form{"at": w.At(5 * time.Hour)}, 200, []string{"appointment_at"}, personal},
	})
	w.Pass(5 * time.Hour)
	w.play(&id, []line{
		{member, post, "/wishes/ID/start", nil, 200, []string{`"state":"in_service"`}, personal},
		{member, get, "/wishes?view=claims", nil, 200, []string{"ID"}, personal},
		{member, post, "/wishes/ID/report", form{"text": "已换好灯泡", "minutes": 30}, 200, []string{`"state":"reported"`}, personal},
		{member, post, "/wishes/ID/verify", nil, 403, []string{"permission.denied"}, nil},
		{worker2, post, "/wishes/ID/verify", nil, 200, []string{`"state":"awaiting_evaluation"`}, personal},
		{worker2, post, "/wishes/ID/evaluate", form{"stars": 5, "solved": "yes"}, 403, []string{"wish.forbidden"}, nil},
		{resident, get, "/wishes?view=mine&state=awaiting_evaluation", nil, 200, []string{"ID"}, personal},
		{resident, post, "/wishes/ID/evaluate", form{"stars": 5, "solved": "yes", "comment": "又快又好"}, 200, []string{`"state":"closed"`, `"stars":5`}, personal},
		{resident, get, "/wishes/ID/reveals", nil, 200, []string{"约时间上门", "张志强"}, personal[:2]},
		{auditor, get, "/wishes/ID/history", nil, 200, []string{`"event":"order"`, `"event":"claim"`, `"event":"evaluate"`}, personal},
		{auditor, get, "/audits?subject=wish&subject_id=ID", nil, 200, []string{"wish.reveal"}, personal[:2]},
		{auditor, post, "/wishes/ID/reopen", reason(), 403, []string{"wish.forbidden"}, nil},
		{stranger, get, "/wishes/ID", nil, 404, nil, nil},
	})
}

// TestTheLoopGoesOnByItself lets nobody do anything, until the wish is in the
// queue of the township, and then lets the loop end without a judgement.
func TestTheLoopGoesOnByItself(t *testing.T) {
	w := newWorld(t)
	id := w.in("submitted", nil)
	w.Pass(25 * time.Hour)
	if r := w.Get(worker, "/wishes/"+id); r.At("light") != "red" {
		t.Errorf("after a day without review: %s", r)
	}
	if r := w.Get(worker, "/tasks"); !strings.Contains(r.Text, id) {
		t.Errorf("no task reminds of it: %s", r)
	}
	w.Pass(24 * time.Hour)
	if r := w.Get("demo-township", "/wishes?view=queue&state=submitted"); !strings.Contains(r.Text, id) {
		t.Errorf("the township does not see it: %s", r)
	}
	done := w.in("awaiting_evaluation", nil)
	w.Pass(8 * 24 * time.Hour)
	if r := w.Get(resident, "/wishes/"+done); r.At("state") != "closed" || r.At("stars") != "" {
		t.Errorf("what nobody judged is %s", r)
	}
}

// TestWhatIsWrongIsSaidOnceAndChangesNothing sends what clients should not.
func TestWhatIsWrongIsSaidOnceAndChangesNothing(t *testing.T) {
	w := newWorld(t)
	draft, submitted, serving, open := w.in("draft", nil), w.in("submitted", nil), w.in("in_service", nil), w.in("open", nil)
	claimed := w.in("claimed", nil)
	all := func() (text string) {
		for _, id := range []string{draft, submitted, serving, open} {
			text += w.Get(resident, "/wishes/"+id).Text + w.Get(resident, "/wishes/"+id+"/history?limit=50").Text
		}
		return text + w.Get(resident, "/wishes?view=mine&limit=50").Text
	}
	before := all()
	for _, c := range []struct {
		name, as, method, path string
		body                   any
		status                 int
		code                   string
		fields                 []string // every one of them, in order
	}{
		{"no JSON", resident, "POST", "/wishes", `{"title":`, 400, "request.malformed", nil},
		{"another encoding", resident, "POST", "/wishes", `{"kind":"service","age_group":"adult","title":"` + "\xff\xfe" + `灯不亮","beneficiary":{"phone":"13812345678"}}`, 400, "request.malformed", nil},
		{"a list", resident, "POST", "/wishes", `[]`, 422, "request.invalid", []string{"body"}},
		{"no body", worker, "POST", "/wishes/" + submitted + "/return", nil, 400, "request.malformed", nil},
		{"nothing in it", worker, "POST", "/wishes/" + submitted + "/return", `{}`, 422, "request.invalid", []string{"body", "body"}},
		{"a field too many", worker, "POST", "/wishes/" + submitted + "/publish", form{"dificulty": "easy"}, 422, "request.invalid", []string{"body.dificulty"}},
		{
			"three faults at once", member, "POST", "/wishes/" + serving + "/report",
			form{"text": "好", "minutes": 0, "photos": 3},
			422, "request.invalid",
			[]string{"body.minutes", "body.photos", "body.text"},
		},
		{"the wrong type", member, "POST", "/wishes/" + serving + "/report", form{"text": 5, "minutes": "30"}, 422, "request.invalid", []string{"body.minutes", "body.text"}},
		{"a text too long", worker, "POST", "/wishes/" + submitted + "/transfer", form{"to": "topic", "reason": strings.Repeat("长", 301)}, 422, "request.invalid", []string{"body.reason"}},
		{"a text of spaces", worker, "POST", "/wishes/" + submitted + "/transfer", form{"to": "topic", "reason": "　　 "}, 422, "request.text", []string{"body.reason"}},
		{"a text that cannot be seen", worker, "POST", "/wishes/" + submitted + "/transfer", form{"to": "topic", "reason": "a\u202eb"}, 422, "request.text", []string{"body.reason"}},
		{"a text with a NUL", worker, "POST", "/wishes/" + submitted + "/transfer", form{"to": "topic", "reason": "a\u0000c"}, 400, "request.malformed", nil},
		{"a word that there is not", worker, "POST", "/wishes/" + submitted + "/transfer", form{"to": "bin", "reason": "公共设施"}, 422, "request.invalid", []string{"body.to"}},
		{"too many stars", resident, "POST", "/wishes/" + serving + "/evaluate", form{"stars": 6, "solved": "yes"}, 422, "request.invalid", []string{"body.stars"}},
		{"a phone that is none", resident, "POST", "/wishes", orderForm(form{"beneficiary": form{"name": "王秀英", "phone": "12345"}}), 422, "request.invalid", []string{"body.beneficiary.phone"}},
		{"a proxy without consent", resident, "POST", "/wishes", orderForm(form{"channel": "proxy"}), 422, "wish.proxy_consent", []string{"body.consent_by"}},
		{"a wish for last year", resident, "POST", "/wishes", orderForm(form{"expected_by": "2025-01-01T00:00:00Z"}), 422, "wish.date", []string{"body.expected_by"}},
		{"a title and a text that cannot be seen", resident, "POST", "/wishes", orderForm(form{"title": "灯\n灯", "detail": "a\u202eb"}), 422, "wish.text", []string{"body.detail", "body.title"}},
		{
			"everything at once", resident, "POST", "/wishes",
			orderForm(form{
				"title": "x", "detail": "a\u202eb", "channel": "staff", "expected_by": "2025-01-01T00:00:00Z", "proxy_phone": "123",
				"beneficiary": form{"phone": "123", "address": "\u202e"},
			}),
			422, "request.invalid",
			[]string{
				"body.beneficiary.address", "body.beneficiary.name", "body.beneficiary.phone", "body.consent_by", "body.detail",
				"body.expected_by", "body.proxy_phone", "body.title",
			},
		},
		{"an edit of nothing good", resident, "PUT", "/wishes/" + draft, form{"kind": "service", "age_group": "elder", "title": "x", "detail": "\u202e"}, 422, "request.invalid", []string{"body.detail", "body.title"}},
		{"two texts of spaces", worker, "POST", "/wishes/" + submitted + "/return", form{"reason": "　　 ", "missing": "　　 "}, 422, "request.text", []string{"body.reason", "body.missing"}},
		{"an unknown parameter", resident, "GET", "/wishes?view=mine&sort=asc", nil, 422, "request.invalid", []string{"query.sort"}},
		{"no list", resident, "GET", "/wishes", nil, 422, "request.invalid", []string{"query.view"}},
		{"a list that there is not", resident, "GET", "/wishes?view=all", nil, 422, "request.invalid", []string{"query.view"}},
		{"too long a page", resident, "GET", "/wishes?view=mine&limit=51", nil, 422, "request.invalid", []string{"query.limit"}},
		{"an id that is none", resident, "GET", "/wishes/abc", nil, 422, "request.invalid", []string{"path.id"}},
		{"an id beyond all", resident, "GET", "/wishes/9223372036854775808", nil, 422, "request.invalid", []string{"path.id"}},
		{"an id of nothing", worker, "POST", "/wishes/77/publish", nil, 404, "wish.not_found", nil},
		{"a unit of another county", worker, "POST", "/wishes/" + open + "/dispatch", form{"org_id": "9300"}, 422, "wish.target", nil},
		{"a member of another county", worker, "POST", "/wishes/" + open + "/dispatch", form{"user_id": "10017"}, 422, "wish.target", nil},
		{"a place of another county", resident, "POST", "/wishes", orderForm(form{"place_id": "9200"}), 404, "org.not_found", nil},
		{"a day in the past", worker, "POST", "/wishes/" + open + "/suspend", form{"resume_on": "2020-01-01T00:00:00Z", "reason": "等待配件"}, 422, "wish.date", []string{"body.resume_on"}},
		{"a visit in the past", member, "POST", "/wishes/" + claimed + "/appoint", form{"at": "2020-01-01T00:00:00Z"}, 422, "wish.date", []string{"body.at"}},
		{"a time that has passed", member, "POST", "/wishes/" + serving + "/extend", form{"until": "2020-01-01T00:00:00Z", "reason": "等待配件"}, 422, "wish.date", []string{"body.until"}},
		{"a date that is none", worker, "POST", "/wishes/" + open + "/suspend", form{"resume_on": "明天", "reason": "等待配件"}, 422, "request.invalid", []string{"body.resume_on"}},
		{"a route that there is not", resident, "POST", "/wishes/" + open + "/explode", nil, 404, "route.not_found", nil},
		{"a method that there is not", resident, "DELETE", "/wishes/" + open, nil, 405, "route.method", nil},
		{"too much", resident, "POST", "/wishes", orderForm(form{"detail": strings.Repeat("多", 30_000)}), 413, "request.too_large", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := w.in1(t).Do(c.as, c.method, c.path, c.body)
			if r.Status != c.status || r.Code() != c.code || !slices.Equal(fields(r), c.fields) {
				t.Errorf("%s %v, want %d %s %v", r, fields(r), c.status, c.code, c.fields)
			}
		})
	}
	if after := all(); after != before {
		t.Errorf("something has changed:\n%s\n%s", before, after)
	}
}

// fields returns the paths that a problem names.
func fields(r apitest.Response) (paths []string) {
	list, _ := r.JSON["fields"].([]any)
	for i := range list {
		paths = append(paths, r.At(fmt.Sprintf("fields.%d.path", i)))
	}
	return paths
}

func TestAnotherContentTypeIsRefused(t *testing.T) {
	w := laptop(t)
	r := w.Do(resident, "POST", "/wishes", "title=x", "Content-Type", "application/x-www-form-urlencoded")
	if r.Status != http.StatusUnsupportedMediaType || r.Code() != "request.media_type" {
		t.Errorf("a form is answered with %s", r)
	}
}

// TestACursorIsGoodForItsReaderAndList takes a list apart and puts it together.
func TestACursorIsGoodForItsReaderAndList(t *testing.T) {
	w := newWorld(t)
	var all []string
	cursor := ""
	for {
		path := apitest.Query("/wishes", "view", "queue", "limit", "7", "cursor", cursor)
		if cursor == "" {
			path = apitest.Query("/wishes", "view", "queue", "limit", "7")
		}
		r := w.Get(worker, path)
		items, _ := r.JSON["items"].([]any)
		for i := range items {
			all = append(all, r.At(fmt.Sprintf("items.%d.id", i)))
		}
		if r.At("next") == "" {
			break
		}
		cursor = r.At("next")
	}
	whole := slices.Clone(all)
	slices.Sort(whole)
	if len(all) < 20 || len(slices.Compact(whole)) != len(all) {
		t.Errorf("the pages hold %d wishes, %d different ones", len(all), len(slices.Compact(whole)))
	}
	tampered := "A" + cursor[1:]
	if tampered == cursor {
		tampered = "B" + cursor[1:]
	}
	for name, c := range map[string]struct{ as, path string }{
		"tampered with":   {worker, apitest.Query("/wishes", "view", "queue", "cursor", tampered)},
		"cut short":       {worker, apitest.Query("/wishes", "view", "queue", "cursor", cursor[:12])},
		"of another list": {worker, apitest.Query("/wishes", "view", "community", "org_id", "1200", "cursor", cursor)},
		"of other filter": {worker, apitest.Query("/wishes", "view", "queue", "light", "red", "cursor", cursor)},
		"of another":      {worker2, apitest.Query("/wishes", "view", "queue", "cursor", cursor)},
		"of another kind": {worker, apitest.Query("/tasks", "cursor", cursor)},
	} {
		if r := w.Do(c.as, "GET", c.path, nil); r.Status != 422 || r.Code() != "cursor.invalid" {
			t.Errorf("a cursor %s: %s", name, r)
		}
	}
}
