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
	county, err := db.Find[model.Org](tx, tenant, model.ErrOrgNotFound)
	if err != nil {
		return err
	}
	err = alterUser(tx, who.UserID, func(tx *db.Tx, u *model.User) error { return move(tx, u, tenant) })
	if err != nil {
		return err
	}
	g := model.NewGrant(tx.NewID(), who.UserID, model.RoleAdmin, county, 0, tx.Now)
	if err := endLapsed(tx, *g.ActiveKey); err != nil {
		return err
	}
	switch err := db.Add(tx, g); {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return model.ErrGrantTaken
	case err != nil:
		return err
	}
	who.TenantID = tenant
	return audit.Put(tx, who, "admin_code.redeem", model.OfGrant, g.ID, map[string]any{"role": g.Role, "org_id": g.OrgID})
}

// endLapsed ends a grant that has run out by itself, so that it does not stand
// in the way of a new one.
func endLapsed(tx *db.Tx, key string) error {
	err := tx.Exec(`UPDATE grants SET active_key = NULL, revoked_at = valid_until, version = version + 1
		WHERE active_key = ? AND valid_until <= ?`, key, tx.Now).Error
	if err != nil {
		return fmt.Errorf("identity: end lapsed grant: %w", err)
	}
	return nil
}

// Person is an account as an administrator finds it.
type Person struct {
	ID          int64
	DisplayName string
	Name, Phone string // masked
	State       model.UserState
}

// FindByPhone returns the account of who's county that a number belongs to. The
// audit log tells of those who were not found too, and of no number.
func (s *Service) FindByPhone(ctx context.Context, who model.Actor, phone string) (*Person, error) {
	if err := administers(who); err != nil {
		return nil, err
	}
	var u model.User
	err := s.DB.Update(ctx, func(tx *db.Tx) (err error) {
		u, err = gorm.G[model.User](tx.DB).Where("phone_index = ? AND tenant_id = ?", s.Sealer.Index("phone", phone), who.TenantID).Take(tx.Ctx)
		if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return err
		}
		return audit.Put(tx, who, "user.find", model.OfUser, u.ID, nil)
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("identity: find by phone: %w", err)
	case u.ID == 0:
		return nil, model.ErrUserNotFound
	}
	p := &Profile{User: u}
	if err := s.masked(p); err != nil {
		return nil, err
	}
	return &Person{ID: u.ID, DisplayName: u.DisplayName, Name: p.Name, Phone: p.Phone, State: u.State}, nil
}

// administers reports that who has a county to look after, or that he has not.
func administers(who model.Actor) error {
	if !who.HoldsAt(who.TenantID, model.RoleAdmin) {
		return model.ErrForbidden
	}
	return nil
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
	if err := administers(who); err != nil {
		return err
	}
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		err := alterUser(tx, id, func(tx *db.Tx, u *model.User) error {
			if u.TenantID != who.TenantID {
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
