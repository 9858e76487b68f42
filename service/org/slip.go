package org

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/sheet"
	"dandelion/model"
)

// span is the time over which service is counted, as days in Shanghai and as
// moments.
type span struct {
	first, last model.Day
	from, to    time.Time
}

// served returns what each of the people of a unit served in a span, for the
// people that whose selects (all of the unit if it is "").
//
// Minutes and services are the valid records of service: what was certified,
// under the cap of the day, with the unit that the person was of at the time.
// They lie on the day on which the service began, and a correction changes them.
//
// Wishes and their stars are the deeds of the ledger: there too the unit is that
// of the time, a wish that is done again is taken back by its mirror, and a wish
// counts once for the unit of who claimed it. They lie on the moment at which
// the points were posted, when nobody can appeal any more. So a slip and the
// boards can never tell two figures; and since deeds are only added, what a past
// quarter says of wishes does not change. Their minutes are left alone: hours of
// service are deeds as well, and would count twice.
func served(tx *db.Tx, unit int64, s span, whose string, people ...any) (map[int64]model.ServiceSum, error) {
	all := map[int64]model.ServiceSum{}
	var rows []struct {
		UserID int64
		model.ServiceSum
	}
	of := func(column string) string {
		if whose == "" {
			return ""
		}
		return " AND " + column + " " + whose
	}
	err := tx.Raw(`SELECT user_id, SUM(minutes) AS minutes, COUNT(*) AS services FROM service_records
		WHERE unit_id = ? AND day >= ? AND day <= ? AND state = ?`+of("user_id")+" GROUP BY user_id",
		append([]any{unit, s.first, s.last, model.RecordValid}, people...)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("org: records of %d: %w", unit, err)
	}
	for _, r := range rows {
		all[r.UserID] = r.ServiceSum
	}
	rows = nil
	if whose == "" {
		whose, people = "IN (SELECT user_id FROM registrations WHERE unit_id = ?)", []any{unit}
	}
	err = tx.Raw(`SELECT user_id, SUM(wishes) AS wishes, SUM(led) AS led, SUM(CASE WHEN led <> 0 THEN stars ELSE 0 END) AS stars,
			SUM(CASE WHEN led <> 0 THEN rated ELSE 0 END) AS rated, SUM(CASE WHEN led <> 0 THEN solved ELSE 0 END) AS solved
		FROM deeds WHERE unit_id = ? AND created_at >= ? AND created_at < ?`+of("user_id")+" GROUP BY user_id",
		append([]any{unit, s.from, s.to}, people...)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("org: wishes of %d: %w", unit, err)
	}
	for _, r := range rows {
		sum := all[r.UserID]
		r.Minutes, r.Services = sum.Minutes, sum.Services
		all[r.UserID] = r.ServiceSum
	}
	return all, nil
}

// quarterSpan returns the span of a quarter.
func quarterSpan(q model.SlipQuarter) (s span) {
	s.first, s.last = q.Days()
	s.from, s.to = q.Bounds()
	return s
}

// inForce returns the registrations with a unit that were in force in a span, in
// the order of persons and then of time: of one person, or of all if user is 0.
func inForce(tx *db.Tx, unit, user int64, s span) ([]model.Registration, error) {
	q := gorm.G[model.Registration](tx.DB).Where("unit_id = ? AND confirmed_at < ? AND (ended_at IS NULL OR ended_at > ?)", unit, s.to, s.from)
	if user != 0 {
		q = q.Where("user_id = ?", user)
	}
	all, err := q.Order("user_id, id").Find(tx.Ctx)
	if err != nil {
		return nil, fmt.Errorf("org: who was registered with %d: %w", unit, err)
	}
	return all, nil
}

// NamedLine is a line of a slip with what the person and the community are
// called.
type NamedLine struct {
	model.SlipLine
	Name, CommunityName string
}

// Slip is a unit's slip of a quarter, with a part of its lines.
type Slip struct {
	model.Slip
	Unit  *model.Org
	Lines []NamedLine
}

// Slip computes the slip of a unit (季度单), with at most limit lines of persons
// with ids greater than after. Nothing of it is stored: whoever has withdrawn
// his consent is named no more from then on.
func (s *Service) Slip(ctx context.Context, who model.Actor, unit int64, q model.SlipQuarter, after int64, limit int) (*Slip, error) {
	out := &Slip{}
	var names map[int64]namedPerson
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		if out.Unit, err = seen(tx, who, unit); err != nil {
			return err
		}
		if err := q.Begun(tx.Now); err != nil {
			return err
		}
		registered, err := inForce(tx, unit, 0, quarterSpan(q))
		if err != nil {
			return err
		}
		sums, err := served(tx, unit, quarterSpan(q), "")
		if err != nil {
			return err
		}
		out.Slip = *model.NewSlip(q, registered, sums)
		out.Slip.Lines = page(out.Slip.Lines, after, limit)
		names, err = named(tx, out.Slip.Lines)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("org: slip of %d: %w", unit, err)
	}
	for _, l := range out.Slip.Lines {
		n := names[l.UserID]
		name, err := s.nameOf(l.UserID, n.Name, n.DisplayName, who.Own(out.Unit))
		if err != nil {
			return nil, err
		}
		out.Lines = append(out.Lines, NamedLine{l, name, n.CommunityName})
	}
	return out, nil
}

// seen returns a unit whose people who may know of.
func seen(tx *db.Tx, who model.Actor, unit int64) (*model.Org, error) {
	o, err := find(tx, who, unit)
	if err != nil {
		return nil, err
	}
	return o, who.SeesRoster(o)
}

