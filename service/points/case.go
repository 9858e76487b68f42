package points

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/model"
)

// Case is a sanction or an adjustment as somebody may see it, with what the
// people and places on it are called.
type Case struct {
	model.PointCase
	UserName, CommunityName, WishTitle string
	Party                              model.CaseParty
	Possible                           []model.PointCaseEvent
	Told                               string
	History                            []model.Event // of one that was asked for by itself, newest last
}

// Propose begins a case about a person of one's own place (提出). The same
// number of a document proposes the same case once.
func (s *Service) Propose(ctx context.Context, who model.Actor, o model.PointCaseOrder) (*Case, error) {
	limits, err := s.policies.Of(ctx, who.TenantID)
	if err != nil {
		return nil, err
	}
	var id int64
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		known, err := numbered(tx, who, o)
		if err != nil || known != 0 {
			id = known
			return err
		}
		c, err := newCase(tx, o, model.Step{Who: who, Now: tx.Now, Policy: limits})
		if err != nil {
			return err
		}
		switch err := db.Add(tx, c); {
		case errors.Is(err, gorm.ErrDuplicatedKey):
			return taken(tx, c)
		case err != nil:
			return fmt.Errorf("points: add case: %w", err)
		}
		id = c.ID
		return s.proposed(tx, c, who)
	})
	if err != nil {
		return nil, err
	}
	return s.Case(ctx, who, id)
}

// numbered returns the case that goes by the number of o's document, 0 if there
// is none.
func numbered(tx *db.Tx, who model.Actor, o model.PointCaseOrder) (int64, error) {
	if o.RequestID == "" {
		return 0, nil
	}
	all, err := gorm.G[model.PointCase](tx.DB).Where("tenant_id = ? AND request_id = ?", who.TenantID, o.RequestID).Find(tx.Ctx)
	switch {
	case err != nil:
		return 0, fmt.Errorf("points: case of document: %w", err)
	case len(all) == 0:
		return 0, unbooked(tx, who, o)
	case all[0].PartyTo(who)&model.CaseWorker == 0 || all[0].UserID == who.UserID || !all[0].Repeats(o):
		return 0, model.ErrPointsRepeated
	}
	return all[0].ID, nil
}

// unbooked says whether the ledger knows the number already: better now than
// when the case is approved.
func unbooked(tx *db.Tx, who model.Actor, o model.PointCaseOrder) error {
	var n int64
	err := tx.Model(&model.PointTxn{}).Where("tenant_id = ? AND request_id = ?", who.TenantID, o.RequestID).Count(&n).Error
	switch {
	case err != nil:
		return fmt.Errorf("points: booking of document: %w", err)
	case n > 0:
		return model.ErrPointsRepeated
	}
	return nil
}

// taken says why a case could not be added: the same person's matter has one
// already, or its number has just been used, and then whoever looks again sees
// what for.
func taken(tx *db.Tx, c *model.PointCase) error {
	var n int64
	if c.ActiveKey != nil {
		if err := tx.Model(&model.PointCase{}).Where("active_key = ?", *c.ActiveKey).Count(&n).Error; err != nil {
			return fmt.Errorf("points: standing case: %w", err)
		}
	}
	if n > 0 {
		return model.ErrPointCaseTaken
	}
	return db.ErrStale
}

// newCase looks up who is concerned, what it is about and which rule is in
// force.
func newCase(tx *db.Tx, o model.PointCaseOrder, s model.Step) (*model.PointCase, error) {
	place, err := placeOf(tx, s.Who.TenantID, o.UserID)
	if err != nil {
		return nil, err
	}
	rule, err := ruleAt(tx, s.Who.TenantID)
	if err != nil {
		return nil, err
	}
	claim, err := source(tx, s.Who.TenantID, o)
	if err != nil {
		return nil, err
	}
	return model.NewPointCase(tx.NewID(), o, place, claim, rule, s)
}

// placeOf returns the community that a person of a tenant is registered with,
// or else lives in.
func placeOf(tx *db.Tx, tenant, user int64) (model.Path, error) {
	var rows []struct{ Path model.Path }
	err := tx.Raw(`SELECT o.path FROM users u LEFT JOIN members m ON m.user_id = u.id AND m.tenant_id = ?
		JOIN orgs o ON o.id = COALESCE(NULLIF(m.community_id, 0), u.home_id) WHERE u.id = ? AND o.tenant_id = ?`, tenant, user, tenant).Scan(&rows).Error
	switch {
	case err != nil:
		return "", fmt.Errorf("points: community of %d: %w", user, err)
	case len(rows) == 0 || rows[0].Path.To(model.LevelCommunity) == "":
		return "", model.ErrUserNotFound
	}
	return rows[0].Path.To(model.LevelCommunity), nil
}

// source returns the claim that a case is about: of a wish the last one that
// the person concerned had on it. The zero Claim is none.
func source(tx *db.Tx, tenant int64, o model.PointCaseOrder) (model.Claim, error) {
	if o.WishID == 0 && o.ClaimID == 0 {
		return model.Claim{}, nil
	}
	q := gorm.G[model.Claim](tx.DB).Where("tenant_id = ?", tenant)
	if o.ClaimID != 0 {
		q = q.Where("id = ?", o.ClaimID)
	}
	if o.WishID != 0 {
		q = q.Where("wish_id = ?", o.WishID)
	}
	all, err := q.Order("id DESC").Find(tx.Ctx)
	if err != nil {
		return model.Claim{}, fmt.Errorf("points: source of case: %w", err)
	}
	for _, c := range all {
		if o.On(&c) {
			return c, nil
		}
	}
	return model.Claim{}, model.ErrPointCaseSource
}

