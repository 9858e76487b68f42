package points_test

import (
	"errors"
	"flag"
	"maps"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
)

var sequences = flag.Int("sequences", 500, "how many random sequences of operations the ledger is compared with its model in; .ci/test does 20000")

// paper is the pure model: what the accounts should be, by arithmetic alone.
// It knows nothing of the code that it judges.
type paper struct {
	accounts map[paperAccount]int64
	honour   map[int64]int64
	feats    []*paperFeat
	holds    []*paperHold
}

type paperAccount struct {
	user int64
	name model.Account
}

// paperFeat is something earned. Got is in the order of the team.
type paperFeat struct {
	source int64
	txn    int64
	team   []int64
	got    map[int64]int64
	day    time.Time // midnight in Shanghai
	pair   string
	posted bool
	undone bool
}

type paperHold struct {
	txn, user, amount int64
	released          bool
}

// worth is domain.md §7, written down once more: base times difficulty times
// stars, half a point being a point.
func worth(f model.Facts) int64 {
	base := map[model.WishKind]float64{model.WishService: 10, model.WishGoods: 8, model.WishCompanionship: 6 * float64(f.Minutes) / 60}[f.Kind]
	hard := map[model.Difficulty]float64{model.Easy: 1, model.Medium: 1.2, model.Hard: 1.5}[f.Difficulty]
	good := []float64{0.8, 0, 0, 0.8, 1, 1.2}[f.Stars]
	return int64(base*hard*good + 0.5 + 1e-9)
}

// earn says what each of a team gets, and writes it down.
func (m *paper) earn(f *paperFeat, facts model.Facts) {
	total, n := worth(facts), int64(len(f.team))
	own := map[int64]bool{}
	for _, u := range facts.Own {
		own[u] = true
	}
	for i, user := range f.team {
		share := total / n
		if int64(i) < total%n {
			share++
		}
		var day, pair int64
		for _, g := range m.feats {
			if g.undone || g.got[user] == 0 {
				continue
			}
			if g.day.Equal(f.day) {
				day += g.got[user]
			}
			if g.pair == f.pair && g.day.Year() == f.day.Year() && g.day.Month() == f.day.Month() {
				pair++
			}
		}
		switch {
		case own[user], pair >= 2:
			share = 0
		case day+share > 40:
			share = 40 - day
		}
		f.got[user] = share
		m.accounts[paperAccount{user, model.AccountPending}] += share
	}
	m.feats = append(m.feats, f)
}

func (m *paper) post(f *paperFeat, sign int64) {
	for user, n := range f.got {
		m.accounts[paperAccount{user, model.AccountPending}] -= sign * n
		m.accounts[paperAccount{user, model.AccountMember}] += sign * n
		m.honour[user] += sign * n
	}
}

func (m *paper) undo(f *paperFeat) {
	if f.undone {
		return
	}
	if f.posted {
		m.post(f, -1)
	}
	for user, n := range f.got {
		m.accounts[paperAccount{user, model.AccountPending}] -= n
	}
	f.undone = true
}

// run is one sequence: a few people of their own in the database that all
// sequences share, and the paper.
type run struct {
	*rapid.T
	p     *proof
	m     *paper
	users []int64
}

// TestRandomSequencesEqualAPureModel: whatever is booked in whatever order, the
// balances, the honour and what is pending are what arithmetic on paper says,
// and everything verifies.
func TestRandomSequencesEqualAPureModel(t *testing.T) {
	if dbtest.Remote() && !isSet("sequences") {
		*sequences = 300 // the arithmetic is the same on every engine
	}
	before := flag.Lookup("rapid.checks").Value.String()
	defer func() { _ = flag.Set("rapid.checks", before) }()
	if !isSet("rapid.checks") {
		if err := flag.Set("rapid.checks", strconv.Itoa(*sequences)); err != nil {
			t.Fatal(err)
		}
	}
	p := proofOf(t)
	done, operations := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		base := firstMember + p.next()*10
		r := &run{T: rt, p: p, users: []int64{base, base + 1, base + 2}, m: &paper{accounts: map[paperAccount]int64{}, honour: map[int64]int64{}}}
		operations += r.play()
		r.compare()
		if done++; done == 100 || done == 1000 {
			p.verified(ledgerChecks...)
		}
	})
	report := p.verified(ledgerChecks...)
	t.Logf("%d sequences, %d operations, %d rows verified", done, operations, report.Checked())
}

// ledgerChecks are those that need no wishes: the feats of the sequences have
// none.
var ledgerChecks = []string{
	"txn.lines", "txn.hash", "txn.once", "txn.reversal", "txn.deeds", "txn.covered", "earn.explained", "earn.fate", "line.orphan", "line.total",
	"balance", "cap.day", "cap.pair", "deed", "standing",
}

