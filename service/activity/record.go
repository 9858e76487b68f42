package activity

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// Points books what hours of service earn, and takes it back.
type Points interface {
	ServiceRecorded(tx *db.Tx, r *model.ServiceRecord) error
	ServiceVoided(tx *db.Tx, r *model.ServiceRecord, why string, who model.Actor) error
}

// certify adds the record of an attendance that is done, and what it earns.
// Certifier is who confirmed it; 0: the check-in itself. A caller that has read
// the calendar of the person touches it before, for certify touches it too.
func (s *Service) certify(tx *db.Tx, policy model.Policy, a *model.Attendance, e *model.Enrolment, slot *model.Slot, certifier int64) error {
	if a.Minutes <= 0 {
		return nil
	}
	c, err := calendar(tx, a.TenantID, a.UserID)
	if err != nil {
		return err
	}
	day, err := dayUse(tx, policy, a.UserID, model.DayOf(a.InAt), 0)
	if err != nil {
		return err
	}
	m, err := memberOf(tx, a.TenantID, a.UserID)
	if err != nil {
		return err
	}
	r := model.NewServiceRecord(tx.NewID(), a, e, slot, m, day, certifier, tx.Now)
	if err := s.record(tx, r, model.Actor{TenantID: a.TenantID, UserID: certifier}); err != nil {
		return err
	}
	return touch(tx, c)
}

// record adds a record, with what it earns and its history. One that is there
// already is not added again.
func (s *Service) record(tx *db.Tx, r *model.ServiceRecord, who model.Actor) error {
	switch err := db.Add(tx, r); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return nil
	case err != nil:
		return fmt.Errorf("activity: record %s %d: %w", r.SourceType, r.SourceID, err)
	}
	if s.Points != nil {
		if err := s.Points.ServiceRecorded(tx, r); err != nil {
			return err
		}
	}
	party := model.PartySystem
	if who.UserID != 0 {
		party = model.PartyReviewer
	}
	return s.tell(tx, who, model.Event{
		Subject: model.OfServiceRecord, SubjectID: r.ID, Name: string(model.RecordAdd), ToState: string(r.State), ActorRole: string(party),
	})
}

// replacing is what puts another record in the place of one, and why.
type replacing struct {
	id       int64 // of the other
	source   model.Subject
	sourceID int64
	minutes  int64
	why      string
}

// replace makes a record void and adds another in its place, with what that
// changes in points. The caller has the calendar of the person in hand.
func (s *Service) replace(tx *db.Tx, old *model.ServiceRecord, by replacing, step model.Step) error {
	day, err := dayUse(tx, step.Policy, old.UserID, old.Day, old.ID)
	if err != nil {
		return err
	}
	after := *old
	fresh, err := after.Replace(by.id, by.source, by.sourceID, by.minutes, day, step)
	if err != nil {
		return err
	}
	if err := s.void(tx, old, &after, model.RecordReplace, by.why, step.Who); err != nil {
		return err
	}
	return s.record(tx, fresh, step.Who)
}

// void writes that a record no longer counts, and takes back what it earned.
func (s *Service) void(tx *db.Tx, before, after *model.ServiceRecord, e model.CheckEvent, why string, who model.Actor) error {
	if err := db.Save(tx, before, after); err != nil {
		return err
	}
	if s.Points != nil && before.SlotID != 0 {
		if err := s.Points.ServiceVoided(tx, after, why, who); err != nil {
			return err
		}
	}
	party := model.PartyReviewer
	if who.System {
		party = model.PartySystem
	}
	return s.tell(tx, who, model.Event{
		Subject: model.OfServiceRecord, SubjectID: before.ID, Name: string(e), FromState: string(before.State), ToState: string(after.State),
		ActorRole: string(party), Reason: why,
	})
}

// dayUse returns how many minutes of somebody's day count, without those of one
// record, and how many may.
func dayUse(tx *db.Tx, policy model.Policy, user int64, day model.Day, without int64) (model.DayUse, error) {
	d := model.DayUse{Limit: policy.Number(model.ServiceDay)}
	err := tx.Raw("SELECT COALESCE(SUM(minutes), 0) FROM service_records WHERE user_id = ? AND day = ? AND state = ? AND id <> ?",
		user, day, model.RecordValid, without).Scan(&d.Used).Error
	if err != nil {
		return d, fmt.Errorf("activity: day of %d: %w", user, err)
	}
	return d, nil
}

