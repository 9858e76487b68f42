package wish

import (
	"context"

	"dandelion/internal/db"
	"dandelion/model"
)

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

// List returns the wishes that f asks for, newest first, each as who may see it.
func (s *Service) List(ctx context.Context, who model.Actor, f Filter) (all []*Seen, err error) {
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
			all = append(all, s.shown(&rows[i], who))
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
		all[i] = f.narrow(all[i])
	}
	return all, err
}

// narrow adds the filters, and the wall around the tenant.
func (f Filter) narrow(b branch) branch {
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
		b := branch{"pool_org_id = ? AND tenant_id = ?", []any{org, who.TenantID}}
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

// works returns the organisation asked for if who works there, or for 0 the
// first at which he does.
func (f Filter) works(who model.Actor) (int64, error) {
	for _, role := range staff {
		for _, h := range who.Held {
			if h.Role == role && (f.OrgID == 0 || f.OrgID == h.OrgID) {
				return h.OrgID, nil
			}
		}
	}
	return 0, model.ErrForbidden
}

func (f Filter) queue(who model.Actor) ([]branch, error) {
	org, err := f.works(who)
	if err != nil {
		return nil, err
	}
	b := branch{"queue_org_id = ?", []any{org}}
	if f.State != "" || f.Light != "" {
		return []branch{b}, nil
	}
	var all []branch
	for _, light := range []model.Light{model.Red, model.Amber, model.Green} {
		all = append(all, b.and("light = ?", light))
	}
	return all, nil
}

// community lists a community that one of the reader's organisations contains.
// The index leads to it; the last condition, which is true of all its wishes
// or of none, is the reader's right to see them.
func (f Filter) community(who model.Actor) ([]branch, error) {
	if f.OrgID == 0 {
		return nil, model.ErrOrgNotFound
	}
	var all []branch
	for _, h := range who.Held {
		for _, role := range staff {
			if h.Role != role {
				continue
			}
			b := branch{"community_id = ?", []any{f.OrgID}}
			all = append(all, b.and(
				"EXISTS (SELECT 1 FROM orgs c WHERE c.id = ? AND c.path LIKE ?) AND state <> ? AND org_path LIKE ?",
				f.OrgID, string(h.Path)+"%", model.WishDraft, string(h.Path)+"%"))
		}
	}
	if len(all) == 0 {
		return nil, model.ErrForbidden
	}
	return all, nil
}