func isSet(name string) (set bool) {
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

// play does some operations and returns how many.
func (r *run) play() int {
	all := []func(){
		r.earn, r.earn, r.earn, r.mature, r.mature, r.undo, r.adjust, r.penalise, r.hold, r.hold, r.release, r.donate, r.expire, r.wait,
	}
	n := rapid.IntRange(3, 8).Draw(r.T, "operations")
	for range n {
		all[rapid.IntRange(0, len(all)-1).Draw(r.T, "operation")]()
	}
	return n
}

func (r *run) user() int64 { return rapid.SampledFrom(r.users).Draw(r.T, "user") }

func (r *run) update(f func(tx *db.Tx) error) {
	if err := r.p.update(f); err != nil {
		r.Fatal(err)
	}
}

// wait lets time pass: to another day, or another month, or ten minutes back.
func (r *run) wait() {
	r.p.clock.Pass(rapid.SampledFrom([]time.Duration{time.Hour, 15 * time.Hour, 24 * time.Hour, 20 * 24 * time.Hour, -10 * time.Minute}).Draw(r.T, "time"))
}

func (r *run) earn() {
	team := rapid.Permutation(r.users).Draw(r.T, "team")[:rapid.IntRange(1, len(r.users)).Draw(r.T, "size")]
	facts := model.Facts{
		Team: team, Kind: rapid.SampledFrom([]model.WishKind{model.WishService, model.WishGoods, model.WishCompanionship}).Draw(r.T, "kind"),
		Difficulty: rapid.SampledFrom([]model.Difficulty{model.Easy, model.Medium, model.Hard}).Draw(r.T, "difficulty"),
		Minutes:    rapid.Int64Range(1, 480).Draw(r.T, "minutes"), Stars: rapid.Int64Range(0, 5).Draw(r.T, "stars"), Solved: model.SolvedYes,
	}
	if rapid.IntRange(0, 5).Draw(r.T, "own") == 0 {
		facts.Own = team[:1]
	}
	now := r.p.clock.Now()
	local := now.Add(8 * time.Hour).UTC()
	f := &paperFeat{
		source: r.p.next(), team: team, got: map[int64]int64{}, pair: rapid.SampledFrom([]string{"", "u1", "u2"}).Draw(r.T, "pair"),
		day: time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC),
	}
	if f.pair == "" {
		f.pair = "u" + strconv.FormatInt(f.source, 10)
	}
	r.update(func(tx *db.Tx) error {
		err := r.p.ledger.Earn(tx, model.Feat{
			Source: model.OfClaim, SourceID: f.source, TenantID: proofCounty, IssuerID: proofCommunity, Pair: f.pair, Title: "心愿办结", At: now,
			PostAt: now.AddDate(0, 0, 7), Facts: facts,
		})
		if err != nil {
			return err
		}
		return tx.Raw("SELECT id FROM point_txns WHERE tenant_id = ? AND source_type = ? AND source_id = ? AND kind = ?",
			proofCounty, model.OfClaim, f.source, model.PointEarn).Scan(&f.txn).Error
	})
	r.m.earn(f, facts)
}

// mature fires the timer of something earned, which may have been taken back,
// or may fire twice.
func (r *run) mature() {
	if len(r.m.feats) == 0 {
		return
	}
	f := rapid.SampledFrom(r.m.feats).Draw(r.T, "feat")
	r.update(func(tx *db.Tx) error {
		if err := tx.Exec("DELETE FROM timers WHERE kind = ? AND subject_id = ?", model.PointsPost, f.txn).Error; err != nil {
			return err
		}
		return r.p.ledger.Mature(tx, f.txn)
	})
	if !f.posted && !f.undone {
		r.m.post(f, 1)
		f.posted = true
	}
}

func (r *run) undo() {
	if len(r.m.feats) == 0 {
		return
	}
	f := rapid.SampledFrom(r.m.feats).Draw(r.T, "feat")
	r.update(func(tx *db.Tx) error {
		return r.p.ledger.Undo(tx, proofCounty, model.OfClaim, f.source, "重新办理", model.SystemActor(proofCounty))
	})
	r.m.undo(f)
}

// book books one movement, sometimes twice, and returns the transaction; nil if
// the member had not enough.
func (r *run) book(kind model.PointKind, amount int64, from model.Account, payer int64, to model.Account, payee int64) *model.PointTxn {
	source := r.p.next()
	times := 1 + rapid.IntRange(0, 4).Draw(r.T, "again")/4
	var t *model.PointTxn
	for range times {
		err := r.p.update(func(tx *db.Tx) (err error) {
			t, err = r.p.ledger.Book(tx, posting(kind, source, amount, from, payer, to, payee))
			return err
		})
		if errors.Is(err, model.ErrPointsShort) {
			return nil
		}
		if err != nil {
			r.Fatal(err)
		}
	}
	return t
}