// memberOf returns where somebody is registered; the zero Member: nowhere.
func memberOf(tx *db.Tx, tenant, user int64) (model.Member, error) {
	all, err := gorm.G[model.Member](tx.DB).Where("user_id = ? AND tenant_id = ?", user, tenant).Limit(1).Find(tx.Ctx)
	if err != nil {
		return model.Member{}, fmt.Errorf("activity: where %d is registered: %w", user, err)
	}
	return append(all, model.Member{})[0], nil
}

// standing returns the record that counts of an attendance, if there is one.
func standing(tx *db.Tx, a *model.Attendance) ([]model.ServiceRecord, error) {
	all, err := gorm.G[model.ServiceRecord](tx.DB).Where("user_id = ? AND day = ? AND attendance_id = ? AND state = ?",
		a.UserID, model.DayOf(a.InAt), a.ID, model.RecordValid).Limit(1).Find(tx.Ctx)
	if err != nil {
		return nil, fmt.Errorf("activity: record of %d: %w", a.ID, err)
	}
	return all, nil
}

// RecordShown is a record of service as who may see it, with whose it is.
type RecordShown struct {
	model.ServiceRecord
	UserName, OrgName string
	Corrections       []model.Correction // of one that was asked for by itself, newest first
}

const namedRecords = `SELECT r.*, COALESCE(u.display_name, '') AS user_name, COALESCE(o.name, '') AS org_name
	FROM service_records r LEFT JOIN users u ON u.id = r.user_id LEFT JOIN orgs o ON o.id = r.org_id `

// recordRow is a record with what its person and organisation are called, in
// one read.
type recordRow struct {
	model.ServiceRecord
	UserName, OrgName string
}

// Records returns up to limit of who's own records that are older than before,
// the newest first.
func (s *Service) Records(ctx context.Context, who model.Actor, before int64, limit int) (all []*RecordShown, err error) {
	before = db.Before(before)
	var rows []recordRow
	err = s.db.View(ctx, func(tx *db.Tx) error {
		return tx.Raw(namedRecords+"WHERE r.user_id = ? AND r.tenant_id = ? AND r.id < ? ORDER BY r.id DESC LIMIT ?",
			who.UserID, who.TenantID, before, limit).Scan(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("activity: records of %d: %w", who.UserID, err)
	}
	for i := range rows {
		all = append(all, &RecordShown{ServiceRecord: rows[i].ServiceRecord, UserName: rows[i].UserName, OrgName: rows[i].OrgName})
	}
	return all, nil
}

// Record returns a record that is who's own, or of an organisation that he works
// over or for, with its corrections; another is not there for him.
func (s *Service) Record(ctx context.Context, who model.Actor, id int64) (r *RecordShown, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var rows []recordRow
		if err := tx.Raw(namedRecords+"WHERE r.id = ?", id).Scan(&rows).Error; err != nil {
			return fmt.Errorf("activity: record %d: %w", id, err)
		}
		if len(rows) == 0 || !seesRecord(who, &rows[0].ServiceRecord) {
			return model.ErrRecordNotFound
		}
		r = &RecordShown{ServiceRecord: rows[0].ServiceRecord, UserName: rows[0].UserName, OrgName: rows[0].OrgName}
		r.Corrections, err = gorm.G[model.Correction](tx.DB).Where("record_id = ?", id).Order("id DESC").Limit(20).Find(tx.Ctx)
		if err != nil {
			return fmt.Errorf("activity: corrections of %d: %w", id, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

func seesRecord(who model.Actor, r *model.ServiceRecord) bool {
	return who.TenantID == r.TenantID && (who.UserID == r.UserID || who.Organises(r.OrgPath) || who.Holds(r.OrgPath, model.RoleAuditor))
}

// Summary is what somebody has served (服务汇总): valid minutes and services, in
// all and in the season.
type Summary struct {
	Season                        int64
	Minutes, Services             int64
	SeasonMinutes, SeasonServices int64
}

// Summary returns what who has served.
func (s *Service) Summary(ctx context.Context, who model.Actor) (sum Summary, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		season := model.SeasonOf(tx.Now)
		from := model.DayOf(model.SeasonStart(season))
		err := tx.Raw(`SELECT COALESCE(SUM(minutes), 0) AS minutes, COUNT(*) AS services,
			COALESCE(SUM(CASE WHEN day >= ? THEN minutes ELSE 0 END), 0) AS season_minutes, COALESCE(SUM(CASE WHEN day >= ? THEN 1 ELSE 0 END), 0) AS season_services
			FROM service_records WHERE user_id = ? AND tenant_id = ? AND state = ?`, from, from, who.UserID, who.TenantID, model.RecordValid).Scan(&sum).Error
		sum.Season = season
		return err
	})
	if err != nil {
		return sum, fmt.Errorf("activity: summary of %d: %w", who.UserID, err)
	}
	return sum, nil
}