// proposed writes what goes with a new case.
func (s *Service) proposed(tx *db.Tx, c *model.PointCase, who model.Actor) error {
	if err := timer.Start(tx, model.PointCaseAlarm, c.ID, *c.DueAt); err != nil {
		return err
	}
	detail := map[string]any{"kind": c.Kind, "user": c.UserID, "change": c.Change, "rule": c.RuleVersion}
	if err := audit.Put(tx, who, "point_case.propose", model.OfPointCase, c.ID, detail); err != nil {
		return err
	}
	return s.events.Put(tx, model.Event{
		TenantID: c.TenantID, Subject: model.OfPointCase, SubjectID: c.ID, Name: string(model.CasePropose), ToState: string(c.State),
		ActorID: who.UserID, ActorRole: c.PartIn(model.CaseApprove, who), Reason: c.Reason, RequestID: who.RequestID,
	})
}

const namedCases = `SELECT c.*, COALESCE(u.display_name, '') AS user_name, COALESCE(o.name, '') AS community_name, COALESCE(w.title, '') AS wish_title
FROM point_cases c LEFT JOIN users u ON u.id = c.user_id LEFT JOIN orgs o ON o.id = c.community_id LEFT JOIN wishes w ON w.id = c.wish_id AND c.wish_id <> 0
`

// caseRow is a case with what its people and places are called, in one read.
type caseRow struct {
	model.PointCase
	UserName, CommunityName, WishTitle string
}

// shown is the case as who may see it.
func (r *caseRow) shown(who model.Actor, tx *db.Tx) *Case {
	return &Case{
		PointCase: r.PointCase, UserName: r.UserName, CommunityName: r.CommunityName, WishTitle: model.MaskText(r.WishTitle),
		Party: r.PartyTo(who), Possible: r.Possible(who, tx.Now), Told: r.Told(tx.Now),
	}
}

// Case returns a case that who is a party to, with its history; another is not
// there for him.
func (s *Service) Case(ctx context.Context, who model.Actor, id int64) (c *Case, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var rows []caseRow
		if err := tx.Raw(namedCases+"WHERE c.id = ?", id).Scan(&rows).Error; err != nil {
			return fmt.Errorf("points: case %d: %w", id, err)
		}
		if len(rows) == 0 || rows[0].PartyTo(who) == 0 {
			return model.ErrPointCaseNotFound
		}
		c = rows[0].shown(who, tx)
		c.History, err = gorm.G[model.Event](tx.DB).Where("subject = ? AND subject_id = ?", model.OfPointCase, id).Order("id").Limit(20).Find(tx.Ctx)
		if err != nil {
			return fmt.Errorf("points: history of case %d: %w", id, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// CaseView names a list of cases.
type CaseView string

// The lists.
const (
	CasesMine      CaseView = "mine"      // about me
	CasesQueue     CaseView = "queue"     // that an organisation has to act on
	CasesCommunity CaseView = "community" // of a community
)

// CaseViews returns every list.
func CaseViews() []CaseView { return []CaseView{CasesMine, CasesQueue, CasesCommunity} }

// CaseFilter asks for a part of a list: at most Limit cases older than Before.
// OrgID is whose queue, or the community whose cases, are asked for; 0 is the
// first organisation that the reader works for.
type CaseFilter struct {
	View   CaseView
	OrgID  int64
	State  model.PointCaseState
	Before int64
	Limit  int
}

// Cases returns the cases that f asks for, newest first. Each list is a range
// of one index.
func (s *Service) Cases(ctx context.Context, who model.Actor, f CaseFilter) (all []*Case, err error) {
	if f.Before == 0 {
		f.Before = math.MaxInt64
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		where, key := "c.user_id = ?", who.UserID
		if f.View != CasesMine {
			o, err := served(tx, who, f.OrgID)
			if err != nil {
				return err
			}
			where, key = map[CaseView]string{CasesQueue: "c.queue_org_id = ?", CasesCommunity: "c.community_id = ?"}[f.View], o.ID
		}
		q, args := namedCases+"WHERE "+where+" AND c.tenant_id = ? AND c.id < ?", []any{key, who.TenantID, f.Before}
		if f.State != "" {
			q, args = q+" AND c.state = ?", append(args, f.State)
		}
		var rows []caseRow
		if err := tx.Raw(q+" ORDER BY c.id DESC LIMIT ?", append(args, f.Limit)...).Scan(&rows).Error; err != nil {
			return fmt.Errorf("points: cases: %w", err)
		}
		for i := range rows {
			all = append(all, rows[i].shown(who, tx))
		}
		return nil
	})
	return all, err
}

// keepers are the roles that see the cases and budgets of a place.
var keepers = []model.Role{model.RoleWorker, model.RoleTownship, model.RoleCounty, model.RoleAuditor}

// served returns an organisation that who works over, or for 0 the first at
// which he does.
func served(tx *db.Tx, who model.Actor, id int64) (*model.Org, error) {
	if id == 0 {
		id = first(who)
	}
	o, err := orgIn(tx, who, id)
	if err != nil {
		return nil, err
	}
	if !who.Holds(o.Path, keepers...) {
		return nil, model.ErrForbidden
	}
	return o, nil
}

func first(who model.Actor) int64 {
	for _, role := range keepers {
		for _, h := range who.Held {
			if h.Role == role {
				return h.OrgID
			}
		}
	}
	return 0
}

// orgIn returns an organisation inside the wall of who's county.
func orgIn(tx *db.Tx, who model.Actor, id int64) (*model.Org, error) {
	o, err := db.Find[model.Org](tx, id, model.ErrOrgNotFound)
	if err != nil {
		return nil, err
	}
	if o.TenantID != who.TenantID {
		return nil, model.ErrOrgNotFound
	}
	return o, nil
}
