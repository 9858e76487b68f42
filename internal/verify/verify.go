// Package verify proves that the points add up (对账). It is one checker for
// tests, for the command and for the nightly job: it reads the whole ledger and
// what is derived from it, in chunks, and says what differs from what must be.
//
// It runs beside a system at work. Each chunk is read in one snapshot, so what
// is compared is of one moment, and a booking is in it wholly or not at all.
package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

const (
	batch   = 1000             // rows of one chunk
	patient = 30 * time.Second // the deadline of a chunk
	most    = 100              // findings that are kept of a check; all are counted
)

var errUnknown = errors.New("verify: no such check")

// Check is something that must be true (检查项).
type Check struct {
	Name  string
	Title string // for people: Chinese, then English
}

// Finding is a place where a check does not hold (差异).
type Finding struct {
	TenantID int64 // 0: unknown
	Of       string
	What     string
	Expected string
	Found    string
}

// Result is what came of a check.
type Result struct {
	Check
	Rows      int64 // how many were looked at
	Differing int64
	Findings  []Finding
}

// Report is what came of all checks (对账报告).
type Report struct {
	StartedAt, FinishedAt time.Time
	Results               []Result
}

// walk goes over a table once, and makes its checks of each row.
type walk struct {
	over   func(ctx context.Context, v *verifier) error
	checks []Check
}

// walks is the table of all checks. Whoever adds a table that the ledger has to
// agree with adds a walk over it here.
var walks = []walk{
	{overLedger, []Check{
		{"txn.lines", "借贷相抵: the lines of a transaction add up to 0, on the accounts of its kind"},
		{"txn.hash", "内容未改: the hash of a transaction is that of its content"},
		{"txn.once", "来源与凭证号唯一: a source or a request is booked once"},
		{"txn.reversal", "冲正镜像: a reversal mirrors one transaction, once"},
		{"txn.deeds", "荣誉分: the honour of deeds is that of the lines"},
		{"txn.covered", "不可透支: nobody spent what he did not have"},
		{"txn.source", "有据可查: what was spent, corrected or has expired is for a row that says so"},
		{"earn.explained", "计分可复算: what was earned is what its rule gives"},
		{"earn.fate", "入账去向: what was earned is posted, taken back or waits"},
		{"earn.source", "计分来源: what was earned is for a wish that is closed"},
		{"line.orphan", "分录有主: each line has its transaction and its balance"},
		{"line.total", "总账平衡: all lines add up to 0"},
	}},
	{overBalances, []Check{{"balance", "余额: a balance is the sum of its lines"}}},
	{overCaps, []Check{
		{"cap.day", "每日上限: nobody has more than a day's cap"},
		{"cap.pair", "同一对象每月次数: nobody has more from one pair than a month's cap"},
	}},
	{overDeeds, []Check{{"deed", "事迹有主: each deed has its transaction and counts in every period"}}},
	{overStandings, []Check{{"standing", "榜单: a standing is the sum of the deeds of its period"}}},
	{overWishes, []Check{{"wish.earns", "办结计分: each closed wish has earned"}}},
	{overRewards, []Check{{"reward.stock", "库存: no reward has less than nothing left"}}},
	{overRedemptions, []Check{
		{"redemption.hold", "兑换扣分: each redemption holds its cost, once"},
		{"redemption.fate", "兑换退分: what came to nothing was given back, and nothing else"},
		{"redemption.wait", "兑换期限与名额: what waits has a timer, and what counts has a place"},
	}},
	{overDonations, []Check{{"donation.given", "捐赠入池: each donation went from its giver to his community"}}},
	{overCases, []Check{
		{"case.booked", "处理入账: what a case does is booked if it was approved, once"},
		{"case.fate", "处理冲正: what was booked is reversed if the appeal was right, and else not"},
		{"case.alarm", "处理期限: whoever has to act has a deadline, and that has a timer"},
	}},
	{overRecords, []Check{
		{"record.earns", "时长计分: hours that count have earned, once, and others have not"},
		{"record.source", "签到与时长: the minutes of each attendance are in its record"},
		{"record.day", "每日时长上限: nobody has more hours of a day than count"},
	}},
	{overNotices, []Check{{"expiry.booked", "到期扣分: what was said to have expired has, once"}}},
}

// Checks returns every check, in the order of the report.
func Checks() []Check {
	var all []Check
	for _, w := range walks {
		all = append(all, w.checks...)
	}
	return all
}

// verifier makes the checks of one run.
type verifier struct {
	db      *db.DB
	results map[string]*Result
	totals  map[int64]int64 // of all lines, by tenant
	now     time.Time
}

// Run makes the checks of the given names, or all of them.
func Run(ctx context.Context, d *db.DB, names ...string) (*Report, error) {
	v := &verifier{db: d, results: map[string]*Result{}, totals: map[int64]int64{}}
	if err := v.tell(ctx); err != nil {
		return nil, err
	}
	r := &Report{StartedAt: v.now}
	for _, c := range Checks() {
		v.results[c.Name] = &Result{Check: c}
	}
	for _, name := range names {
		if v.results[name] == nil {
			return nil, fmt.Errorf("%w: %q", errUnknown, name)
		}
	}
	wanted := func(c Check) bool { return len(names) == 0 || slices.Contains(names, c.Name) }
	for _, w := range walks {
		if !slices.ContainsFunc(w.checks, wanted) {
			continue
		}
		if err := w.over(ctx, v); err != nil {
			return nil, fmt.Errorf("verify: %s: %w", w.checks[0].Name, err)
		}
		for _, c := range w.checks {
			if wanted(c) {
				r.Results = append(r.Results, *v.results[c.Name])
			}
		}
	}
	if err := v.tell(ctx); err != nil {
		return nil, err
	}
	r.FinishedAt = v.now
	return r, nil
}

// tell asks what time it is.
func (v *verifier) tell(ctx context.Context) error {
	return v.db.View(ctx, func(tx *db.Tx) error { v.now = tx.Now; return nil })
}

// read reads one chunk, in one snapshot and in bounded time.
func (v *verifier) read(ctx context.Context, f func(tx *db.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	return v.db.Snapshot(ctx, f)
}

// each calls chunk until it has seen the end of its table.
func (v *verifier) each(ctx context.Context, chunk func(tx *db.Tx) (more bool, err error)) error {
	for more := true; more; {
		err := v.read(ctx, func(tx *db.Tx) (err error) {
			more, err = chunk(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// saw counts the rows that a check has looked at.
func (v *verifier) saw(check string, n int) { v.results[check].Rows += int64(n) }

// differs notes that a check does not hold somewhere.
func (v *verifier) differs(check string, f Finding) {
	r := v.results[check]
	if r.Differing++; len(r.Findings) < most {
		r.Findings = append(r.Findings, f)
	}
}

// rulesOf returns all versions of all tenants' rules, which are few.
func rulesOf(tx *db.Tx) (map[int64][]model.PointRule, error) {
	var all []model.PointRule
	if err := tx.Order("tenant_id, version").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	by := map[int64][]model.PointRule{}
	for _, r := range all {
		if err := r.Read(); err != nil {
			return nil, err
		}
		by[r.TenantID] = append(by[r.TenantID], r)
	}
	return by, nil
}

// version returns one version of a tenant's rules; nil if there is none.
func version(rules map[int64][]model.PointRule, tenant, n int64) *model.PointRule {
	if n == 0 {
		return &model.PointRule{}
	}
	for i := range rules[tenant] {
		if rules[tenant][i].Version == n {
			return &rules[tenant][i]
		}
	}
	return nil
}
