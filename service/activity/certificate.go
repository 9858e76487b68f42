package activity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// Certified is a certificate with what is sealed in it, opened, and whether it
// still holds. In lists it is without its name and code.
type Certified struct {
	model.Certificate
	Name, Code string
	State      model.CertificateState
}

// certificates reads certificates with how many minutes of their periods are
// valid now. Only the records of the county that issued one count for it.
const certificates = `SELECT c.*, (SELECT COALESCE(SUM(r.minutes), 0) FROM service_records r WHERE r.user_id = c.user_id
	AND r.day >= c.from_day AND r.day <= c.to_day AND r.tenant_id = c.tenant_id AND r.state = ?) AS valid_now FROM certificates c `

// certificateRow is a row of [certificates].
type certificateRow struct {
	model.Certificate
	ValidNow int64
}

// certificatesBy returns the certificates that a condition finds.
func certificatesBy(tx *db.Tx, condition string, args ...any) (all []certificateRow, err error) {
	err = tx.Raw(certificates+condition, append([]any{model.RecordValid}, args...)...).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("activity: certificates: %w", err)
	}
	return all, nil
}

// IssueCertificate certifies what who has served from one day to another, as it
// stands now (开具志愿服务证明).
func (s *Service) IssueCertificate(ctx context.Context, who model.Actor, from, to model.Day) (*Certified, error) {
	var random [model.CertificateLength]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, fmt.Errorf("activity: code of certificate: %w", err)
	}
	var id int64
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		id = tx.NewID()
		return s.issue(tx, model.Step{Who: who, Now: tx.Now}, id, from, to, random)
	})
	if err != nil {
		return nil, err
	}
	return s.Certificate(ctx, who, id)
}

// issue writes a certificate with all that goes with it.
func (s *Service) issue(tx *db.Tx, st model.Step, id int64, from, to model.Day, random [model.CertificateLength]byte) error {
	if err := model.CertifiablePeriod(from, to, st.Now); err != nil {
		return err
	}
	name, issuer, err := s.namesOn(tx, st.Who)
	if err != nil {
		return err
	}
	hours, err := hoursOf(tx, st.Who, from, to)
	if err != nil {
		return err
	}
	place, err := freePlace(tx, st.Who.UserID, int(random[0]))
	if err != nil {
		return err
	}
	c, err := model.NewCertificate(id, st, from, to, hours, place)
	if err != nil {
		return err
	}
	code := model.CertificateCode(random[:])
	c.Issuer, c.CodeIndex = issuer, s.sealer.Index("certificate", code)
	if c.Code, err = s.sealer.Seal(certificateAAD("code", id), code); err != nil {
		return fmt.Errorf("activity: seal code of certificate: %w", err)
	}
	if c.Name, err = s.sealer.Seal(certificateAAD("name", id), name); err != nil {
		return fmt.Errorf("activity: seal name on certificate: %w", err)
	}
	switch err := db.Add(tx, c); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return db.ErrStale // the place was free a moment ago: look again
	case err != nil:
		return fmt.Errorf("activity: add certificate: %w", err)
	}
	return s.tell(tx, st.Who, model.Event{Subject: model.OfCertificate, SubjectID: id, Name: "issue", ActorRole: "owner"})
}

// namesOn returns who's name, and that of his county, as they stand on a
// certificate.
func (s *Service) namesOn(tx *db.Tx, who model.Actor) (name, issuer string, err error) {
	var sealed string
	if err := tx.Raw("SELECT name FROM users WHERE id = ?", who.UserID).Scan(&sealed).Error; err != nil {
		return "", "", fmt.Errorf("activity: name of %d: %w", who.UserID, err)
	}
	if name, err = s.open(who.UserID, person{Sealed: sealed}); err != nil {
		return "", "", err
	}
	if name == "" {
		return "", "", model.ErrCertificateName
	}
	county, err := db.Find[model.Org](tx, who.TenantID, model.ErrCertificateHours) // who is of no county has served none
	if err != nil {
		return "", "", err
	}
	return name, county.Name, nil
}

