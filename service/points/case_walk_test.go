package points_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
	"dandelion/service/points"
)

// walker takes cases along random ways, beside a model that knows only what
// each state means for the points.
type walker struct {
	*caseWorld
	cases []int64
}

// TestRandomWalksOfCases: whatever people and clocks do, in whatever order, a
// person has what the cases that stand have given and taken, and nothing hangs.
func TestRandomWalksOfCases(t *testing.T) {
	w := newCaseWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		k := &walker{caseWorld: w}
		start, _ := w.stands(w.member.UserID, model.AccountMember)
		for range 12 {
			k.step(t)
		}
		k.holds(t, start)
		w.pass(60 * 24 * time.Hour) // what is left of this walk is nobody's but the county's
	})
	w.sound()
}

// step lets somebody do something, or time go by.
func (k *walker) step(t *rapid.T) {
	ctx := context.Background()
	people := []model.Actor{k.worker, k.worker2, k.officer, k.county, k.member, k.auditor, k.elsewhere}
	who := rapid.SampledFrom(people).Draw(t, "who")
	switch way := rapid.IntRange(0, 9).Draw(t, "way"); {
	case way < 2 || len(k.cases) == 0:
		kind := rapid.SampledFrom(model.PointCaseKinds()).Draw(t, "kind")
		o := model.PointCaseOrder{Kind: kind, UserID: k.member.UserID, Amount: rapid.Int64Range(-3, 40).Draw(t, "amount"), Reason: "随机"}
		if c, err := k.ledger.Propose(ctx, who, o); err == nil {
			k.cases = append(k.cases, c.ID)
		} else if fault.Of(err) == nil {
			t.Fatalf("a refusal that nobody understands: %v", err)
		}
	case way == 2:
		k.pass(time.Duration(rapid.IntRange(1, 200).Draw(t, "hours")) * time.Hour)
	default:
		k.act(t, who, rapid.SampledFrom(k.cases).Draw(t, "case"))
	}
}

// act takes a step of a case, which must be taken exactly if it was said to be
// possible.
func (k *walker) act(t *rapid.T, who model.Actor, id int64) {
	ctx := context.Background()
	does := map[model.PointCaseEvent]func(context.Context, model.Actor, int64, string) (*points.Case, error){
		model.CaseApprove: k.ledger.Approve, model.CaseRefuse: k.ledger.Refuse, model.CaseAppeal: k.ledger.Appeal,
		model.CaseUphold: k.ledger.Uphold, model.CaseDismiss: k.ledger.Dismiss,
	}
	event := rapid.SampledFrom(model.PointCaseEvents()).Draw(t, "event")
	var possible []model.PointCaseEvent
	if c, err := k.ledger.Case(ctx, who, id); err == nil {
		possible = c.Possible
	}
	_, err := does[event](ctx, who, id, "随机")
	if slices.Contains(possible, event) != (err == nil) {
		t.Fatalf("%s by %d is said to be possible: %v, and then %v", event, who.UserID, possible, err)
	}
	if err != nil && fault.Of(err) == nil {
		t.Fatalf("a refusal that nobody understands: %v", err)
	}
}

// holds says what must be true wherever the cases stand.
func (k *walker) holds(t *rapid.T, start int64) {
	want := start
	for _, id := range k.cases {
		c, err := k.ledger.Case(context.Background(), k.worker, id)
		if err != nil {
			t.Fatal(err)
		}
		booked := slices.Contains([]model.PointCaseState{model.CaseApproved, model.CaseAppealed, model.CaseDismissed}, c.State)
		if booked {
			want += c.Change
		}
		txns, reversed := k.bookings(id)
		if txns != (booked || c.State == model.CaseUpheld) || reversed != (c.State == model.CaseUpheld) {
			t.Fatalf("a case that is %s: booked %v, reversed %v", c.State, txns, reversed)
		}
		ticks := countCases[model.Timer](k.caseWorld, "kind = ? AND subject_id = ?", model.PointCaseAlarm, id) == 1
		if waits := !c.State.Final(); waits != (c.QueueOrgID != 0) || ticks != (c.DueAt != nil) || waits != (ticks || c.Escalated) {
			t.Fatalf("a case that is %s: queue %d, clock %v, escalated %v", c.State, c.QueueOrgID, ticks, c.Escalated)
		}
		if last := c.History[len(c.History)-1]; last.ToState != string(c.State) {
			t.Fatalf("a case that is %s has a history that ends with %s", c.State, last.ToState)
		}
	}
	if got, honour := k.stands(k.member.UserID, model.AccountMember); got != want || honour != got {
		t.Fatalf("the member has %d points and %d honour, want %d", got, honour, want)
	}
}

// bookings says whether a case has been booked, and reversed.
func (k *walker) bookings(id int64) (booked, reversed bool) {
	n := countCases[model.PointTxn](k.caseWorld, "source_type = ? AND source_id = ?", model.OfPointCase, id)
	r := countCases[model.PointTxn](k.caseWorld, "source_type = ? AND source_id IN (?)", model.OfPointTxn, k.txns(id))
	if n > 1 || r > 1 {
		k.Errorf("case %d is booked %d times and reversed %d times", id, n, r)
	}
	return n == 1, r == 1
}

// txns returns what was booked for a case, and 0.
func (k *walker) txns(id int64) (ids []int64) {
	k.Helper()
	k.must(k.db.View(k.Context(), func(tx *db.Tx) error {
		return tx.Model(&model.PointTxn{}).Where("source_type = ? AND source_id = ?", model.OfPointCase, id).Pluck("id", &ids).Error
	}))
	return append(ids, 0)
}
