package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/audit"
	"dandelion/internal/db"
	"dandelion/model"
)

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
