package verify

import (
	"strings"
	"testing"
	"time"
)

// proof is a report with one check that holds, and one that does not.
func proof() *Report {
	at := time.Date(2026, 7, 1, 19, 0, 0, 0, time.UTC)
	return &Report{StartedAt: at, FinishedAt: at.Add(1500 * time.Millisecond), Results: []Result{
		{Check: Check{"line.total", "总账平衡: all lines add up to 0"}, Rows: 402},
		{
			Check: Check{"balance", "余额: a balance is the sum of its lines"}, Rows: 154, Differing: 3,
			Findings: []Finding{{TenantID: 1000, Of: "point_balances member of 7", What: "amount", Expected: "12", Found: "13"}},
		},
	}}
}

func TestAReportSaysWhatDiffers(t *testing.T) {
	r := proof()
	if r.Checked() != 556 || r.Differing() != 3 || r.Of("balance").Rows != 154 || r.Of("nothing").Rows != 0 {
		t.Errorf("%d checked, %d differ", r.Checked(), r.Differing())
	}
	text := r.String()
	for _, want := range []string{
		"line.total            402  ok  总账平衡", "不符 3 DIFFERS", "point_balances member of 7: amount; 应为 expected 12, 实为 found 13",
		"另有 2 处 more", "共核对 checked 556, 不符 differing 3, 用时 took 1.5s",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
}

// shut is a writer that takes no more.
type shut struct{}

func (shut) Write([]byte) (int, error) { return 0, errUnknown }

func TestPrintingFailsIfAnythingDiffers(t *testing.T) {
	var b strings.Builder
	err := proof().Print(&b)
	if err == nil || !strings.Contains(err.Error(), "3 处不符") || !strings.Contains(b.String(), "balance") {
		t.Errorf("%v after\n%s", err, b.String())
	}
	sound := proof()
	sound.Results = sound.Results[:1]
	b.Reset()
	if err := sound.Print(&b); err != nil || !strings.Contains(b.String(), "differing 0") {
		t.Errorf("%v after\n%s", err, b.String())
	}
	if err := sound.Print(shut{}); err == nil {
		t.Error("a report that could not be printed has succeeded")
	}
}

func TestAStoredReportIsTheSame(t *testing.T) {
	text, err := proof().text()
	if err != nil {
		t.Fatal(err)
	}
	r, err := Read(text)
	if err != nil || r.String() != proof().String() || !r.StartedAt.Equal(proof().StartedAt) {
		t.Errorf("%v\n%s", err, r)
	}
	if _, err := Read("no report"); err == nil {
		t.Error("what is no report was read")
	}
}

// TestEveryCheckHasANameOfItsOwn: a check is asked for by its name, and told to
// people in both languages.
func TestEveryCheckHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range walks {
		if w.over == nil || len(w.checks) == 0 {
			t.Error("a walk that checks nothing")
		}
		for _, c := range w.checks {
			chinese, english, both := strings.Cut(c.Title, ": ")
			if seen[c.Name] || c.Name == "" || !both || chinese == "" || english == "" {
				t.Errorf("check %q is called %q", c.Name, c.Title)
			}
			seen[c.Name] = true
		}
	}
	if len(seen) < 17 {
		t.Errorf("there are only %d checks", len(seen))
	}
}
