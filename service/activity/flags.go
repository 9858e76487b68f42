package activity

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/id"
	"dandelion/model"
)

// flagsAtOnce is how many flags one statement writes.
const flagsAtOnce = 200

// flag looks at a slot that is over for what is odd, and has people look at it
// (风险提示). It reads what it needs in three statements, blocks nothing, and may
// be called again.
func (s *Service) flag(tx *db.Tx, policy model.Policy, slot *model.Slot) error {
	all, err := gorm.G[model.Attendance](tx.DB).Where("slot_id = ?", slot.ID).Order("id").Find(tx.Ctx)
	if err != nil {
		return fmt.Errorf("activity: attendances of slot %d: %w", slot.ID, err)
	}
	if len(all) == 0 {
		return nil
	}
	previous, err := previousFixes(tx, slot, all)
	if err != nil {
		return err
	}
	risks := model.Checked{
		Slot: slot, All: all, Previous: previous, Attesting: policy.Number(model.AttestShare), Distance: travelled,
	}.Risks()
	if len(risks) == 0 {
		return nil
	}
	return s.raise(tx, slot, risks)
}

// travelled measures the way between two fixes.
func travelled(from, to model.Fixed) float64 { return metres(from.Lat, from.Lng, to.Lat, to.Lng) }

// previousFixes returns of each who was at a slot the last fix that he took
// elsewhere before he came.
func previousFixes(tx *db.Tx, slot *model.Slot, all []model.Attendance) (map[int64]model.Fixed, error) {
	came := map[int64]time.Time{}
	users := make([]int64, len(all))
	first := all[0].InAt
	for i, a := range all {
		users[i], came[a.UserID] = a.UserID, a.InAt
		if a.InAt.Before(first) {
			first = a.InAt
		}
	}
	// Ids follow the time, so what matters of each person is the end of his range
	// of the index. A service may last as long as the gap after it.
	earlier, err := gorm.G[model.Attendance](tx.DB).
		Where("user_id IN ? AND id >= ? AND slot_id <> ? AND fix_until IS NOT NULL", users, id.Floor(first.Add(-2*model.RiskReach)), slot.ID).
		Order("id").Find(tx.Ctx)
	if err != nil {
		return nil, fmt.Errorf("activity: fixes before slot %d: %w", slot.ID, err)
	}
	last := map[int64]model.Fixed{}
	for i := range earlier {
		f, ok := earlier[i].LastFix()
		user := earlier[i].UserID
		if ok && !f.At.After(came[user]) && !f.At.Before(last[user].At) {
			last[user] = f
		}
	}
	return last, nil
}

// raise writes the flags that are not there already.
func (s *Service) raise(tx *db.Tx, slot *model.Slot, risks []model.Risk) error {
	var known []model.RiskFlag
	if err := tx.Model(&model.RiskFlag{}).Where("kind IN ? AND slot_id = ?", model.RiskKinds(), slot.ID).Find(&known).Error; err != nil {
		return fmt.Errorf("activity: flags of slot %d: %w", slot.ID, err)
	}
	var fresh []*model.RiskFlag
	for _, r := range risks {
		if slices.ContainsFunc(known, func(f model.RiskFlag) bool { return f.Kind == r.Kind && f.AttendanceID == r.AttendanceID }) {
			continue
		}
		f, err := model.NewRiskFlag(tx.NewID(), slot, r, tx.Now)
		if err != nil {
			return err
		}
		fresh = append(fresh, f)
	}
	for some := range slices.Chunk(fresh, flagsAtOnce) {
		if err := tx.Create(&some).Error; err != nil {
			return fmt.Errorf("activity: flag slot %d: %w", slot.ID, err)
		}
	}
	return s.flagged(tx, fresh)
}

// flagged writes the history of new flags.
func (s *Service) flagged(tx *db.Tx, all []*model.RiskFlag) error {
	for _, f := range all {
		err := s.tell(tx, model.SystemActor(f.TenantID), model.Event{
			Subject: model.OfRiskFlag, SubjectID: f.ID, Name: string(model.RiskRaise), ToState: string(f.State), ActorRole: string(model.PartySystem),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
