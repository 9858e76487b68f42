package wish

import (
	"context"
	"slices"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
)

var errFilter = fault.Define(fault.Invalid, "wish.filter", "这个列表不支持所选的筛选条件")

// View names a list of wishes.
type View string

// The lists.
const (
	ViewPool      View = "pool"      // open to me: what I could claim
	ViewMine      View = "mine"      // mine: that I asked for, benefit from or speak for
	ViewClaims    View = "claims"    // that I, or a unit I speak for, have claimed
	ViewOrders    View = "orders"    // ordered to me, or to a unit I speak for
	ViewQueue     View = "queue"     // that an organisation has to see to
	ViewCommunity View = "community" // of a community
)

// Views returns every list.
func Views() []View {
	return []View{ViewPool, ViewMine, ViewClaims, ViewOrders, ViewQueue, ViewCommunity}
}

// Filter asks for a part of a list: at most Limit wishes older than Before.
// OrgID is the organisation whose queue, or the community whose wishes, are
// asked for, and 0 for the first that the reader works for; in the pool it
// narrows to a community.
type Filter struct {
	View    View
	OrgID   int64
	State   model.WishState
	Kind    model.WishKind
	Urgency model.Urgency
	Light   model.Light
	Before  int64
	Limit   int
}

// filters are what each list can be narrowed by: what there is an index for. A
// person's own lists are short, but for what his unit has claimed.
var filters = map[View][]string{
	ViewPool:      {"org_id", "kind", "urgency"},
	ViewMine:      {"state"},
	ViewClaims:    {"state"},
	ViewOrders:    {},
	ViewQueue:     {"org_id", "state", "kind", "urgency", "light"},
	ViewCommunity: {"org_id", "state", "kind", "urgency", "light"},
}

// check refuses a filter that the list does not have.
func (f Filter) check() error {
	err := errFilter
	for _, p := range []struct {
		name  string
		given bool
	}{
		{"org_id", f.OrgID != 0}, {"state", f.State != ""}, {"kind", f.Kind != ""}, {"urgency", f.Urgency != ""}, {"light", f.Light != ""},
	} {
		if p.given && !slices.Contains(filters[f.View], p.name) {
			err = err.At("query."+p.name, "这个列表不能按此项筛选")
		}
	}
	if len(err.Fields) > 0 {
		return err
	}
	return nil
}

// List returns the wishes that f asks for, newest first, each as who may see it.
func (s *Service) List(ctx context.Context, who model.Actor, f Filter) (all []*Seen, err error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	branches, err := f.branches(who)
	if err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := page(tx, branches, f.Before, f.Limit)
		if err != nil {
			return err
		}
		all = make([]*Seen, 0, len(rows))
		for i := range rows {
			if v := s.shown(&rows[i], who, tx.Now); v.Relation != 0 { // what nobody may get, no list tells
				all = append(all, v)
			}
		}
		return nil
	})
	return all, err
}

func (f Filter) branches(who model.Actor) ([]branch, error) {
	var all []branch
	var err error
	switch f.View {
	case ViewPool:
		all, err = f.pool(who)
	case ViewMine:
		for _, column := range []string{"requester_id", "beneficiary_id", "proxy_id"} {
			all = append(all, branch{column + " = ?", []any{who.UserID}})
		}
	case ViewClaims:
		all = f.claims(who)
	case ViewOrders:
		all = f.orders(who)
	case ViewQueue:
		all, err = f.queue(who)
	case ViewCommunity:
		all, err = f.community(who)
	}
	for i := range all {
		all[i] = f.narrow(all[i], who.TenantID)
	}
	return all, err
}

// narrow adds the filters, and the wall around the tenant.
func (f Filter) narrow(b branch, tenant int64) branch {
	b = b.and("tenant_id = ?", tenant)
	if f.State != "" {
		b = b.and("state = ?", f.State)
	}
	if f.Kind != "" {
		b = b.and("kind = ?", f.Kind)
	}
	if f.Urgency != "" {
		b = b.and("urgency = ?", f.Urgency)
	}
	if f.Light != "" {
		b = b.and("light = ?", f.Light)
	}
	return b
}

func (f Filter) pool(who model.Actor) ([]branch, error) {
	if who.Admit(model.ServeWish) != nil {
		return nil, model.ErrForbidden
	}
	var all []branch
	for _, org := range who.Orgs() {
		b := branch{"pool_org_id = ?", []any{org}}
		if f.OrgID != 0 {
			b = b.and("community_id = ?", f.OrgID)
		}
		all = append(all, b)
	}
	return all, nil
}

