package identity

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
)

// Faults of accounts.
var (
	errVersion = fault.Define(fault.Invalid, "consent.version", "隐私政策已更新, 请阅读现行版本后再同意")
	errName    = fault.Define(fault.Invalid, "account.name", "姓名须为 1–20 个可见的字")
	errMove    = fault.Define(fault.Conflict, "account.tenant", "担任职务期间不能更换所在县")
	errPlace   = fault.Define(fault.Invalid, "account.community", "请选择一个社区或网格")
)

// Profile is what somebody is told of his own account.
type Profile struct {
	User      model.User
	Name      string // masked
	Phone     string // masked
	Community string
	Grants    []Held
	Consents  []model.Consent
	Current   string // the version of the privacy policy that is asked for now
}

// Held is a grant in force, with the name of its organisation.
type Held struct {
	model.Grant
	OrgName string
}

// Me returns who's own account.
func (s *Service) Me(ctx context.Context, who model.Actor) (*Profile, error) {
	p := &Profile{Current: s.PolicyVersion}
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		u, err := db.Find[model.User](tx, who.UserID, model.ErrUserNotFound)
		if err != nil {
			return err
		}
		p.User = *u
		if p.Grants, err = heldBy(tx, u.ID); err != nil {
			return err
		}
		err = tx.Where("user_id = ?", u.ID).Order("id DESC").Limit(20).Find(&p.Consents).Error
		if err != nil || u.HomeID == 0 {
			return err
		}
		return tx.Model(&model.Org{}).Where("id = ?", u.HomeID).Pluck("name", &p.Community).Error
	})
	if err != nil {
		return nil, fmt.Errorf("identity: profile: %w", err)
	}
	return p, s.masked(p)
}

func (s *Service) masked(p *Profile) error {
	name, err := s.Sealer.Open(aad("users.name", p.User.ID), p.User.Name)
	if err != nil {
		return fmt.Errorf("identity: own name: %w", err)
	}
	phone, err := s.Sealer.Open(aad("users.phone", p.User.ID), p.User.Phone)
	if err != nil {
		return fmt.Errorf("identity: own phone: %w", err)
	}
	p.Name, p.Phone = model.MaskName(name), model.MaskPhone(phone)
	return nil
}

func heldBy(tx *db.Tx, user int64) (all []Held, err error) {
	err = tx.Raw(`SELECT g.*, COALESCE(o.name, '') AS org_name FROM grants g LEFT JOIN orgs o ON o.id = g.org_id
		WHERE g.user_id = ? AND g.active_key IS NOT NULL AND g.revoked_at IS NULL AND (g.valid_until IS NULL OR g.valid_until > ?)
		ORDER BY g.id LIMIT 50`, user, tx.Now).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("identity: grants of %d: %w", user, err)
	}
	return all, nil
}

// Change is what somebody changes of his account; nil leaves it as it is.
type Change struct {
	DisplayName *string
	RealName    *string
	PlaceID     *int64 // the community or grid that he lives in
}

// Update changes who's own account. Consent comes before anything personal.
func (s *Service) Update(ctx context.Context, who model.Actor, c Change) error {
	if who.Consent == "" {
		return model.ErrConsent
	}
	return s.change(ctx, who, func(tx *db.Tx, u *model.User) error {
		if c.DisplayName != nil {
			name, ok := model.CleanText(*c.DisplayName, 1, 20)
			if !ok {
				return errName.At("body.display_name", "须为 1–20 个可见的字")
			}
			u.DisplayName = name
		}
		if c.RealName != nil {
			if err := s.rename(u, *c.RealName); err != nil {
				return err
			}
		}
		if c.PlaceID != nil {
			return settle(tx, u, *c.PlaceID)
		}
		return nil
	})
}

func (s *Service) rename(u *model.User, name string) error {
	name, ok := model.CleanText(name, 1, 20)
	if !ok {
		return errName.At("body.real_name", "须为 1–20 个可见的字")
	}
	sealed, err := s.Sealer.Seal(aad("users.name", u.ID), name)
	if err != nil {
		return fmt.Errorf("identity: seal name: %w", err)
	}
	u.Name = sealed
	return nil
}

// settle makes a place the home of u, and its county u's.
func settle(tx *db.Tx, u *model.User, place int64) error {
	o, err := db.Find[model.Org](tx, place, model.ErrOrgNotFound)
	if err != nil {
		return err
	}
	switch {
	case o.Kind != model.OrgCommunity && o.Kind != model.OrgGrid:
		return errPlace
	case o.State != model.OrgActive:
		return model.ErrOrgClosed
	}
	if err := move(tx, u, o.TenantID); err != nil {
		return err
	}
	u.HomeID, u.HomePath = o.ID, o.Path
	return nil
}

