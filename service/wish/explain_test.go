package wish_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
	"dandelion/service/wish"
)

// fill adds so many wishes, of all kinds and places, that a plan which reads
// them all is worse than one which does not.
func (w *world) fill() {
	w.Helper()
	states := model.WishStates()
	var all []*model.Wish
	for n := range int64(6000) {
		at := 3 + n%20*1000
		x := &model.Wish{
			ID: n + 1, TenantID: county, CommunityID: at, OrgPath: townshipPath.Below(at).Below(at + 1), State: states[n%int64(len(states))],
			Kind: []model.WishKind{model.WishService, model.WishGoods, model.WishCompanionship}[n%3], Urgency: []model.Urgency{model.Normal, model.Urgent}[n/2%2],
			Light: []model.Light{model.Green, model.Amber, model.Red}[n/3%3], RequesterID: 101 + n%200, BeneficiaryID: 101 + n%300, ProxyID: 101 + n%400,
			ClaimerID: 101 + n%250, ClaimOrgID: 5 + n%100, TargetOrgID: 5 + n%70, TargetUserID: 101 + n%90, PoolOrgID: []int64{0, at, township, county}[n/20%4],
			QueueOrgID: []int64{0, at, township}[n/5%3], ClockFrom: morning, CreatedAt: morning, UpdatedAt: morning, Version: 1,
		}
		all = append(all, x)
	}
	for part := range slices.Chunk(all, 2000) {
		w.must(w.update(func(tx *db.Tx) error { return tx.CreateInBatches(part, 200).Error }))
	}
	w.must(w.update(func(tx *db.Tx) error {
		helpers := make([]model.WishHelper, 0, 600)
		for n := range int64(600) {
			helpers = append(helpers, model.WishHelper{ClaimID: n + 1, UserID: 101 + n%60, WishID: n + 1})
		}
		return tx.CreateInBatches(helpers, 200).Error
	}))
	w.must(w.db.View(w.Context(), func(tx *db.Tx) error {
		if dbtest.Remote() {
			return tx.Exec("ANALYZE TABLE wishes, wish_helpers").Error
		}
		return nil
	}))
}

// plan is one line of what a database says it will do; SQLite knows but Detail.
type plan struct {
	Detail, Table, Type, PossibleKeys, Extra string
	Rows                                     int64
}

// indexes are those of which each range of a list uses one.
var indexes = map[string]string{
	"pool": "pool", "pool org_id": "pool_community", "pool kind": "pool_kind", "pool urgency": "pool_urgency",
	"mine": "requester beneficiary proxy", "mine state": "requester beneficiary proxy",
	"claims": "claimer claim_org", "claims state": "claimer claim_org_state",
	"orders": "target_org target_user",
	"queue":  "queue_light", "queue org_id": "queue_light", "queue state": "queue", "queue kind": "queue_kind", "queue urgency": "queue_urgency", "queue light": "queue_light",
	"community": "community", "community org_id": "community", "community state": "community_state", "community kind": "community_kind",
	"community urgency": "community_urgency", "community light": "community_light",
}

// good reports whether a plan reads the wishes by one of the indexes named.
// MariaDB may sort the few that it finds, or read backwards through all if it
// finds so many; then the index is one that it has considered.
func (p plan) good(names string) bool {
	uses := func(text, before, after string) bool {
		return slices.ContainsFunc(strings.Fields(names), func(n string) bool { return strings.Contains(text, before+"idx_wishes_"+n+after) })
	}
	if !dbtest.Remote() {
		wishes := strings.Contains(p.Detail, " wishes")
		return !strings.Contains(p.Detail, "TEMP B-TREE") && (!wishes || uses(p.Detail, " ", " ") || strings.HasPrefix(p.Detail, "SEARCH wishes USING INTEGER PRIMARY KEY (rowid=?"))
	}
	few := p.Rows <= 200 || !strings.Contains(p.Extra, "filesort")
	return p.Table != "wishes" || p.Type == "eq_ref" || p.Type != "ALL" && few && uses(","+p.PossibleKeys+",", ",", ",")
}

// TestEveryFilterHasAnIndex explains each list with each of its filters; one
// that a list does not have is refused, and names what is wrong.
func TestEveryFilterHasAnIndex(t *testing.T) {
	w := newWorld(t, dbtest.URL(t))
	w.fill()
	explain := "EXPLAIN QUERY PLAN "
	if dbtest.Remote() {
		explain = "EXPLAIN "
	}
	readers := map[wish.View]model.Actor{
		wish.ViewPool: w.member, wish.ViewMine: w.resident, wish.ViewClaims: w.liaison, wish.ViewOrders: w.liaison,
		wish.ViewQueue: w.worker, wish.ViewCommunity: w.worker,
	}
	for view, who := range readers {
		for name, narrow := range map[string]func(*wish.Filter){
			"":        func(*wish.Filter) {},
			"org_id":  func(f *wish.Filter) { f.OrgID = community },
			"state":   func(f *wish.Filter) { f.State = model.WishOpen },
			"kind":    func(f *wish.Filter) { f.Kind = model.WishGoods },
			"urgency": func(f *wish.Filter) { f.Urgency = model.Urgent },
			"light":   func(f *wish.Filter) { f.Light = model.Red },
		} {
			f := wish.Filter{View: view, Limit: 21}
			if view == wish.ViewCommunity {
				f.OrgID = community
			}
			narrow(&f)
			queries, err := wish.Queries(f, who)
			want, known := indexes[strings.TrimSpace(string(view)+" "+name)]
			if !known {
				if _, err := w.wishes.List(t.Context(), who, f); err == nil || !strings.Contains(fmt.Sprint(err), "wish.filter") {
					t.Errorf("%s is narrowed by %s: %v", view, name, err)
				}
				continue
			}
			if err != nil || len(queries) == 0 {
				t.Errorf("%s by %q: %d ranges, %v", view, name, len(queries), err)
			}
			for _, q := range queries {
				var plans []plan
				w.must(w.db.View(t.Context(), func(tx *db.Tx) error { return tx.Raw(explain+q.SQL, q.Args...).Scan(&plans).Error }))
				for _, p := range plans {
					if !p.good(want) {
						t.Errorf("%s by %q reads or sorts too much: %s %v: %+v", view, name, q.SQL, q.Args, p)
					}
				}
				if len(plans) == 0 {
					t.Errorf("%s by %q: no plan", view, name)
				}
			}
		}
	}
	if _, err := w.wishes.List(t.Context(), w.resident, wish.Filter{View: wish.ViewMine, Kind: model.WishGoods, Light: model.Red, Limit: 1}); errors.Is(err, nil) {
		t.Error("two filters that there are not are taken")
	}
}