// page returns at most limit lines of persons with ids greater than after; all
// for a limit of 0.
func page(lines []model.SlipLine, after int64, limit int) []model.SlipLine {
	for len(lines) > 0 && lines[0].UserID <= after {
		lines = lines[1:]
	}
	if limit > 0 && len(lines) > limit {
		lines = lines[:limit]
	}
	return lines
}

// namedPerson is what is needed to name a line.
type namedPerson struct {
	ID                               int64
	Name, DisplayName, CommunityName string // the name is sealed
}

// named returns what the people and communities of lines are called.
func named(tx *db.Tx, lines []model.SlipLine) (map[int64]namedPerson, error) {
	all := map[int64]namedPerson{}
	for begin := 0; begin < len(lines); begin += 500 {
		var users, places []int64
		for _, l := range lines[begin:min(begin+500, len(lines))] {
			users, places = append(users, l.UserID), append(places, l.CommunityID)
		}
		var people []namedPerson
		if err := tx.Raw("SELECT id, name, display_name FROM users WHERE id IN ?", users).Scan(&people).Error; err != nil {
			return nil, fmt.Errorf("org: who is named: %w", err)
		}
		var orgs []struct {
			ID   int64
			Name string
		}
		if err := tx.Raw("SELECT id, name FROM orgs WHERE id IN ?", places).Scan(&orgs).Error; err != nil {
			return nil, fmt.Errorf("org: where they are registered: %w", err)
		}
		called := map[int64]string{}
		for _, o := range orgs {
			called[o.ID] = o.Name
		}
		for _, p := range people {
			all[p.ID] = p
		}
		for _, l := range lines[begin:min(begin+500, len(lines))] {
			p := all[l.UserID]
			p.CommunityName = called[l.CommunityID]
			all[l.UserID] = p
		}
	}
	return all, nil
}

// nameOf opens the name of a person: in full for the liaison of his own unit,
// else masked.
func (s *Service) nameOf(user int64, sealed, display string, own bool) (string, error) {
	name, err := s.sealer.Open(aad("users.name", user), sealed)
	if err != nil {
		return "", fmt.Errorf("org: name of %d: %w", user, err)
	}
	if name = cmp.Or(name, display); !own {
		name = model.MaskName(name)
	}
	return name, nil
}

// OwnSlip returns who's own line of the slip of his registration's unit, as it
// would be there if he agreed.
func (s *Service) OwnSlip(ctx context.Context, who model.Actor, id int64, q model.SlipQuarter) (line *NamedLine, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		r, err := db.Find[model.Registration](tx, id, model.ErrRegistrationNotFound)
		switch {
		case err != nil:
			return err
		case r.UserID != who.UserID:
			return model.ErrRegistrationNotFound
		}
		if err := q.Begun(tx.Now); err != nil {
			return err
		}
		mine, err := inForce(tx, r.UnitID, r.UserID, quarterSpan(q))
		switch {
		case err != nil:
			return err
		case len(mine) == 0:
			return model.ErrSlipNone
		}
		sums, err := served(tx, r.UnitID, quarterSpan(q), "= ?", r.UserID)
		if err != nil {
			return err
		}
		line = &NamedLine{SlipLine: model.LineOf(mine[len(mine)-1], sums)}
		var u model.User
		if err := tx.Select("name", "display_name").Where("id = ?", who.UserID).Take(&u).Error; err != nil {
			return err
		}
		if line.Name, err = s.nameOf(who.UserID, u.Name, u.DisplayName, true); err != nil {
			return err
		}
		return tx.Raw("SELECT name FROM orgs WHERE id = ?", line.CommunityID).Scan(&line.CommunityName).Error
	})
	if err != nil {
		return nil, fmt.Errorf("org: own line of slip: %w", err)
	}
	return line, nil
}

// SlipFile returns the slip of a unit as a spreadsheet (季度单下载), and what to
// call it.
func (s *Service) SlipFile(ctx context.Context, who model.Actor, unit int64, q model.SlipQuarter) (name string, data []byte, err error) {
	slip, err := s.Slip(ctx, who, unit, q, 0, 0)
	if err != nil {
		return "", nil, err
	}
	name = slip.Unit.Name + q.Title() + "双报到服务季度单"
	rows := slip.rows()
	data, err = sheet.Write("季度单", []string{name}, func() (row []any, err error) {
		if len(rows) > 0 {
			row, rows = rows[0], rows[1:]
		}
		return row, nil
	})
	if err != nil {
		return "", nil, fmt.Errorf("org: slip of %d: %w", unit, err)
	}
	return name + ".xlsx", data, nil
}

// rows returns what a slip says as the rows of a spreadsheet.
func (s *Slip) rows() [][]any {
	satisfaction := any("无评价")
	if percent, ok := s.Satisfaction(); ok {
		satisfaction = fmt.Sprintf("%d%%", percent)
	}
	rows := [][]any{
		{"报到人数", s.Members},
		{"参加服务人数", s.Active},
		{"服务时长（分钟）", s.Minutes},
		{"服务次数", s.Services},
		{"办结心愿（件）", s.Wishes},
		{"评价数", s.Rated},
		{"满意度", satisfaction},
		{},
		{"姓名", "报到社区", "岗位", "服务时长（分钟）", "服务次数", "参与办结心愿（件）"},
	}
	for _, l := range s.Lines {
		rows = append(rows, []any{l.Name, l.CommunityName, l.Post, l.Minutes, l.Services, l.ServiceSum.Wishes})
	}
	return append(rows, []any{s.Note()})
}
