package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/model"
)

// codeLife is how long the operator's code for an administrator is good.
const codeLife = 24 * time.Hour

// MakeAdminCode returns a code that makes whoever enters it first the
// administrator of the county of that name, which is founded if it is missing.
// It is the operator's command, and the only way in to a new county.
func (s *Service) MakeAdminCode(ctx context.Context, county string) (code string, err error) {
	name, ok := model.CleanText(county, 1, 30)
	if !ok {
		return "", errName
	}
	code = rand.Text()
	err = s.DB.Update(ctx, func(tx *db.Tx) error {
		o, err := found(tx, name)
		if err != nil {
			return err
		}
		err = db.Add(tx, &model.AdminCode{CodeHash: hash(code), TenantID: o.ID, CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(codeLife)})
		if err != nil {
			return err
		}
		return audit.Put(tx, model.Actor{TenantID: o.ID}, "admin_code.make", model.OfOrg, o.ID, nil)
	})
	if err != nil {
		return "", fmt.Errorf("identity: make admin code: %w", err)
	}
	return code, nil
}

// found returns the county of that name, new if there is none.
func found(tx *db.Tx, name string) (*model.Org, error) {
	o, err := gorm.G[model.Org](tx.DB).Where("kind = ? AND name = ?", model.OrgCounty, name).Take(tx.Ctx)
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return &o, err
	}
	county, err := model.NewOrg(tx.NewID(), model.OrgCounty, name, nil)
	if err != nil {
		return nil, err
	}
	county.CreatedAt, county.UpdatedAt = tx.Now, tx.Now
	return county, db.Add(tx, county)
}

// RedeemAdminCode makes who the administrator of the code's county. A code
// works once, whoever else enters it at the same time.
func (s *Service) RedeemAdminCode(ctx context.Context, who model.Actor, code string) error {
	if who.Consent == "" {
		return model.ErrConsent
	}
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		c, err := gorm.G[model.AdminCode](tx.DB).Where("code_hash = ?", hash(code)).Take(tx.Ctx)
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return model.ErrAdminCode
		}
		if err != nil {
			return err
		}
		res := tx.Model(&model.AdminCode{}).Where("code_hash = ? AND used_by = 0 AND expires_at > ?", c.CodeHash, tx.Now).
			Updates(map[string]any{"used_by": who.UserID, "used_at": tx.Now})
		switch {
		case res.Error != nil:
			return res.Error
		case res.RowsAffected == 0:
			return model.ErrAdminCode
		}
		return s.crown(tx, who, c.TenantID)
	})
	if err != nil {
		return fmt.Errorf("identity: redeem admin code: %w", err)
	}
	return nil
}

// crown gives who the county.
func (s *Service) crown(tx *db.Tx, who model.Actor, tenant int64) error {
	if who.TenantID != 0 && who.TenantID != tenant {
		return errMove
	}
	county, err := db.Find[model.Org](tx, tenant, model.ErrOrgNotFound)
	if err != nil {
		return err
	}
	err = alterUser(tx, who.UserID, func(_ *db.Tx, u *model.User) error {
		u.TenantID = tenant
		return nil
	})
	if err != nil {
		return err
	}
	g := model.NewGrant(tx.NewID(), who.UserID, model.RoleAdmin, county, 0, tx.Now)
	switch err := db.Add(tx, g); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return model.ErrGrantTaken
	case err != nil:
		return err
	}
	who.TenantID = tenant
	return audit.Put(tx, who, "admin_code.redeem", model.OfGrant, g.ID, map[string]any{"role": g.Role, "org_id": g.OrgID})
}

// Person is an account as an administrator finds it.
type Person struct {
	ID          int64
	DisplayName string
	Name, Phone string // masked
	State       model.UserState
}

// FindByPhone returns the account of who's county that a number belongs to.
func (s *Service) FindByPhone(ctx context.Context, who model.Actor, phone string) (*Person, error) {
	var u model.User
	err := s.DB.Update(ctx, func(tx *db.Tx) (err error) {
		u, err = gorm.G[model.User](tx.DB).Where("phone_index = ?", s.Sealer.Index("phone", phone)).Take(tx.Ctx)
		switch {
		case errors.Is(err, gorm.ErrRecordNotFound), err == nil && u.TenantID != who.TenantID:
			return model.ErrUserNotFound
		case err != nil:
			return err
		}
		return audit.Put(tx, who, "user.find", model.OfUser, u.ID, nil)
	})
	if err != nil {
		return nil, fmt.Errorf("identity: find by phone: %w", err)
	}
	p := &Profile{User: u}
	if err := s.masked(p); err != nil {
		return nil, err
	}
	return &Person{ID: u.ID, DisplayName: u.DisplayName, Name: p.Name, Phone: p.Phone, State: u.State}, nil
}

// Disable stops an account, from its next request on.
func (s *Service) Disable(ctx context.Context, who model.Actor, id int64, reason string) error {
	return s.judge(ctx, who, id, "user.disable", reason, func(tx *db.Tx, u *model.User) error {
		if err := u.Disable(who); err != nil {
			return err
		}
		return endSessions(tx, u.ID)
	})
}

// Enable lets an account in again.
func (s *Service) Enable(ctx context.Context, who model.Actor, id int64, reason string) error {
	return s.judge(ctx, who, id, "user.enable", reason, func(_ *db.Tx, u *model.User) error { return u.Enable() })
}

// judge alters an account of who's county, and says so in the audit log.
func (s *Service) judge(ctx context.Context, who model.Actor, id int64, action, reason string, alter func(*db.Tx, *model.User) error) error {
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		err := alterUser(tx, id, func(tx *db.Tx, u *model.User) error {
			if u.TenantID != who.TenantID || who.TenantID == 0 {
				return model.ErrUserNotFound
			}
			return alter(tx, u)
		})
		if err != nil {
			return err
		}
		return audit.Put(tx, who, action, model.OfUser, id, map[string]any{"reason": reason})
	})
	if err != nil {
		return fmt.Errorf("identity: %s: %w", action, err)
	}
	return nil
}

// privacyTime is how long a request about one's own data may take: GB/T 35273
// asks for thirty days, and we promise half.
const privacyTime = 15 * 24 * time.Hour

// AskPrivacy records a request for a copy of one's own data, or its deletion.
func (s *Service) AskPrivacy(ctx context.Context, who model.Actor, kind model.PrivacyKind) (*model.PrivacyRequest, error) {
	var r *model.PrivacyRequest
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		key := fmt.Sprintf("%d:%s", who.UserID, kind)
		r = &model.PrivacyRequest{
			ID: tx.NewID(), TenantID: who.TenantID, UserID: who.UserID, Kind: kind, AskedAt: tx.Now, DueAt: tx.Now.Add(privacyTime), ActiveKey: &key,
		}
		err := db.Add(tx, r)
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return model.ErrPrivacyOpen
		}
		if err != nil {
			return err
		}
		return audit.Put(tx, who, "privacy."+string(kind), model.OfUser, who.UserID, nil)
	})
	if err != nil {
		return nil, fmt.Errorf("identity: ask privacy: %w", err)
	}
	return r, nil
}

// PrivacyRequests returns who's own requests, newest first.
func (s *Service) PrivacyRequests(ctx context.Context, who model.Actor) (all []model.PrivacyRequest, err error) {
	err = s.DB.View(ctx, func(tx *db.Tx) error {
		return tx.Where("user_id = ?", who.UserID).Order("id DESC").Limit(20).Find(&all).Error
	})
	if err != nil {
		return nil, fmt.Errorf("identity: privacy requests: %w", err)
	}
	return all, nil
}
