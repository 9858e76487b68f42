package org

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
)

// Person is somebody as a liaison writes him down.
type Person struct{ Name, Phone string }

// Imported says what came of bringing people onto a roster.
type Imported struct {
	Rows     int          // people who were read
	Added    int          // who are new, or would be
	Kept     int          // who are on it already
	Problems []RowProblem // what is wrong with which row; then nobody was added
}

// RowProblem is what is wrong with one row: of a file as the spreadsheet numbers
// it, of a list from 0.
type RowProblem struct {
	Row     int
	Part    string // "name" or "phone"
	Message string
}

// maxProblems is how many rows a refusal names.
const maxProblems = 100

// listed is somebody who may come onto a roster.
type listed struct {
	row                   int
	name, phone           string
	nameIndex, phoneIndex string
}

// AddToRoster brings people onto the roster of a unit (录入在册党员), all or nobody.
// Who is on it already stays so.
func (s *Service) AddToRoster(ctx context.Context, who model.Actor, unit int64, people []Person) (*Imported, error) {
	rows := make([]int, len(people))
	for i := range rows {
		rows[i] = i
	}
	return s.enter(ctx, who, unit, entering{people: people, rows: rows, action: "roster.add", field: "body.entries[%d].%s", say: "%[2]s"})
}

// entering is what is to come onto a roster, and how to say what is wrong with
// it.
type entering struct {
	people     []Person
	rows       []int // which row each is
	action     string
	field, say string // formats, of the row and the part, and of the row and the message
	dry        bool   // only try
}

// enter checks people and brings them onto the roster of a unit.
func (s *Service) enter(ctx context.Context, who model.Actor, unit int64, in entering) (done *Imported, err error) {
	all, wrong := s.listing(in)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := find(tx, who, unit)
		if err != nil {
			return err
		}
		if err := who.KeepsRoster(o); err != nil {
			return err
		}
		if o.State != model.OrgActive {
			return model.ErrOrgClosed
		}
		done = &Imported{Rows: len(in.people), Problems: slices.Clone(wrong)}
		fresh, err := compare(tx, o, all, done)
		switch {
		case err != nil:
			return err
		case in.dry:
			return nil
		case len(done.Problems) > 0:
			return in.refusal(done.Problems)
		}
		if err := s.write(tx, who, o, fresh); err != nil {
			return err
		}
		return audit.Put(tx, who, in.action, model.OfRoster, o.ID, map[string]any{"rows": done.Rows, "added": done.Added, "kept": done.Kept})
	})
	if err != nil {
		return nil, fmt.Errorf("org: roster of %d: %w", unit, err)
	}
	return done, nil
}

// refusal names the rows that are wrong.
func (in *entering) refusal(problems []RowProblem) error {
	f := model.ErrRosterRows.Saying("名单中有 %d 行不正确, 请按提示修改后重新提交, 本次没有导入任何人", len(problems))
	for _, p := range problems[:min(len(problems), maxProblems)] {
		f.Fields = append(f.Fields, fault.Field{Path: fmt.Sprintf(in.field, p.Row, p.Part), Message: fmt.Sprintf(in.say, p.Row, p.Message)})
	}
	return f
}

// listing returns the people who can be on a roster, and what is wrong with the
// rest.
func (s *Service) listing(in entering) (all []listed, wrong []RowProblem) {
	seen := map[string]bool{}
	for i, p := range in.people {
		name, ok := model.PersonName(p.Name)
		phone := model.CleanPhone(p.Phone)
		switch {
		case !ok:
			wrong = append(wrong, RowProblem{in.rows[i], "name", "姓名须为 2–20 个字, 不含数字和符号"})
		case phone == "":
			wrong = append(wrong, RowProblem{in.rows[i], "phone", "手机号须为 11 位手机号码"})
		case seen[phone]:
			wrong = append(wrong, RowProblem{in.rows[i], "phone", "手机号须没有重复, 本次名单中已有同一号码"})
		default:
			seen[phone] = true
			all = append(all, listed{in.rows[i], name, phone, s.nameIndex(name), s.sealer.Index("phone", phone)})
		}
	}
	return all, wrong
}

// nameIndex finds a name without telling it.
func (s *Service) nameIndex(name string) string { return s.sealer.Index("roster.name", name) }

// compare returns those of all who are not on the roster of unit yet. A number
// that is there under another name is a problem.
func compare(tx *db.Tx, unit *model.Org, all []listed, done *Imported) (fresh []listed, err error) {
	known := map[string]string{}
	for begin := 0; begin < len(all); begin += model.MaxRosterEntries {
		var keys []string
		for _, l := range all[begin:min(begin+model.MaxRosterEntries, len(all))] {
			keys = append(keys, model.RosterKey(unit.ID, l.phoneIndex))
		}
		var rows []model.RosterEntry
		if err := tx.Select("phone_index", "name_index").Where("active_key IN ?", keys).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("org: who is on roster: %w", err)
		}
		for _, r := range rows {
			known[r.PhoneIndex] = r.NameIndex
		}
	}
	for _, l := range all {
		switch name, ok := known[l.phoneIndex]; {
		case !ok:
			fresh = append(fresh, l)
		case name == l.nameIndex:
			done.Kept++
		default:
			done.Problems = append(done.Problems, RowProblem{l.row, "phone", "手机号须没有重复, 名单中已有同一号码而姓名不同"})
		}
	}
	slices.SortFunc(done.Problems, func(a, b RowProblem) int { return cmp.Compare(a.Row, b.Row) })
	done.Added = len(fresh)
	return fresh, nil
}