func (f Filter) claims(who model.Actor) []branch {
	all := []branch{
		{"claimer_id = ?", []any{who.UserID}},
		{"id IN (SELECT h.wish_id FROM wish_helpers h WHERE h.user_id = ?) AND team LIKE ?", []any{who.UserID, "%" + string(model.IDsOf([]int64{who.UserID})) + "%"}},
	}
	for _, h := range who.Held {
		if h.Role == model.RoleLiaison {
			all = append(all, branch{"claim_org_id = ?", []any{h.OrgID}})
		}
	}
	return all
}

func (f Filter) orders(who model.Actor) []branch {
	all := []branch{{"target_user_id = ? AND state = ?", []any{who.UserID, model.WishDispatched}}}
	for _, h := range who.Held {
		if h.Role == model.RoleLiaison {
			all = append(all, branch{"target_org_id = ? AND state = ?", []any{h.OrgID, model.WishDispatched}})
		}
	}
	return all
}

// staff are the roles that see the lists of an organisation.
var staff = []model.Role{model.RoleWorker, model.RoleTownship, model.RoleCounty, model.RoleGrid, model.RoleAuditor}

// overseers are those of them that also see the lists of the organisations
// below their own.
var overseers = []model.Role{model.RoleTownship, model.RoleCounty, model.RoleAuditor}

// desks returns, for each grant by which who may see the work of the
// organisation asked for, which work that is; for 0 that of the first
// organisation at which he works. Column names whose work a row is.
func (f Filter) desks(who model.Actor, column string) ([]branch, error) {
	var all []branch
	for _, role := range staff {
		for _, h := range who.Held {
			if h.Role != role || f.OrgID == 0 && len(all) > 0 {
				continue
			}
			if b, ok := f.desk(h, column); ok {
				all = append(all, b)
			}
		}
	}
	if len(all) == 0 {
		return nil, model.ErrForbidden
	}
	return all, nil
}

// desk returns what h shows of the work asked for. A grid has no work of its
// own: its grid worker sees what his community has to see to in the grid.
func (f Filter) desk(h model.Held, column string) (branch, bool) {
	at := h.OrgID
	if h.Role == model.RoleGrid {
		at = h.Path.At(model.LevelCommunity)
	}
	switch {
	case f.OrgID == 0, f.OrgID == at, f.OrgID == h.OrgID:
		return branch{column + " = ?", []any{at}}.and(reach(h)), true
	case h.Subtree && slices.Contains(overseers, h.Role):
		return branch{column + " = ?", []any{f.OrgID}}.and(f.below(h)).and(reach(h)), true
	}
	return branch{}, false
}

// reach says of which wishes [model.Actor.Holds] is true by h.
func reach(h model.Held) (string, any) {
	if h.Subtree {
		return "org_path LIKE ?", string(h.Path) + "%"
	}
	return "org_path = ?", h.Path
}

// below says that the organisation asked for is in h's. It is true or false of
// a whole list, and so keeps a list that is not his from being read in vain.
func (f Filter) below(h model.Held) (string, any, any) {
	return "EXISTS (SELECT 1 FROM orgs c WHERE c.id = ? AND c.path LIKE ?)", f.OrgID, string(h.Path) + "%"
}

func (f Filter) queue(who model.Actor) ([]branch, error) {
	desks, err := f.desks(who, "queue_org_id")
	if err != nil || f.State != "" || f.Kind != "" || f.Urgency != "" || f.Light != "" {
		return desks, err
	}
	var all []branch
	for _, b := range desks {
		for _, light := range []model.Light{model.Red, model.Amber, model.Green} {
			all = append(all, b.and("light = ?", light))
		}
	}
	return all, nil
}

// community lists what the reader may see of a community: all of it, or for a
// grid worker his grid, by which he can name it too.
func (f Filter) community(who model.Actor) ([]branch, error) {
	if f.OrgID == 0 {
		return nil, model.ErrOrgNotFound
	}
	var all []branch
	for _, h := range who.Held {
		if !slices.Contains(staff, h.Role) {
			continue
		}
		b := branch{"community_id = ?", []any{f.OrgID}}.and("state <> ?", model.WishDraft)
		switch {
		case h.OrgID == f.OrgID && h.Role == model.RoleGrid:
			b.args[0] = h.Path.At(model.LevelCommunity)
		case h.Path.Has(f.OrgID):
		case h.Subtree:
			b = b.and(f.below(h))
		default:
			continue
		}
		all = append(all, b.and(reach(h)))
	}
	if len(all) == 0 {
		return nil, model.ErrForbidden
	}
	return all, nil
}
