package activity

import (
	"dandelion/internal/db"
	"dandelion/model"
)

// CertifyRecord is what a check-in calls when it is done.
func (s *Service) CertifyRecord(tx *db.Tx, policy model.Policy, a *model.Attendance, e *model.Enrolment, slot *model.Slot, certifier int64) error {
	return s.certify(tx, policy, a, e, slot, certifier)
}
