package activity

import (
	"context"
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
)

// Attended is an attendance with what it was of and whose it is.
type Attended struct {
	model.Attendance
	Title, Place string // of the slot
	Name         string // of the person, for the leader; else ""
}

const attendances = `SELECT a.*, COALESCE(s.title, '') AS title, COALESCE(s.place, '') AS place, u.display_name, u.name AS sealed, u.open_id
	FROM %s LEFT JOIN slots s ON s.id = a.slot_id JOIN users u ON u.id = a.user_id `

// Attendance returns an attendance to whose it is and to who leads the slot.
func (s *Service) Attendance(ctx context.Context, who model.Actor, id int64) (*Attended, error) {
	var all []Attended
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		a, err := db.Find[model.Attendance](tx, id, model.ErrAttendanceNotFound)
		if err != nil {
			return err
		}
		if a.UserID != who.UserID || a.TenantID != who.TenantID {
			if _, _, err := ledAttendance(tx, who, id); err != nil {
				return err
			}
		}
		all, err = s.attended(tx, who, fmt.Sprintf(attendances, "attendances a")+"WHERE a.id = ?", id)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(all) == 0:
		return nil, model.ErrAttendanceNotFound
	}
	return &all[0], nil
}

// Attendances returns who's own attendances before one, newest first.
func (s *Service) Attendances(ctx context.Context, who model.Actor, before int64, limit int) (all []Attended, err error) {
	before = db.Before(before)
	err = s.db.View(ctx, func(tx *db.Tx) error {
		from := fmt.Sprintf("(SELECT id FROM attendances WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT %d) p JOIN attendances a ON a.id = p.id", limit)
		all, err = s.attended(tx, who, fmt.Sprintf(attendances, from)+"ORDER BY a.id DESC", who.UserID, before)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// SlotAttendances returns who came to a slot after one, for its leader.
func (s *Service) SlotAttendances(ctx context.Context, who model.Actor, slot, after int64, limit int) (all []Attended, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if _, err := ledSlot(tx, who, slot); err != nil {
			return err
		}
		from := fmt.Sprintf("(SELECT id FROM attendances WHERE slot_id = ? AND id > ? ORDER BY id LIMIT %d) p JOIN attendances a ON a.id = p.id", limit)
		all, err = s.attended(tx, who, fmt.Sprintf(attendances, from)+"ORDER BY a.id", slot, after)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// attended reads attendances. Where a phone was and which it is, its owner alone
// sees; names, the leader.
func (s *Service) attended(tx *db.Tx, who model.Actor, query string, args ...any) ([]Attended, error) {
	var rows []struct {
		model.Attendance
		Title, Place string
		Who          person `gorm:"embedded"`
	}
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("activity: attendances: %w", err)
	}
	all := make([]Attended, len(rows))
	for i, r := range rows {
		all[i] = Attended{Attendance: r.Attendance, Title: r.Title, Place: r.Place}
		if r.UserID == who.UserID {
			continue
		}
		name, err := s.open(r.UserID, r.Who)
		if err != nil {
			return nil, err
		}
		all[i].Name = name
		all[i].InLat, all[i].InLng, all[i].OutLat, all[i].OutLng = nil, nil, nil, nil
		all[i].InDevice, all[i].OutDevice = "", ""
	}
	return all, nil
}
