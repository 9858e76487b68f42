package verify

import (
	"fmt"
	"reflect"
	"slices"

	"dandelion/model"
)

// explained: what was earned is computed again, from the facts that were kept,
// under the version of the rules that was in force.
func (c *chunk) explained(p *model.Posting) {
	const check = "earn.explained"
	if p.Txn.Kind != model.PointEarn {
		return
	}
	c.saw(check, 1)
	x, ok := p.Txn.Explained()
	if !ok {
		c.differs(check, of(p, "explanation", "one", "none"))
		return
	}
	want, got, pairs := map[int64]int64{}, map[int64]int64{}, map[int64]string{}
	for _, s := range x.Shares {
		want[s.UserID] += s.Points
	}
	for _, e := range p.Entries {
		if e.Account == model.AccountPending {
			got[e.OwnerID] += e.Amount
			pairs[e.OwnerID] = e.Pair
		}
	}
	if !reflect.DeepEqual(want, got) {
		c.differs(check, of(p, "points of each", fmt.Sprint(want), fmt.Sprint(got)))
	}
	rule := version(c.rules, p.Txn.TenantID, p.Txn.RuleVersion)
	if rule == nil || rule.EffectiveAt.After(p.Txn.CreatedAt) {
		c.differs(check, of(p, "rule version", "one in force", fmt.Sprint(p.Txn.RuleVersion)))
		return
	}
	if p.Txn.SourceType == model.OfClaim || p.Txn.SourceType == model.OfServiceRecord {
		if was, again := told(x), told(weighed(rule, x, pairs)); was != again {
			c.differs(check, of(p, fmt.Sprintf("computed by rule %d", rule.Version), again, was))
		}
	}
}

// weighed computes x again, with the caps as full as its cuts say that they
// were; where nothing was cut they were not full.
func weighed(rule *model.PointRule, x model.Explanation, pairs map[int64]string) model.Explanation {
	used := map[int64]model.Used{}
	f := model.Feat{Facts: x.Facts}
	for _, s := range x.Shares {
		u := model.Used{}
		for _, cut := range s.Cuts {
			switch cut.Cap {
			case model.RuleWishDay, model.RuleHoursDay:
				u.Day = cut.Used
			case model.RulePairMonth:
				u.Pair = cut.Used
			}
		}
		used[s.UserID] = u
		f.Pair = pairs[s.UserID]
	}
	return rule.Weigh(f, used)
}

// told is what an explanation says in numbers, without titles that may have
// been reworded since.
func told(x model.Explanation) string {
	said := fmt.Sprintf("base %d, total %d", x.Base, x.Total)
	for _, f := range x.Factors {
		said += fmt.Sprintf(", %s %d", f.Name, f.Tenths)
	}
	for _, s := range x.Shares {
		said += fmt.Sprintf("; %d due %d gets %d", s.UserID, s.Due, s.Points)
		for _, cut := range s.Cuts {
			said += fmt.Sprintf(" (%s %d of %d cuts %d)", cut.Cap, cut.Used, cut.Limit, cut.Cut)
		}
	}
	return said
}

// fate: what was earned is posted as it was earned, or taken back, or waits for
// the timer that posts it. Nothing is left pending for ever.
func (c *chunk) fate(p *model.Posting) {
	const check = "earn.fate"
	if p.Txn.Kind == model.PointPost {
		c.saw(check, 1)
		if c.earns[p.Txn.ID] == 0 {
			c.differs(check, of(p, "what it posts", "something earned", "nothing"))
		}
		return
	}
	if p.Txn.Kind != model.PointEarn {
		return
	}
	c.saw(check, 1)
	reversed := len(c.mirrors[p.Txn.ID]) > 0
	post := c.related[c.posts[p.Txn.ID]]
	if post == nil {
		if !reversed && !c.waiting[p.Txn.ID] {
			c.differs(check, of(p, "fate", "posted, reversed or waiting", "none of these"))
		}
		return
	}
	want := p.Post(post.Txn.CreatedAt)
	if got, want := bare(post.Entries), bare(want.Entries); !slices.Equal(got, want) {
		c.differs(check, of(post, "lines", fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)))
	}
	if got, want := tallies(post.Deeds), tallies(want.Deeds); !slices.Equal(got, want) {
		c.differs(check, of(post, "deeds", fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)))
	}
	if posted := len(c.mirrors[post.Txn.ID]) == 0; posted == reversed {
		c.differs(check, of(p, "reversed, as its post", fmt.Sprint(!posted), fmt.Sprint(reversed)))
	}
}

// tallies are deeds without where they count, which only the day of posting
// knew.
func tallies(all []model.Deed) []deed {
	deeds := bareDeeds(all)
	for i := range deeds {
		deeds[i] = deed{User: deeds[i].User, Tally: deeds[i].Tally}
	}
	return deeds
}

// source: what was earned for a claim, and not taken back, is for the wish that
// this claim has closed.
func (c *chunk) source() error {
	const check = "earn.source"
	var rows []struct {
		ID, TenantID, SourceID int64
		State                  string
		Reversed, Current      int64
	}
	err := c.tx.Raw(`SELECT t.id, t.tenant_id, t.source_id, COALESCE(w.state, '') AS state, CASE WHEN w.claim_id = t.source_id THEN 1 ELSE 0 END AS current,
		(SELECT COUNT(*) FROM point_txns r WHERE r.tenant_id = t.tenant_id AND r.source_type = ? AND r.source_id = t.id AND r.kind = ?) AS reversed
		FROM point_txns t LEFT JOIN claims c ON c.id = t.source_id AND c.tenant_id = t.tenant_id LEFT JOIN wishes w ON w.id = c.wish_id
		WHERE t.id >= ? AND t.id <= ? AND t.kind = ? AND t.source_type = ?`,
		model.OfPointTxn, model.PointReverse, c.from, c.end, model.PointEarn, model.OfClaim).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("sources: %w", err)
	}
	c.saw(check, len(rows))
	for _, r := range rows {
		f := Finding{TenantID: r.TenantID, Of: fmt.Sprintf("point_txns %d (claim %d)", r.ID, r.SourceID)}
		switch {
		case r.State == "":
			f.What, f.Expected, f.Found = "claim and wish", "a claim of a wish", "none"
		case r.Reversed == 0 && (r.State != string(model.WishClosed) || r.Current == 0):
			f.What, f.Expected, f.Found = "wish that it was earned for", "closed by this claim, or taken back", r.State
		default:
			continue
		}
		c.differs(check, f)
	}
	return nil
}
