package verify

import (
	"fmt"
	"slices"

	"dandelion/model"
)

// of names a transaction, and begins a finding about it.
func of(p *model.Posting, what, expected, found string) Finding {
	return Finding{
		TenantID: p.Txn.TenantID, Of: fmt.Sprintf("point_txns %d (%s %s %d)", p.Txn.ID, p.Txn.Kind, p.Txn.SourceType, p.Txn.SourceID),
		What: what, Expected: expected, Found: found,
	}
}

// lines: what goes out of one account comes into another.
func (c *chunk) lines(p *model.Posting) {
	const check = "txn.lines"
	c.saw(check, 1)
	var sum int64
	for _, e := range p.Entries {
		sum += e.Amount
		c.totals[e.TenantID] += e.Amount
		if e.TenantID != p.Txn.TenantID {
			c.differs(check, of(p, fmt.Sprintf("tenant of line %d", e.ID), fmt.Sprint(p.Txn.TenantID), fmt.Sprint(e.TenantID)))
		}
	}
	if sum != 0 || len(p.Entries) < 2 {
		c.differs(check, of(p, "lines and their sum", "2 or more, 0", fmt.Sprintf("%d, %d", len(p.Entries), sum)))
		return
	}
	if err := p.Check(); err != nil || !slices.Contains(model.PointKinds(), p.Txn.Kind) {
		c.differs(check, of(p, "kind and accounts", "those of its kind", fmt.Sprint(err)))
	}
}

// hash: nobody has changed what was booked.
func (c *chunk) hash(p *model.Posting) {
	c.saw("txn.hash", 1)
	again := model.Posting{Txn: p.Txn, Entries: p.Entries}
	if again.Seal(); again.Txn.PayloadHash != p.Txn.PayloadHash {
		c.differs("txn.hash", of(p, "payload hash", again.Txn.PayloadHash, p.Txn.PayloadHash))
	}
}

// once: what two unique keys promise, also by query.
func (c *chunk) once() error {
	const check = "txn.once"
	c.saw(check, len(c.ids))
	for _, by := range []struct{ what, same string }{
		{"request id booked again", "b.request_id = a.request_id"},
		{"source booked again", "b.source_type = a.source_type AND b.source_id = a.source_id AND b.kind = a.kind"},
	} {
		var rows []struct{ A, B int64 }
		err := c.tx.Raw(`SELECT a.id AS a, b.id AS b FROM point_txns a JOIN point_txns b ON b.tenant_id = a.tenant_id AND `+by.same+
			` WHERE a.id >= ? AND a.id <= ? AND b.id > a.id`, c.from, c.end).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("twins: %w", err)
		}
		for _, r := range rows {
			c.differs(check, Finding{Of: fmt.Sprintf("point_txns %d", r.A), What: by.what, Expected: "once", Found: fmt.Sprintf("also %d", r.B)})
		}
	}
	return nil
}

// reversal: a reversal is the mirror of one transaction, and its only one.
func (c *chunk) reversal(p *model.Posting) {
	const check = "txn.reversal"
	if all := c.mirrors[p.Txn.ID]; len(all) > 1 {
		c.differs(check, of(p, "reversals", "at most 1", fmt.Sprint(all)))
	}
	if p.Txn.Kind != model.PointReverse {
		return
	}
	c.saw(check, 1)
	was := c.related[p.Txn.SourceID]
	switch {
	case p.Txn.SourceType != model.OfPointTxn || was == nil:
		c.differs(check, of(p, "what it reverses", "a transaction", "none"))
		return
	case was.Txn.TenantID != p.Txn.TenantID || was.Txn.Kind == model.PointReverse:
		c.differs(check, of(p, "what it reverses", "a transaction of its tenant that is no reversal", fmt.Sprintf("%s of %d", was.Txn.Kind, was.Txn.TenantID)))
		return
	}
	want := was.Mirror("", p.Txn.CreatedAt)
	if got, want := bare(p.Entries), bare(want.Entries); !slices.Equal(got, want) {
		c.differs(check, of(p, "lines", fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)))
	}
	if got, want := bareDeeds(p.Deeds), bareDeeds(want.Deeds); !slices.Equal(got, want) {
		c.differs(check, of(p, "deeds", fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", got)))
	}
}

// line is what a line says, without where it is kept.
type line struct {
	Account     model.Account
	Owner       int64
	Amount, Lot int64
	CapDay      int64
	CapKind     model.CapKind
	Pair        string
}

func bare(all []model.PointEntry) []line {
	lines := make([]line, len(all))
	for i, e := range all {
		lines[i] = line{e.Account, e.OwnerID, e.Amount, e.Lot, e.CapDay, e.CapKind, e.Pair}
	}
	return lines
}

// deed is what a deed says, without where it is kept.
type deed struct {
	User, Community, Township, Unit, Team int64
	model.Tally
}

func bareDeeds(all []model.Deed) []deed {
	deeds := make([]deed, len(all))
	for i, d := range all {
		deeds[i] = deed{d.UserID, d.CommunityID, d.TownshipID, d.UnitID, d.TeamID, d.Tally}
	}
	return deeds
}

// honour returns what the lines of a transaction of some kind change in each
// person's honour: what is posted, adjusted and taken as a penalty. What is
// spent, given away or expired changes none.
func honour(kind model.PointKind, lines []model.PointEntry) map[int64]int64 {
	all := map[int64]int64{}
	if kind != model.PointPost && kind != model.PointAdjust && kind != model.PointPenalty {
		return all
	}
	for _, e := range lines {
		if e.Account == model.AccountMember {
			all[e.OwnerID] += e.Amount
		}
	}
	return all
}

// deeds: honour comes with the lines that bear it, and with no others.
func (c *chunk) deeds(p *model.Posting) {
	const check = "txn.deeds"
	c.saw(check, 1)
	kind := p.Txn.Kind
	if was := c.related[p.Txn.SourceID]; kind == model.PointReverse && was != nil {
		kind = was.Txn.Kind
	}
	want, got := honour(kind, p.Entries), map[int64]int64{}
	for _, d := range p.Deeds {
		got[d.UserID] += d.Honour
		if d.TenantID != p.Txn.TenantID {
			c.differs(check, of(p, fmt.Sprintf("tenant of deed %d", d.ID), fmt.Sprint(p.Txn.TenantID), fmt.Sprint(d.TenantID)))
		}
	}
	for user := range got {
		want[user] += 0
	}
	for user, n := range want {
		if got[user] != n {
			c.differs(check, of(p, fmt.Sprintf("honour of %d", user), fmt.Sprint(n), fmt.Sprint(got[user])))
		}
	}
}
