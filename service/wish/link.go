package wish

import (
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
)

// link finds the account that has the beneficiary's number, so that he can see
// and judge what others have ordered for him. Nobody who orders is told whether
// there is one. Phone is the number's index, or a query for it.
func link(tx *db.Tx, w *model.Wish, phone any) error {
	var ids []int64
	err := tx.Model(&model.User{}).Where("tenant_id = ? AND phone_index = (?)", w.TenantID, phone).Limit(1).Pluck("id", &ids).Error
	if err != nil {
		return fmt.Errorf("wish: account of the beneficiary of %d: %w", w.ID, err)
	}
	w.Link(append(ids, 0)[0])
	return nil
}

// manyWishes bounds how many wishes one number can have waited for.
const manyWishes = 50

// PhoneKnown links the wishes under way that are for u's number, now that u can
// be reached by it. What is over stays as it was: a number may have belonged to
// somebody else.
func (s *Service) PhoneKnown(tx *db.Tx, u *model.User) error {
	var all []model.Wish
	err := tx.Raw(`SELECT w.* FROM beneficiaries b JOIN wishes w ON w.id = b.wish_id
		WHERE b.phone_index = ? AND w.tenant_id = ? AND w.beneficiary_id = 0 AND w.queue_org_id <> 0
		ORDER BY w.id DESC LIMIT ?`, u.PhoneIndex, u.TenantID, manyWishes).Scan(&all).Error
	if err != nil {
		return fmt.Errorf("wish: wishes for the number of %d: %w", u.ID, err)
	}
	for i := range all {
		after := all[i]
		if after.Link(u.ID); after.BeneficiaryID == 0 {
			continue
		}
		if err := db.Save(tx, &all[i], &after); err != nil {
			return err
		}
	}
	return nil
}
