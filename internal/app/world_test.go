package app_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"testing"
	"time"

	"dandelion/config"
	"dandelion/internal/apitest"
)

// The people of the tests, by their login codes. All but the last two live in
// or work for the first community of the demo county.
const (
	resident  = "demo-resident"
	neighbour = "demo-neighbour"
	member    = "demo-member"
	member2   = "demo-member2"
	worker    = "demo-worker"
	worker2   = "demo-worker2"
	admin     = "demo-admin"
	auditor   = "demo-auditor"
	stranger  = "demo-other-worker"
	outsider  = "demo-other-member"
)

// memberID is the account of the member to whom wishes are dispatched.
const memberID = "10004"

// form is a body of JSON.
type form = map[string]any

// world is the demo county, spoken to over HTTP.
type world struct{ *apitest.Server }

func newWorld(t *testing.T) world {
	t.Helper()
	return world{apitest.New(t, apitest.Options{})}
}

// laptop is the demo county on the embedded engines, for what no server's
// database has a say in: it is there much sooner.
func laptop(t *testing.T) world {
	t.Helper()
	return world{apitest.New(t, apitest.Options{Embedded: true})}
}

func (w world) in1(t *testing.T) world { return world{w.In(t)} }

// reason is the body of most steps.
func reason() form { return form{"reason": "情况有变"} }

// orderForm is a wish of the resident's.
func orderForm(change form) form {
	f := form{
		"kind": "service", "age_group": "elder", "title": "厨房灯不亮", "detail": "想请人换个灯泡", "skill": "电工", "submit": true,
		"beneficiary": form{"name": "王秀英", "phone": "13812345678", "address": "红星路1号2单元301"},
	}
	maps.Copy(f, change)
	return f
}

// step takes a step of a wish that must succeed, and returns the wish.
func (w world) step(as, id, event string, body any) apitest.Response {
	w.Helper()
	return w.Must(as, http.MethodPost, "/wishes/"+id+"/"+event, body)
}

// order places a wish of the resident's, submitted unless change says not.
func (w world) order(change form) string {
	w.Helper()
	return w.Must(resident, http.MethodPost, "/wishes", orderForm(change)).ID()
}

// on is one step of the way to a state.
type on struct {
	as, event string
	body      func(w world) form
}

func just(f form) func(world) form { return func(world) form { return f } }

// ways say how a wish gets to each state. The claimer is ordered to, so that he
// can have any number of wishes. "asked" is one in service of which more time
// is asked for, "failing" an open one that somebody wants to give up.
var ways = map[string][]on{
	"submitted": nil,
	"returned":  {{worker, "return", just(form{"reason": "信息不全", "missing": "请补充时间"})}},
	"rejected":  {{worker, "reject", just(form{"code": "out_of_scope", "reason": "不在范围内", "next": "请联系物业"})}},
	"open":      {{worker, "publish", nil}},
	"cancelled": {{resident, "cancel", just(reason())}},

	"transferred": {{worker, "transfer", just(form{"to": "grid_event", "reason": "公共设施"})}},
	"suspended":   {{worker, "publish", nil}, {worker, "suspend", resumeIn(48 * time.Hour)}},
	"failing":     {{worker, "publish", nil}, {worker, "fail", just(reason())}},
	"unfulfilled": {{worker, "publish", nil}, {worker, "fail", just(reason())}, {worker2, "confirm_fail", nil}},
	"dispatched":  served[:2],
	"claimed":     served[:3],
	"in_service":  served[:4],
	"reported":    served[:5],

	"awaiting_evaluation": served[:6],
	"closed":              served,

	"rework": append(served[:5:5], on{worker, "send_back", just(reason())}),
	"asked":  append(served[:4:4], on{member, "extend", moreTime}),
}

var served = []on{
	{worker, "publish", nil},
	{worker, "dispatch", just(form{"user_id": memberID})},
	{member, "accept", nil},
	{member, "start", nil},
	{member, "report", just(form{"text": "已换好灯泡", "minutes": 30})},
	{worker, "verify", nil},
	{resident, "evaluate", just(form{"stars": 5, "solved": "yes"})},
}

func resumeIn(d time.Duration) func(world) form {
	return func(w world) form { return form{"resume_on": w.At(d), "reason": "等待配件"} }
}

// moreTime asks for a day beyond the ten that a service may take.
func moreTime(w world) form {
	return form{"until": w.At(11 * 24 * time.Hour), "reason": "配件未到"}
}

// in brings a new wish to a state.
func (w world) in(state string, change form) string {
	w.Helper()
	if state == "draft" {
		return w.order(form{"submit": false})
	}
	way, known := ways[state]
	if !known {
		w.Fatalf("there is no way to %s", state)
	}
	id := w.order(change)
	for _, s := range way {
		var body any
		if s.body != nil {
			body = s.body(w)
		}
		w.step(s.as, id, s.event, body)
	}
	return id
}

// withDatabase puts a system on another database than that of the tests.
func withDatabase(url string) func(*config.Config) {
	return func(c *config.Config) { c.Database = url }
}

// codeOf returns the code of a problem, "" of what is none.
func codeOf(text []byte) string {
	var p struct {
		Code string `json:"code"`
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return err.Error()
	}
	return p.Code
}
