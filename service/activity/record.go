package activity

import (
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
)

// certify records what somebody has served.
func (s *Service) certify(tx *db.Tx, _ model.Policy, a *model.Attendance, e *model.Enrolment, sl *model.Slot, by int64) error {
	c, err := calendar(tx, a.TenantID, a.UserID)
	if err != nil {
		return err
	}
	r := &model.ServiceRecord{
		ID: tx.NewID(), TenantID: a.TenantID, UserID: a.UserID, SourceType: model.OfAttendance, SourceID: a.ID, State: model.RecordValid, Role: e.Role,
		SlotID: sl.ID, Title: sl.Title, Place: sl.Place, OrgID: sl.OrgID, OrgPath: sl.OrgPath, CommunityID: sl.CommunityID, StartedAt: a.InAt,
		EndedAt: tx.Now, Day: model.DayOf(a.InAt), Minutes: a.Minutes, CertifierID: by, CreatedAt: tx.Now, UpdatedAt: tx.Now, Version: 1,
	}
	if err := db.Add(tx, r); err != nil {
		return fmt.Errorf("activity: add record: %w", err)
	}
	return touch(tx, c)
}
