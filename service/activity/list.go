package activity

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dandelion/internal/db"
	"dandelion/model"
)

// Seen is a slot as somebody sees it: with what its organiser, place and leader
// are called, and his own enrolment in it, nil if he has none.
type Seen struct {
	model.Slot
	OrgName, CommunityName, LeaderName string
	Mine                               *model.Enrolment `gorm:"-"`
}

const named = `SELECT s.*, COALESCE(o.name, '') AS org_name, COALESCE(c.name, '') AS community_name, COALESCE(l.display_name, '') AS leader_name
	FROM %s LEFT JOIN orgs o ON o.id = s.org_id LEFT JOIN orgs c ON c.id = s.community_id LEFT JOIN users l ON l.id = s.leader_id `

// SlotFilter asks for at most Limit slots after one that begins at AfterStart:
// of an activity all that there are, to lead one's own, else those that can be
// joined, in a community or in the whole county.
type SlotFilter struct {
	ActivityID, CommunityID int64
	MineToLead              bool
	AfterStart              time.Time
	AfterID                 int64
	Limit                   int
}

// longest is how long a slot can go on, for the ranges of those that do.
const longest = model.MaxSlotHours * time.Hour

// unsettled is how long a slot can wait for its leader after it has begun.
const unsettled = 16 * 24 * time.Hour

// where returns the range of one index that f asks for.
func (f SlotFilter) where(who model.Actor, now time.Time) (string, []any) {
	var where string
	var args []any
	switch {
	case f.ActivityID != 0:
		return "activity_id = ? AND id > ? ORDER BY id", []any{f.ActivityID, f.AfterID}
	case f.MineToLead:
		where = "leader_id = ? AND tenant_id = ? AND starts_at > ? AND published = ? AND state IN ?"
		args = []any{who.UserID, who.TenantID, now.Add(-unsettled), true, []model.SlotState{model.SlotOpen, model.SlotEnded}}
	case f.CommunityID != 0:
		where = "community_id = ? AND tenant_id = ? AND state = ? AND starts_at > ? AND ends_at > ? AND published = ?"
		args = []any{f.CommunityID, who.TenantID, model.SlotOpen, now.Add(-longest), now, true}
	default:
		where = "tenant_id = ? AND state = ? AND starts_at > ? AND ends_at > ? AND published = ?"
		args = []any{who.TenantID, model.SlotOpen, now.Add(-longest), now, true}
	}
	if f.AfterID != 0 {
		where += " AND starts_at >= ? AND (starts_at > ? OR id > ?)"
		args = append(args, f.AfterStart, f.AfterStart, f.AfterID)
	}
	return where + " ORDER BY starts_at, id", args
}

// Slots returns the slots that f asks for, soonest first.
func (s *Service) Slots(ctx context.Context, who model.Actor, f SlotFilter) (all []Seen, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if f.ActivityID != 0 {
			if _, err := invitation(tx, who, f.ActivityID); err != nil {
				return err
			}
		}
		where, args := f.where(who, tx.Now)
		from := fmt.Sprintf("(SELECT id FROM slots WHERE %s LIMIT %d) p JOIN slots s ON s.id = p.id", where, f.Limit)
		order := "ORDER BY s.starts_at, s.id"
		if f.ActivityID != 0 {
			order = "ORDER BY s.id"
		}
		if err := tx.Raw(fmt.Sprintf(named, from)+order, args...).Scan(&all).Error; err != nil {
			return fmt.Errorf("activity: slots: %w", err)
		}
		return owned(tx, who, all)
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// owned adds who's own enrolments to slots.
func owned(tx *db.Tx, who model.Actor, all []Seen) error {
	if len(all) == 0 {
		return nil
	}
	keys := make([]string, len(all))
	for i := range all {
		keys[i] = model.EnrolmentKey(all[i].ID, who.UserID)
	}
	var rows []model.Enrolment
	if err := tx.Where("active_key IN ?", keys).Find(&rows).Error; err != nil {
		return fmt.Errorf("activity: own enrolments: %w", err)
	}
	bySlot := map[int64]*model.Enrolment{}
	for i := range rows {
		bySlot[rows[i].SlotID] = &rows[i]
	}
	for i := range all {
		all[i].Mine = bySlot[all[i].ID]
	}
	return nil
}

// Slot returns a slot that who may know of.
func (s *Service) Slot(ctx context.Context, who model.Actor, id int64) (*Seen, error) {
	all, err := s.seen(ctx, who, []int64{id})
	switch {
	case err != nil:
		return nil, err
	case len(all) == 0:
		return nil, model.ErrSlotNotFound
	}
	return &all[0], nil
}

// seen returns those of the slots that who may know of, in the order of their
// ids.
func (s *Service) seen(ctx context.Context, who model.Actor, ids []int64) (all []Seen, err error) {
	var rows []Seen
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := tx.Raw(fmt.Sprintf(named, "slots s")+"WHERE s.id IN ? AND s.tenant_id = ? ORDER BY s.id", ids, who.TenantID).Scan(&rows).Error; err != nil {
			return fmt.Errorf("activity: find slots: %w", err)
		}
		for i := range rows {
			if rows[i].Published || who.Leads(&rows[i].Slot) {
				all = append(all, rows[i])
			}
		}
		return owned(tx, who, all)
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Mine is one's own enrolment, with what it is in.
type Mine struct {
	model.Enrolment
	Title, Place, CommunityName string
	SlotState                   model.SlotState
}

const mine = `SELECT e.*, s.title, s.place, s.state AS slot_state, COALESCE(c.name, '') AS community_name
	FROM enrolments e JOIN slots s ON s.id = e.slot_id LEFT JOIN orgs c ON c.id = s.community_id `

// Enrolments returns who's own enrolments, newest first.
func (s *Service) Enrolments(ctx context.Context, who model.Actor, before int64, limit int) (all []Mine, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		return tx.Raw(mine+"WHERE e.user_id = ? AND e.id < ? ORDER BY e.id DESC LIMIT ?", who.UserID, db.Before(before), limit).Scan(&all).Error
	})
	if err != nil {
		return nil, fmt.Errorf("activity: enrolments of %d: %w", who.UserID, err)
	}
	return all, nil
}

