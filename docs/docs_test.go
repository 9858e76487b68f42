// Package docs_test keeps the generated documents true: each is made anew and
// compared with what is there. go test ./docs -update writes them.
package docs_test

import (
	"bytes"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dandelion/api"
	"dandelion/config"
	"dandelion/internal/app"
	"dandelion/internal/db"
	"dandelion/model"
)

var update = flag.Bool("update", false, "write the documents")

func TestDocumentsAreTrue(t *testing.T) {
	c := config.Embedded(t.TempDir())
	c.Demo = false
	a, err := app.New(t.Context(), c, app.Outside{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for name, make := range map[string]func() (string, error){
		"openapi.yaml":   func() (string, error) { text, err := a.API.Document.YAML(); return string(text), err },
		"errors.md":      errorsPage,
		"states.md":      statesPage,
		"schema.sql":     func() (string, error) { return db.Schema("mysql") },
		"config.md":      configPage,
		"permissions.md": func() (string, error) { return permissionsPage(a.API.Routes), nil },
	} {
		t.Run(name, func(t *testing.T) {
			got, err := make()
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal([]byte(got), want) {
				t.Errorf("docs/%s is out of date: run go test ./docs -update", name)
			}
		})
	}
}

func errorsPage() (string, error) {
	var b strings.Builder
	b.WriteString("# 错误码 Errors\n\n每个错误答复都是 RFC 9457 的 `application/problem+json`; `code` 是稳定的, 文字可能改进。\n" +
		"Every refusal is a problem (RFC 9457). Programs go by `code`, people by `detail`.\n\n| code | HTTP | detail |\n| --- | --- | --- |\n")
	for _, e := range api.ErrorList() {
		if strings.Contains(e.Code, " ") {
			return "", fmt.Errorf("%s", e.Code)
		}
		fmt.Fprintf(&b, "| `%s` | %d | %s |\n", e.Code, e.Status, e.Message)
	}
	return b.String(), nil
}

// arrow is one way of a loop, as the page tells it.
type arrow struct{ event, title, from, to, who string }

// place is a state of a loop, as the page tells it.
type place struct {
	name, title string
	final       bool
}

func statesPage() (string, error) {
	var b strings.Builder
	b.WriteString("# 状态流转 States\n")
	var places []place
	var arrows []arrow
	for _, s := range model.WishStates() {
		places = append(places, place{string(s), s.Title(), s.Final()})
	}
	for _, a := range model.WishArrows() {
		arrows = append(arrows, arrow{string(a.Event), a.Event.Title(), string(a.From), string(a.To), strings.Join(a.By.Titles(), "、")})
	}
	loop(&b, "微心愿 Wish: 点单 → 派单 → 接单 → 晒单 → 评单", "draft", places, arrows)
	places, arrows = nil, nil
	for _, s := range model.RedemptionStates() {
		places = append(places, place{string(s), s.Title(), s.Final()})
	}
	for _, a := range model.RedemptionArrows() {
		arrows = append(arrows, arrow{string(a.Event), a.Event.Title(), string(a.From), string(a.To), a.By.Title()})
	}
	loop(&b, "兑换 Redemption", "held", places, arrows)
	places, arrows = nil, nil
	for _, s := range model.PointCaseStates() {
		places = append(places, place{string(s), s.Title(), s.Final()})
	}
	for _, a := range model.PointCaseArrows() {
		arrows = append(arrows, arrow{string(a.Event), a.Event.Title(), string(a.From), string(a.To), a.By.Title()})
	}
	loop(&b, "扣减和调整 Point case", "proposed", places, arrows)
	checks(&b, "活动 Activity", model.ActivityStates(), model.ActivityArrows())
	checks(&b, "场次 Slot", model.SlotStates(), model.SlotArrows())
	checks(&b, "报名 Enrolment", model.EnrolmentStates(), model.EnrolmentArrows())
	checks(&b, "签到 Attendance", model.AttendanceStates(), model.AttendanceArrows())
	checks(&b, "更正 Correction", model.CorrectionStates(), model.CorrectionArrows())
	checks(&b, "异议 Dispute", model.DisputeStates(), model.DisputeArrows())
	places, arrows = nil, nil
	for _, s := range model.RegistrationStates() {
		places = append(places, place{string(s), s.Title(), s.Final()})
	}
	for _, a := range model.RegistrationArrows() {
		arrows = append(arrows, arrow{string(a.Event), a.Title, string(a.From), string(a.To), a.By.Title()})
	}
	loop(&b, "双报到 Registration", "submitted", places, arrows)
	return b.String(), nil
}

// checks writes one of the loops of activities. A state that nothing leads out
// of is final.
func checks[S interface {
	~string
	Title() string
}](b *strings.Builder, title string, states []S, all []model.CheckArrow) {
	var places []place
	var arrows []arrow
	first := ""
	for _, a := range all {
		arrows = append(arrows, arrow{string(a.Event), a.Title, a.From, a.To, a.By.Title()})
		if a.From == "" && first == "" {
			first = a.To
		}
	}
	for _, s := range states {
		leads := slices.ContainsFunc(all, func(a model.CheckArrow) bool { return a.From == string(s) && a.To != a.From })
		places = append(places, place{string(s), s.Title(), !leads})
	}
	loop(b, title, first, places, arrows)
}

// loop writes a diagram and a table of one loop.
func loop(b *strings.Builder, title, first string, places []place, arrows []arrow) {
	fmt.Fprintf(b, "\n## %s\n\n```mermaid\nstateDiagram-v2\n    [*] --> %s\n", title, first)
	for _, p := range places {
		fmt.Fprintf(b, "    %s: %s\n", p.name, p.title)
	}
	for _, a := range arrows {
		if a.from != a.to && a.from != "" {
			fmt.Fprintf(b, "    %s --> %s: %s\n", a.from, a.to, a.title)
		}
	}
	for _, p := range places {
		if p.final {
			fmt.Fprintf(b, "    %s --> [*]\n", p.name)
		}
	}
	b.WriteString("```\n\n| event | 事件 | from → to | who 谁可以 |\n| --- | --- | --- | --- |\n")
	for _, a := range arrows {
		from := "`" + a.from + "`"
		if a.from == "" {
			from = "·"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s → `%s` | %s |\n", a.event, a.title, from, a.to, a.who)
	}
}

func configPage() (string, error) {
	var b strings.Builder
	b.WriteString("# 配置 Configuration\n\n每项都可以用命令行参数或环境变量设置; 什么都不设时在一台笔记本上就能运行。\n" +
		"Each is a flag or an environment variable; with none of them the system runs on a laptop.\n\n| flag | environment | default | 说明 |\n| --- | --- | --- | --- |\n")
	for f := range reflect.TypeFor[config.Config]().Fields() {
		name := f.Tag.Get("name")
		if name == "" {
			name = kebab(f.Name)
		}
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", name, f.Tag.Get("env"), f.Tag.Get("default"), strings.ReplaceAll(f.Tag.Get("help"), "|", "\\|"))
	}
	return b.String(), nil
}

func kebab(s string) string {
	var b strings.Builder
	for i, r := range s {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(strings.ToLower(string(r)))
	}
	return b.String()
}

func permissionsPage(routes []api.RouteInfo) string {
	var b strings.Builder
	b.WriteString("# 权限 Permissions\n\n默认拒绝; 每个接口声明一项权限, 更细的规则 (本人的心愿、本社区、不是同一个人) 在业务规则里。\n" +
		"Default deny. Each route names one permission; the finer rules are the nouns' own.\n\n| permission | held by 持有者 |\n| --- | --- |\n")
	var seen []model.Permission
	for _, r := range routes {
		if !slices.Contains(seen, r.Permission) {
			seen = append(seen, r.Permission)
		}
	}
	slices.Sort(seen)
	for _, p := range seen {
		fmt.Fprintf(&b, "| `%s` | %s |\n", p, holders(p))
	}
	b.WriteString("\n| route | permission |\n| --- | --- |\n")
	for _, r := range routes {
		fmt.Fprintf(&b, "| `%s %s` | `%s` |\n", r.Method, r.Path, r.Permission)
	}
	return b.String()
}

// holders finds out who holds a permission by trying.
func holders(p model.Permission) string {
	if (model.Actor{}).Admit(p) == nil {
		return "所有人 (无需登录)"
	}
	if (model.Actor{UserID: 1}).Admit(p) == nil {
		return "所有已登录的人"
	}
	if (model.Actor{UserID: 1, Consent: "1.0"}).Admit(p) == nil {
		return "所有已同意隐私政策的人"
	}
	var all []string
	for _, r := range model.Roles() {
		if (model.Actor{UserID: 1, Consent: "1.0", Held: []model.Held{{Role: r}}}).Admit(p) == nil {
			all = append(all, r.Title())
		}
	}
	return strings.Join(all, "、")
}
