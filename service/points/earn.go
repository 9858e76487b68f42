package points

import (
	"fmt"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/timer"
	"dandelion/model"
)

// WishClosed books what a closed wish earns those who served it, as pending
// until it can no longer be appealed. It joins the transaction that closes the
// wish, so neither is there without the other.
func (s *Service) WishClosed(tx *db.Tx, w *model.Wish) error {
	f := model.Feat{
		Source: model.OfClaim, SourceID: w.ClaimID, TenantID: w.TenantID, IssuerID: w.CommunityID, Title: "心愿办结: " + w.Title,
		At: tx.Now, PostAt: tx.Now,
		Facts: model.Facts{Team: w.Team.List(), Kind: w.Kind, Difficulty: w.Difficulty, Minutes: w.Minutes, Stars: w.Stars, Solved: w.Solved},
	}
	if len(f.Team) == 0 {
		f.Team = []int64{w.ClaimerID}
	}
	if w.AppealUntil != nil {
		f.PostAt = *w.AppealUntil
	}
	if err := kin(tx, w, &f); err != nil {
		return err
	}
	return s.earn(tx, f)
}

// WishReopened takes back what a wish has earned that is done again.
func (s *Service) WishReopened(tx *db.Tx, w *model.Wish, who model.Actor) error {
	return s.Undo(tx, w.TenantID, model.OfClaim, w.ClaimID, "重新办理: "+w.Title, who)
}

// kin says whose wish it was, and who of the team belongs to that household:
// whoever has its phone number, or has asked for himself under it.
func kin(tx *db.Tx, w *model.Wish, f *model.Feat) error {
	var rows []struct {
		PhoneIndex string
		Own        *int64
	}
	err := tx.Raw(`SELECT b.phone_index, u.id AS own FROM beneficiaries b
		LEFT JOIN users u ON b.phone_index <> '' AND u.id IN ? AND (u.phone_index = b.phone_index OR EXISTS (
			SELECT 1 FROM beneficiaries o JOIN wishes x ON x.id = o.wish_id
			WHERE o.phone_index = b.phone_index AND x.channel = ? AND x.requester_id = u.id))
		WHERE b.wish_id = ?`, f.Team, model.ChannelSelf, w.ID).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("points: household of %d: %w", w.ID, err)
	}
	phone := ""
	for _, r := range rows {
		phone = r.PhoneIndex
		if r.Own != nil {
			f.Own = append(f.Own, *r.Own)
		}
	}
	switch {
	case w.BeneficiaryID != 0:
		f.Pair = fmt.Sprintf("u%d", w.BeneficiaryID)
	case phone != "":
		f.Pair = "p" + phone[:min(len(phone), 23)]
	default:
		f.Pair = fmt.Sprintf("u%d", w.RequesterID)
	}
	return nil
}

// earn books what a feat is worth under the rules of its day. How full the caps
// are is read after the balances, and the balances are written only if they
// have not changed, so two feats at once cannot both have the last point.
func (s *Service) earn(tx *db.Tx, f model.Feat) error {
	held, err := balances(tx, f.Team)
	if err != nil {
		return err
	}
	used, err := caps(tx, f)
	if err != nil {
		return err
	}
	rule, err := ruleAt(tx, f.TenantID)
	if err != nil {
		return err
	}
	p, err := f.Posting(rule.Weigh(f, used), rule.Version)
	if err != nil {
		return err
	}
	t, err := s.book(tx, p, held)
	if err != nil {
		return err
	}
	return timer.Start(tx, model.PointsPost, t.ID, f.PostAt)
}

// caps returns how full the caps of a feat's team are.
func caps(tx *db.Tx, f model.Feat) (map[int64]model.Used, error) {
	if f.Hours != nil {
		return minutesUsed(tx, f)
	}
	day := model.DayNumber(f.At)
	month := day / 100 * 100
	var rows []struct {
		OwnerID   int64
		Day, Pair int64
	}
	err := tx.Raw(`SELECT owner_id, SUM(CASE WHEN cap_day = ? THEN amount ELSE 0 END) AS day,
		SUM(CASE WHEN pair = ? AND amount > 0 THEN 1 WHEN pair = ? AND amount < 0 THEN -1 ELSE 0 END) AS pair
		FROM point_entries WHERE owner_id IN ? AND cap_day BETWEEN ? AND ? AND cap_kind = ? GROUP BY owner_id`,
		day, f.Pair, f.Pair, f.Team, month, month+31, model.CapWish).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("points: caps: %w", err)
	}
	used := map[int64]model.Used{}
	for _, r := range rows {
		used[r.OwnerID] = model.Used{Day: r.Day, Pair: r.Pair}
	}
	return used, nil
}

// ruleAt returns the version of the rules that is in force now.
func ruleAt(tx *db.Tx, tenant int64) (*model.PointRule, error) {
	all, err := gorm.G[model.PointRule](tx.DB).Where("tenant_id = ? AND effective_at <= ?", tenant, tx.Now).Order("version DESC").Limit(1).Find(tx.Ctx)
	if err != nil {
		return nil, fmt.Errorf("points: rules of %d: %w", tenant, err)
	}
	if len(all) == 0 {
		return &model.PointRule{}, nil
	}
	return &all[0], all[0].Read()
}

// Mature posts what was earned, now that it can no longer be appealed (入账). It
// is what the timers of kind [model.PointsPost] call.
func (s *Service) Mature(tx *db.Tx, txn int64) error {
	p, err := posting(tx, txn)
	if err != nil {
		return err
	}
	var n int64
	err = tx.Model(&model.PointTxn{}).Where("tenant_id = ? AND source_type = ? AND source_id = ? AND kind = ?",
		p.Txn.TenantID, model.OfPointTxn, txn, model.PointReverse).Count(&n).Error
	if err != nil {
		return fmt.Errorf("points: reversal of %d: %w", txn, err)
	}
	if n > 0 {
		return nil
	}
	_, err = s.book(tx, p.Post(tx.Now), nil)
	return err
}
