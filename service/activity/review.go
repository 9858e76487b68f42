package activity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/model"
)

// Flagged is a risk flag as those who review it see it, with what its slot and
// the person are called.
type Flagged struct {
	model.RiskFlag
	SlotTitle, UserName string
}

// reviewers are the roles that look at risk flags, those for the widest area
// first.
var reviewers = []model.Role{model.RoleCounty, model.RoleTownship, model.RoleWorker}

// RiskFilter asks for a part of the flags of who's communities, or of one of
// them: at most Limit older than Before.
type RiskFilter struct {
	CommunityID int64 // 0: all that are the reader's
	State       model.RiskState
	Before      int64
	Limit       int
}

const namedFlags = `SELECT f.*, COALESCE(s.title, '') AS slot_title, COALESCE(u.display_name, '') AS user_name
FROM %s LEFT JOIN slots s ON s.id = f.slot_id LEFT JOIN users u ON u.id = f.user_id AND f.user_id <> 0 `

// RiskFlags returns the flags that f asks for, newest first. Each community is
// a range of one index, read no further than the page needs.
func (s *Service) RiskFlags(ctx context.Context, who model.Actor, f RiskFilter) (all []Flagged, err error) {
	f.Before = db.Before(f.Before)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		from, args, err := flagsOf(tx, who, f)
		if err != nil || from == "" {
			return err
		}
		if err := tx.Raw(fmt.Sprintf(namedFlags, from)+"ORDER BY f.id DESC", args...).Scan(&all).Error; err != nil {
			return fmt.Errorf("activity: risk flags: %w", err)
		}
		for i := range all {
			all[i].UserName = model.MaskName(all[i].UserName)
		}
		return nil
	})
	return all, err
}

// flagsOf returns what to select a page of flags from: the county's whole
// range, or those of some communities.
func flagsOf(tx *db.Tx, who model.Actor, f RiskFilter) (string, []any, error) {
	tail := fmt.Sprintf(" AND state = ? AND id < ? ORDER BY id DESC LIMIT %d", f.Limit)
	if f.CommunityID == 0 && overCounty(who) {
		from := "(SELECT id FROM risk_flags WHERE tenant_id = ?" + tail + ") p JOIN risk_flags f ON f.id = p.id "
		return from, []any{who.TenantID, f.State, f.Before}, nil
	}
	places, err := placesOf(tx, who, f.CommunityID)
	if err != nil || len(places) == 0 {
		return "", nil, err
	}
	var parts []string
	var args []any
	for i, place := range places {
		parts = append(parts, fmt.Sprintf("SELECT id FROM (SELECT id FROM risk_flags WHERE community_id = ?%s) b%d", tail, i))
		args = append(args, place, f.State, f.Before)
	}
	from := fmt.Sprintf("(SELECT id FROM (%s) a ORDER BY id DESC LIMIT %d) p JOIN risk_flags f ON f.id = p.id ", strings.Join(parts, " UNION ALL "), f.Limit)
	return from, args, nil
}

// overCounty reports whether who works for the county as a whole.
func overCounty(who model.Actor) bool {
	return slices.ContainsFunc(who.Held, func(h model.Held) bool {
		return h.Role == model.RoleCounty && h.OrgID == who.TenantID && h.Subtree
	})
}

// placesOf returns the communities whose flags who reviews, or the one that is
// named if it is among them.
func placesOf(tx *db.Tx, who model.Actor, one int64) ([]int64, error) {
	var where []string
	var args []any
	for _, h := range who.Held {
		if slices.Contains(reviewers, h.Role) {
			where, args = append(where, "path LIKE ?"), append(args, string(h.Path)+"%")
		}
	}
	if len(where) == 0 {
		return nil, model.ErrForbidden
	}
	var all []model.Org
	err := tx.Model(&model.Org{}).Where("tenant_id = ? AND kind = ?", who.TenantID, model.OrgCommunity).
		Where(strings.Join(where, " OR "), args...).Order("id").Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("activity: communities of reviewer: %w", err)
	}
	var ids []int64
	for _, o := range all {
		if who.Holds(o.Path, reviewers...) && (one == 0 || one == o.ID) {
			ids = append(ids, o.ID)
		}
	}
	if one != 0 && len(ids) == 0 {
		return nil, model.ErrRiskPlace
	}
	return ids, nil
}

// ReviewFlag is a second person's word on a risk flag (核查): e is
// [model.RiskDismiss] or [model.RiskUphold].
func (s *Service) ReviewFlag(ctx context.Context, who model.Actor, id int64, e model.CheckEvent, note string) (v *Flagged, err error) {
	err = s.stepping(ctx, who, func(tx *db.Tx, st model.Step) error {
		before, err := db.Find[model.RiskFlag](tx, id, model.ErrRiskNotFound)
		if err != nil {
			return err
		}
		known, err := caseOf(tx, who, before)
		if err != nil {
			return err
		}
		after := *before
		if err := after.Review(st, known.RiskCase, e, note); err != nil {
			return err
		}
		if err := db.Save(tx, before, &after); err != nil {
			return err
		}
		v = &Flagged{after, known.SlotTitle, model.MaskName(known.UserName)}
		return s.reviewed(tx, who, before, &after, e)
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// reviewed writes the history of a review, and a line of the audit log.
func (s *Service) reviewed(tx *db.Tx, who model.Actor, before, after *model.RiskFlag, e model.CheckEvent) error {
	detail := map[string]any{"kind": after.Kind, "decision": after.State, "slot": after.SlotID, "user": after.UserID}
	if err := audit.Put(tx, who, "risk_flag.review", model.OfRiskFlag, after.ID, detail); err != nil {
		return err
	}
	return s.tell(tx, who, model.Event{
		Subject: model.OfRiskFlag, SubjectID: after.ID, Name: string(e), FromState: string(before.State), ToState: string(after.State),
		ActorRole: string(model.PartyReviewer), Reason: after.Note,
	})
}

// riskCase is what is known of a flag's slot, with what it and the person are
// called.
type riskCase struct {
	model.RiskCase
	SlotTitle, UserName string
}

// caseOf reads what a review of f is decided on. Whoever attests or scans had a
// part in a slot as much as who was there.
func caseOf(tx *db.Tx, who model.Actor, f *model.RiskFlag) (*riskCase, error) {
	var rows []struct {
		LeaderID            int64
		Community           model.Path
		Parts               int64
		SlotTitle, UserName string
	}
	err := tx.Raw(`SELECT s.leader_id, s.title AS slot_title, COALESCE(o.path, '') AS community,
			COALESCE((SELECT display_name FROM users WHERE id = ?), '') AS user_name,
			(SELECT COUNT(*) FROM attendances a WHERE a.slot_id = s.id AND (a.user_id = ? OR a.in_by = ? OR a.out_by = ?)) AS parts
		FROM slots s LEFT JOIN orgs o ON o.id = s.community_id WHERE s.id = ?`,
		f.UserID, who.UserID, who.UserID, who.UserID, f.SlotID).Scan(&rows).Error
	switch {
	case err != nil:
		return nil, fmt.Errorf("activity: slot of risk flag %d: %w", f.ID, err)
	case len(rows) == 0:
		return nil, model.ErrRiskNotFound
	}
	r := rows[0]
	return &riskCase{model.RiskCase{LeaderID: r.LeaderID, Community: r.Community, TookPart: r.Parts > 0}, r.SlotTitle, r.UserName}, nil
}
