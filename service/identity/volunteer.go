package identity

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
)

var errPhone = fault.Define(fault.Invalid, "account.phone", "请填写 11 位手机号, 没有可以不填")

// Roll takes volunteers on.
type Roll interface {
	Enlist(tx *db.Tx, who model.Actor, user int64, community *model.Org, skills []string) error
}

// Offline is somebody without a smartphone or an account with WeChat, as the
// staff of his community enter him. His consent they have on paper.
type Offline struct {
	Name, Phone string // Phone "": he has none
	CommunityID int64
	Skills      []string
}

// AddVolunteer takes on a volunteer without an account (登记无智能手机志愿者), so that
// leaders can put him on their lists. A number that another account has bound
// stays that account's, and one that is given here can be bound by no other.
func (s *Service) AddVolunteer(ctx context.Context, who model.Actor, in Offline) (p *Person, err error) {
	name, ok := model.CleanText(in.Name, 2, 20)
	switch {
	case !ok:
		return nil, errName.At("body.name", "须为 2–20 个可见的字")
	case in.Phone != "" && !model.ValidPhone(in.Phone):
		return nil, errPhone.At("body.phone", "须为 11 位手机号")
	}
	err = s.DB.Update(ctx, func(tx *db.Tx) error {
		place, err := communityOf(tx, who, in.CommunityID)
		if err != nil {
			return err
		}
		u := model.NewOfflineUser(tx.NewID(), place, s.PolicyVersion, tx.Now)
		u.DisplayName = model.MaskName(name)
		if err := s.introduce(&u, name, in.Phone); err != nil {
			return err
		}
		switch err := db.Add(tx, &u); {
		case errors.Is(err, gorm.ErrDuplicatedKey):
			return model.ErrPhoneTaken
		case err != nil:
			return err
		}
		if err := s.Roll.Enlist(tx, who, u.ID, place, in.Skills); err != nil {
			return err
		}
		p = &Person{ID: u.ID, DisplayName: u.DisplayName, Name: model.MaskName(name), Phone: model.MaskPhone(in.Phone), State: u.State}
		return s.onPaper(tx, who, &u)
	})
	if err != nil {
		return nil, fmt.Errorf("identity: add volunteer: %w", err)
	}
	return p, nil
}

// communityOf returns a community in use that who, of the staff, looks after.
func communityOf(tx *db.Tx, who model.Actor, id int64) (*model.Org, error) {
	o, err := db.Find[model.Org](tx, id, model.ErrOrgNotFound)
	switch {
	case err != nil:
		return nil, err
	case o.TenantID != who.TenantID:
		return nil, model.ErrOrgNotFound
	case !who.Holds(o.Path, model.RoleWorker, model.RoleTownship, model.RoleCounty):
		return nil, model.ErrOrgForeign
	case o.Kind != model.OrgCommunity:
		return nil, errPlace.At("body.community_id", "须为社区")
	case o.State != model.OrgActive:
		return nil, model.ErrOrgClosed
	}
	return o, nil
}

// introduce seals what is told of u.
func (s *Service) introduce(u *model.User, name, phone string) (err error) {
	if u.Name, err = s.Sealer.Seal(aad("users.name", u.ID), name); err != nil {
		return fmt.Errorf("identity: seal name: %w", err)
	}
	if phone == "" {
		return nil
	}
	if u.Phone, err = s.Sealer.Seal(aad("users.phone", u.ID), phone); err != nil {
		return fmt.Errorf("identity: seal phone: %w", err)
	}
	index := s.Sealer.Index("phone", phone)
	u.PhoneIndex = &index
	return nil
}

// onPaper records the consent that somebody has given on paper, and who keeps
// it.
func (s *Service) onPaper(tx *db.Tx, who model.Actor, u *model.User) error {
	err := db.Add(tx, &model.Consent{
		ID: tx.NewID(), UserID: u.ID, Version: u.Consent, GivenAt: tx.Now, RequestID: who.RequestID, TakenBy: who.UserID,
	})
	if err != nil {
		return fmt.Errorf("identity: consent of %d: %w", u.ID, err)
	}
	return audit.Put(tx, who, "volunteer.add", model.OfUser, u.ID, map[string]any{
		"community_id": u.HomeID, "consent": u.Consent, "on": "paper", "phone": u.PhoneIndex != nil,
	})
}