// move makes u one of a county. Whoever holds a grant stays where it is good;
// whoever leaves has no home until he chooses one.
func move(tx *db.Tx, u *model.User, tenant int64) error {
	if u.TenantID == tenant {
		return nil
	}
	held, err := heldBy(tx, u.ID)
	if err != nil {
		return err
	}
	if len(held) > 0 {
		return errMove
	}
	u.TenantID, u.HomeID, u.HomePath = tenant, 0, ""
	return nil
}

// change alters who's own account in a transaction of its own.
func (s *Service) change(ctx context.Context, who model.Actor, alter func(tx *db.Tx, u *model.User) error) error {
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		return alterUser(tx, who.UserID, func(tx *db.Tx, u *model.User) error {
			before := *u
			if err := alter(tx, u); err != nil {
				return err
			}
			return s.known(tx, &before, u)
		})
	})
	if err != nil {
		return fmt.Errorf("identity: change account: %w", err)
	}
	return nil
}

// known tells of a number or a county that is new to an account.
func (s *Service) known(tx *db.Tx, before, after *model.User) error {
	if s.Wishes == nil || after.PhoneIndex == nil || after.PhoneIndex == before.PhoneIndex && after.TenantID == before.TenantID {
		return nil
	}
	return s.Wishes.PhoneKnown(tx, after)
}

func alterUser(tx *db.Tx, id int64, alter func(tx *db.Tx, u *model.User) error) error {
	before, err := db.Find[model.User](tx, id, model.ErrUserNotFound)
	if err != nil {
		return err
	}
	after := *before
	if err := alter(tx, &after); err != nil {
		return err
	}
	return db.Save(tx, before, &after)
}

// BindPhone records the number that WeChat tells for code. A number belongs to
// one account.
func (s *Service) BindPhone(ctx context.Context, who model.Actor, code string) error {
	if who.Consent == "" {
		return model.ErrConsent
	}
	phone, err := s.WeChat.Phone(ctx, code)
	if err != nil {
		return err
	}
	sealed, err := s.Sealer.Seal(aad("users.phone", who.UserID), phone)
	if err != nil {
		return fmt.Errorf("identity: seal phone: %w", err)
	}
	index := s.Sealer.Index("phone", phone)
	err = s.change(ctx, who, func(_ *db.Tx, u *model.User) error {
		u.Phone, u.PhoneIndex = sealed, &index
		return nil
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return model.ErrPhoneTaken
	}
	return err
}

// GiveConsent records that who has read the privacy policy and agrees. Who has
// agreed to a version has done so once, however often he says it.
func (s *Service) GiveConsent(ctx context.Context, who model.Actor, version string) (*model.Consent, error) {
	if version != s.PolicyVersion {
		return nil, errVersion.With("current", s.PolicyVersion).At("body.version", "须为现行版本 "+s.PolicyVersion)
	}
	var given *model.Consent
	err := s.change(ctx, who, func(tx *db.Tx, u *model.User) error {
		old, err := consentOf(tx, u, version)
		if err != nil || old != nil {
			given = old
			return err
		}
		u.Consent = version
		given = &model.Consent{ID: tx.NewID(), UserID: u.ID, Version: version, GivenAt: tx.Now, RequestID: who.RequestID}
		return db.Add(tx, given)
	})
	return given, err
}

// consentOf returns u's consent to version that is in force, or nil.
func consentOf(tx *db.Tx, u *model.User, version string) (*model.Consent, error) {
	if u.Consent != version {
		return nil, nil
	}
	old, err := gorm.G[model.Consent](tx.DB).Where("user_id = ? AND version = ? AND withdrawn_at IS NULL", u.ID, version).Order("id").Take(tx.Ctx)
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("identity: consent of %d: %w", u.ID, err)
	}
	return &old, nil
}

// WithdrawConsent takes it back: from then on nothing personal is stored, and
// little can be done.
func (s *Service) WithdrawConsent(ctx context.Context, who model.Actor) error {
	return s.change(ctx, who, func(tx *db.Tx, u *model.User) error {
		u.Consent = ""
		return tx.Model(&model.Consent{}).Where("user_id = ? AND withdrawn_at IS NULL", u.ID).Update("withdrawn_at", tx.Now).Error
	})
}

func aad(column string, row int64) string { return fmt.Sprintf("%s:%d", column, row) }