func (r *run) adjust() {
	user, n := r.user(), rapid.Int64Range(-30, 60).Draw(r.T, "points")
	if n == 0 || r.book(model.PointAdjust, n, model.AccountIssue, proofCommunity, model.AccountMember, user) == nil {
		return
	}
	r.m.accounts[paperAccount{user, model.AccountMember}] += n
	r.m.honour[user] += n
}

func (r *run) penalise() {
	user, n := r.user(), rapid.Int64Range(1, 30).Draw(r.T, "points")
	if r.book(model.PointPenalty, n, model.AccountMember, user, model.AccountPenalty, user) == nil {
		r.Fatal("a penalty may leave a debt")
	}
	r.m.accounts[paperAccount{user, model.AccountMember}] -= n
	r.m.accounts[paperAccount{user, model.AccountPenalty}] += n
	r.m.honour[user] -= n
}

// spend books what must be covered, and compares whether it was.
func (r *run) spend(kind model.PointKind, to model.Account) (user, n int64, t *model.PointTxn) {
	user, n = r.user(), rapid.Int64Range(1, 40).Draw(r.T, "points")
	payee := user
	if to == model.AccountPool {
		payee = proofCommunity
	}
	t = r.book(kind, n, model.AccountMember, user, to, payee)
	has := r.m.accounts[paperAccount{user, model.AccountMember}]
	if (t != nil) != (has >= n) {
		r.Fatalf("%s of %d by one who has %d: booked is %v", kind, n, has, t != nil)
	}
	if t == nil {
		return user, 0, nil
	}
	r.m.accounts[paperAccount{user, model.AccountMember}] -= n
	if to != model.AccountPool {
		r.m.accounts[paperAccount{user, to}] += n
	}
	return user, n, t
}

func (r *run) hold() {
	if user, n, t := r.spend(model.PointHold, model.AccountRedeem); t != nil {
		r.m.holds = append(r.m.holds, &paperHold{txn: t.ID, user: user, amount: n})
	}
}

func (r *run) donate() { r.spend(model.PointDonate, model.AccountPool) }
func (r *run) expire() { r.spend(model.PointExpire, model.AccountExpired) }

// release gives a hold back, perhaps for the second time.
func (r *run) release() {
	if len(r.m.holds) == 0 {
		return
	}
	h := rapid.SampledFrom(r.m.holds).Draw(r.T, "hold")
	r.update(func(tx *db.Tx) error {
		_, err := r.p.ledger.Reverse(tx, h.txn, "取消兑换", model.SystemActor(proofCounty))
		return err
	})
	if !h.released {
		r.m.accounts[paperAccount{h.user, model.AccountMember}] += h.amount
		r.m.accounts[paperAccount{h.user, model.AccountRedeem}] -= h.amount
		h.released = true
	}
}

// compare compares the database with the paper.
func (r *run) compare() {
	got, honour, stood := map[paperAccount]int64{}, map[int64]int64{}, map[int64]int64{}
	r.update(func(tx *db.Tx) error {
		var balances []model.PointBalance
		if err := tx.Where("owner_id IN ?", r.users).Find(&balances).Error; err != nil {
			return err
		}
		for _, b := range balances {
			got[paperAccount{b.OwnerID, b.Account}] = b.Amount
		}
		var deeds []model.Deed
		if err := tx.Where("user_id IN ?", r.users).Find(&deeds).Error; err != nil {
			return err
		}
		for _, d := range deeds {
			honour[d.UserID] += d.Honour
		}
		var standings []model.Standing
		if err := tx.Where("tenant_id = ? AND period = ? AND user_id IN ?", proofCounty, model.AllTime, r.users).Find(&standings).Error; err != nil {
			return err
		}
		for _, s := range standings {
			stood[s.UserID] = s.Honour
		}
		return nil
	})
	zero := func(_ paperAccount, n int64) bool { return n == 0 }
	maps.DeleteFunc(got, zero)
	maps.DeleteFunc(r.m.accounts, zero)
	if !maps.Equal(got, r.m.accounts) {
		r.Fatalf("accounts are %v, on paper %v", got, r.m.accounts)
	}
	for _, u := range r.users {
		if honour[u] != r.m.honour[u] || stood[u] != r.m.honour[u] {
			r.Fatalf("honour of %d is %d, stands as %d, on paper %d", u, honour[u], stood[u], r.m.honour[u])
		}
	}
}
