package points

import (
	"fmt"

	"dandelion/internal/db"
	"dandelion/internal/policy"
	"dandelion/model"
)

// ServiceRecorded books what hours of service earn, as pending until it can no
// longer be appealed. It joins the transaction that adds the record, in which
// whoever adds another for the same person is stale.
func (s *Service) ServiceRecorded(tx *db.Tx, r *model.ServiceRecord) error {
	if !r.Earns() {
		return nil
	}
	limits, err := policy.In(tx, r.TenantID)
	if err != nil {
		return err
	}
	return s.earn(tx, model.HoursFeat(r, tx.Now.Add(limits.Span(model.AppealTime))))
}

// ServiceVoided takes back what a record of service has earned that no longer
// counts.
func (s *Service) ServiceVoided(tx *db.Tx, r *model.ServiceRecord, why string, who model.Actor) error {
	return s.Undo(tx, r.TenantID, model.OfServiceRecord, r.ID, why, who)
}

// minutesUsed returns how many minutes of the day of some hours have points
// already. The records say so, and not the lines, which count points.
func minutesUsed(tx *db.Tx, f model.Feat) (map[int64]model.Used, error) {
	var rows []struct{ UserID, Day int64 }
	err := tx.Raw(`SELECT user_id, SUM(minutes) AS day FROM service_records
		WHERE user_id IN ? AND day = ? AND state = ? AND slot_id <> 0 AND id <> ? GROUP BY user_id`,
		f.Team, model.DayOf(f.At), model.RecordValid, f.SourceID).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("points: hours of the day: %w", err)
	}
	used := map[int64]model.Used{}
	for _, r := range rows {
		used[r.UserID] = model.Used{Day: r.Day}
	}
	return used, nil
}