// write adds people to the roster of unit.
func (s *Service) write(tx *db.Tx, who model.Actor, unit *model.Org, fresh []listed) error {
	if len(fresh) == 0 {
		return nil
	}
	st := model.Step{Who: who, Now: tx.Now}
	rows := make([]*model.RosterEntry, len(fresh))
	for i, l := range fresh {
		e := model.NewRosterEntry(tx.NewID(), unit, l.nameIndex, l.phoneIndex, st)
		var err error
		if e.Name, err = s.sealer.Seal(aad("roster_entries.name", e.ID), l.name); err != nil {
			return fmt.Errorf("org: seal name: %w", err)
		}
		if e.Phone, err = s.sealer.Seal(aad("roster_entries.phone", e.ID), l.phone); err != nil {
			return fmt.Errorf("org: seal phone: %w", err)
		}
		rows[i] = e
	}
	switch err := tx.CreateInBatches(rows, model.MaxRosterEntries).Error; {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return db.ErrStale // somebody else has just added one of them: compare again
	case err != nil:
		return fmt.Errorf("org: add to roster: %w", err)
	}
	return nil
}

// RosterFilter asks for the lines of a roster in a state: at most Limit, with
// ids greater than After.
type RosterFilter struct {
	UnitID int64
	State  model.RosterState
	After  int64
	Limit  int
}

// RosterLine is a line of a roster as somebody may see it.
type RosterLine struct {
	model.RosterEntry
	OpenName  string // in full for the unit's own liaison, else masked
	OpenPhone string // masked
}

// Roster returns the lines that f asks for, oldest first.
func (s *Service) Roster(ctx context.Context, who model.Actor, f RosterFilter) ([]RosterLine, error) {
	var rows []model.RosterEntry
	var unit *model.Org
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if unit, err = find(tx, who, f.UnitID); err != nil {
			return err
		}
		if err := who.KeepsRoster(unit); err != nil {
			return err
		}
		return tx.Where("unit_id = ? AND state = ? AND id > ?", f.UnitID, f.State, f.After).Order("id").Limit(f.Limit).Find(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("org: roster of %d: %w", f.UnitID, err)
	}
	all := make([]RosterLine, len(rows))
	for i, r := range rows {
		if all[i], err = s.rosterLine(r, who.Own(unit)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s *Service) rosterLine(e model.RosterEntry, own bool) (l RosterLine, err error) {
	l.RosterEntry = e
	if l.OpenName, err = s.sealer.Open(aad("roster_entries.name", e.ID), e.Name); err != nil {
		return l, fmt.Errorf("org: name on roster: %w", err)
	}
	if l.OpenPhone, err = s.sealer.Open(aad("roster_entries.phone", e.ID), e.Phone); err != nil {
		return l, fmt.Errorf("org: phone on roster: %w", err)
	}
	if l.OpenPhone = model.MaskPhone(l.OpenPhone); !own {
		l.OpenName = model.MaskName(l.OpenName)
	}
	return l, nil
}

// RemoveFromRoster takes a line off the roster of a unit (移出名单). Registrations
// that rest on it stay until they end, and the community sees that they do not
// rest on anything any more.
func (s *Service) RemoveFromRoster(ctx context.Context, who model.Actor, unit, entry int64) (*RosterLine, error) {
	var after model.RosterEntry
	var own bool
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := find(tx, who, unit)
		if err != nil {
			return err
		}
		if err := who.KeepsRoster(o); err != nil {
			return err
		}
		before, err := db.Find[model.RosterEntry](tx, entry, model.ErrRosterNotFound)
		switch {
		case err != nil:
			return err
		case before.UnitID != unit:
			return model.ErrRosterNotFound
		}
		after, own = *before, who.Own(o)
		if err := after.Remove(model.Step{Who: who, Now: tx.Now}); err != nil {
			return err
		}
		if err := db.Save(tx, before, &after); err != nil {
			return err
		}
		return audit.Put(tx, who, "roster.remove", model.OfRoster, unit, map[string]any{"entry_id": entry})
	})
	if err != nil {
		return nil, fmt.Errorf("org: remove from roster: %w", err)
	}
	l, err := s.rosterLine(after, own)
	return &l, err
}

// aad names the place of a sealed field.
func aad(column string, id int64) string { return fmt.Sprintf("%s:%d", column, id) }