// mine returns one of who's own enrolments.
func (s *Service) mine(ctx context.Context, who model.Actor, id int64) (*Mine, error) {
	var rows []Mine
	err := s.db.View(ctx, func(tx *db.Tx) error {
		return tx.Raw(mine+"WHERE e.id = ? AND e.user_id = ?", id, who.UserID).Scan(&rows).Error
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("activity: enrolment %d: %w", id, err)
	case len(rows) == 0:
		return nil, model.ErrEnrolmentNotFound
	}
	return &rows[0], nil
}

// Listed is an enrolment as the leader of its slot sees it: with the name of the
// person in full, for he has to find him, and never his number.
type Listed struct {
	model.Enrolment
	Name    string
	Offline bool // he has no account to check in with
}

// person is a row of a list of people before it is opened.
type person struct {
	DisplayName, Sealed, OpenID string
}

// open returns what a person is called, which of the leader's list is his own
// name if he has told it.
func (s *Service) open(user int64, p person) (string, error) {
	name, err := s.sealer.Open(fmt.Sprintf("users.name:%d", user), p.Sealed)
	if err != nil {
		return "", fmt.Errorf("activity: name of %d: %w", user, err)
	}
	if name == "" {
		name = p.DisplayName
	}
	return name, nil
}

const listing = `SELECT e.*, u.display_name, u.name AS sealed, u.open_id FROM %s JOIN users u ON u.id = e.user_id `

// onList are the states of those who are on the list of a slot.
var onList = []model.EnrolmentState{
	model.EnrolmentWaiting, model.EnrolmentEnrolled, model.EnrolmentAttended, model.EnrolmentAbsent,
}

// List returns the list of a slot to its leader, in the order in which people
// came: those in state, or if it is "" all who are on it.
func (s *Service) List(ctx context.Context, who model.Actor, slot int64, state model.EnrolmentState, after int64, limit int) (all []Listed, err error) {
	states := onList
	if state != "" {
		states = []model.EnrolmentState{state}
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		sl, err := slotOf(tx, who, slot)
		switch {
		case err != nil:
			return err
		case !who.Leads(sl):
			return model.ErrSlotNotFound
		}
		parts, args := make([]string, len(states)), []any{}
		for i, st := range states { // each a range of the index, read no further than the page needs
			parts[i] = fmt.Sprintf("SELECT id FROM (SELECT id FROM enrolments WHERE slot_id = ? AND state = ? AND id > ? ORDER BY id LIMIT %d) b%d", limit, i)
			args = append(args, slot, st, after)
		}
		from := fmt.Sprintf("(SELECT id FROM (%s) a ORDER BY id LIMIT %d) p JOIN enrolments e ON e.id = p.id", strings.Join(parts, " UNION ALL "), limit)
		all, err = s.lines(tx, fmt.Sprintf(listing, from)+"ORDER BY e.id", args...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// lines reads lines of a leader's list.
func (s *Service) lines(tx *db.Tx, query string, args ...any) ([]Listed, error) {
	var rows []struct {
		model.Enrolment
		Who person `gorm:"embedded"`
	}
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("activity: list: %w", err)
	}
	all := make([]Listed, len(rows))
	for i, r := range rows {
		name, err := s.open(r.UserID, r.Who)
		if err != nil {
			return nil, err
		}
		all[i] = Listed{r.Enrolment, name, model.OfflineID(r.Who.OpenID)}
	}
	return all, nil
}

// listed returns one line of the list of a slot that who leads.
func (s *Service) listed(ctx context.Context, who model.Actor, id int64) (*Listed, error) {
	var all []Listed
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		all, err = s.lines(tx, fmt.Sprintf(listing, "enrolments e")+"WHERE e.id = ? AND e.tenant_id = ?", id, who.TenantID)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(all) == 0:
		return nil, model.ErrEnrolmentNotFound
	}
	return &all[0], nil
}