// hoursOf returns how long, and how often, who served from one day to another,
// by his valid records.
func hoursOf(tx *db.Tx, who model.Actor, from, to model.Day) (h model.TimeServed, err error) {
	err = tx.Raw(`SELECT COALESCE(SUM(minutes), 0) AS minutes, COUNT(*) AS services FROM service_records
		WHERE user_id = ? AND day >= ? AND day <= ? AND tenant_id = ? AND state = ?`, who.UserID, from, to, who.TenantID, model.RecordValid).Scan(&h).Error
	if err != nil {
		return h, fmt.Errorf("activity: hours of %d: %w", who.UserID, err)
	}
	return h, nil
}

// freePlace returns one of the places that are free for a person's certificate
// this year, 0 if none is. Chance says which, so that those who ask at once do
// not all want the same; its unique key sees to it that one gets it.
func freePlace(tx *db.Tx, user int64, chance int) (int, error) {
	names := make([]string, model.MaxCertificates)
	for i := range names {
		names[i] = model.CertificatePlace(user, i+1, tx.Now)
	}
	var taken []string
	if err := tx.Raw("SELECT place_key FROM certificates WHERE place_key IN ?", names).Scan(&taken).Error; err != nil {
		return 0, fmt.Errorf("activity: places of %d: %w", user, err)
	}
	held := map[string]bool{}
	for _, t := range taken {
		held[t] = true
	}
	var free []int
	for i, name := range names {
		if !held[name] {
			free = append(free, i+1)
		}
	}
	if len(free) == 0 {
		return 0, nil
	}
	return free[chance%len(free)], nil
}

// Certificates returns who's own certificates, newest first.
func (s *Service) Certificates(ctx context.Context, who model.Actor, before int64, limit int) ([]Certified, error) {
	var rows []certificateRow
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		rows, err = certificatesBy(tx, "WHERE c.user_id = ? AND c.tenant_id = ? AND c.id < ? ORDER BY c.id DESC LIMIT ?",
			who.UserID, who.TenantID, db.Before(before), limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	all := make([]Certified, len(rows))
	for i, r := range rows {
		all[i] = Certified{Certificate: r.Certificate, State: r.Certificate.Standing(r.ValidNow)}
	}
	return all, nil
}

// Certificate returns a certificate of who's own.
func (s *Service) Certificate(ctx context.Context, who model.Actor, id int64) (*Certified, error) {
	var rows []certificateRow
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		rows, err = certificatesBy(tx, "WHERE c.id = ? AND c.user_id = ? AND c.tenant_id = ?", id, who.UserID, who.TenantID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.openedCertificate(rows)
}

// VerifyCertificate returns the certificate that a code is on, as somebody typed
// it, for everybody who has it in hand (核验证明). Its name is masked. All codes
// that are on none are answered in the same way.
func (s *Service) VerifyCertificate(ctx context.Context, typed string) (*Certified, error) {
	code := model.CleanCertificateCode(typed)
	if code == "" {
		return nil, model.ErrCertificateNotFound
	}
	var rows []certificateRow
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		rows, err = certificatesBy(tx, "WHERE c.code_index = ?", s.sealer.Index("certificate", code))
		return err
	})
	if err != nil {
		return nil, err
	}
	c, err := s.openedCertificate(rows)
	if err != nil {
		return nil, err
	}
	c.Name, c.Code = model.MaskName(c.Name), ""
	return c, nil
}

// openedCertificate opens what is sealed in the one certificate that was found.
func (s *Service) openedCertificate(rows []certificateRow) (*Certified, error) {
	if len(rows) == 0 {
		return nil, model.ErrCertificateNotFound
	}
	c := &Certified{Certificate: rows[0].Certificate, State: rows[0].Certificate.Standing(rows[0].ValidNow)}
	var err error
	if c.Name, err = s.sealer.Open(certificateAAD("name", c.ID), c.Certificate.Name); err != nil {
		return nil, fmt.Errorf("activity: open name on certificate %d: %w", c.ID, err)
	}
	if c.Code, err = s.sealer.Open(certificateAAD("code", c.ID), c.Certificate.Code); err != nil {
		return nil, fmt.Errorf("activity: open code of certificate %d: %w", c.ID, err)
	}
	return c, nil
}

// certificateAAD names the place of a sealed field of a certificate.
func certificateAAD(column string, id int64) string {
	return fmt.Sprintf("certificates.%s:%d", column, id)
}
