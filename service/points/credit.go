package points

import (
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
)

// credit adds the deeds of p, and each person's standing in the periods that
// now belongs to. Whoever has a closed period corrected sees it in the open
// one, as in any book.
func (s *Service) credit(tx *db.Tx, p *model.Posting) error {
	if len(p.Deeds) == 0 {
		return nil
	}
	if p.Txn.Kind != model.PointReverse { // which counts where what it takes back counted
		if err := place(tx, p.Deeds); err != nil {
			return err
		}
	}
	for i := range p.Deeds {
		p.Deeds[i].ID, p.Deeds[i].TxnID, p.Deeds[i].TenantID, p.Deeds[i].CreatedAt = tx.NewID(), p.Txn.ID, p.Txn.TenantID, tx.Now
	}
	if err := tx.Create(&p.Deeds).Error; err != nil {
		return fmt.Errorf("points: add deeds of %d: %w", p.Txn.ID, err)
	}
	for _, d := range p.Deeds {
		if err := stand(tx, d); err != nil {
			return err
		}
		err := s.events.Put(tx, model.Event{
			TenantID: d.TenantID, Subject: model.OfPoints, SubjectID: d.UserID, Name: string(p.Txn.Kind), ActorID: p.Txn.ActorID, Reason: p.Txn.Memo,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// place says of deeds that do not know where they count: where the person is
// registered, or else lives.
func place(tx *db.Tx, deeds []model.Deed) error {
	var users []int64
	for _, d := range deeds {
		if d.CommunityID == 0 {
			users = append(users, d.UserID)
		}
	}
	if len(users) == 0 {
		return nil
	}
	var rows []struct {
		UserID, UnitID, TeamID int64
		Path                   model.Path
	}
	err := tx.Raw(`SELECT u.id AS user_id, COALESCE(m.unit_id, 0) AS unit_id, COALESCE(m.team_id, 0) AS team_id, COALESCE(c.path, u.home_path) AS path
		FROM users u LEFT JOIN members m ON m.user_id = u.id AND m.tenant_id = ? LEFT JOIN orgs c ON c.id = m.community_id WHERE u.id IN ?`,
		deeds[0].TenantID, users).Scan(&rows).Error
	if err != nil {
		return fmt.Errorf("points: where deeds count: %w", err)
	}
	for _, r := range rows {
		for i := range deeds {
			if d := &deeds[i]; d.UserID == r.UserID && d.CommunityID == 0 {
				d.CommunityID, d.TownshipID, d.UnitID, d.TeamID = r.Path.At(model.LevelCommunity), r.Path.At(model.LevelTownship), r.UnitID, r.TeamID
			}
		}
	}
	return nil
}

// stand adds a deed to the standings of its person. His balance has been
// written before in this transaction, so nobody else is at them.
func stand(tx *db.Tx, d model.Deed) error {
	periods := model.PeriodsAt(tx.Now)
	set := map[string]any{
		"community_id": d.CommunityID, "township_id": d.TownshipID, "unit_id": d.UnitID, "team_id": d.TeamID, "version": gorm.Expr("version + 1"),
	}
	for _, c := range []struct {
		column, at string
		change     int64
	}{
		{"honour", "honour_at", d.Honour},
		{"wishes", "wishes_at", d.Wishes},
		{"led", "", d.Led},
		{"minutes", "minutes_at", d.Minutes},
		{"stars", "stars_at", d.Stars},
		{"rated", "", d.Rated},
		{"solved", "", d.Tally.Solved},
	} {
		if c.change == 0 {
			continue
		}
		set[c.column] = gorm.Expr(c.column+" + ?", c.change)
		if c.at != "" {
			set[c.at] = tx.Now
		}
	}
	of := tx.Model(&model.Standing{}).Where("tenant_id = ? AND user_id = ? AND period IN ?", d.TenantID, d.UserID, periods)
	res := of.Updates(set)
	if res.Error != nil {
		return fmt.Errorf("points: standings of %d: %w", d.UserID, res.Error)
	}
	if int(res.RowsAffected) == len(periods) {
		return nil
	}
	return begin(tx, d, periods)
}

// begin adds the standings of the periods in which d is the person's first deed.
func begin(tx *db.Tx, d model.Deed, periods []model.Period) error {
	var known []model.Period
	err := tx.Model(&model.Standing{}).Where("tenant_id = ? AND user_id = ? AND period IN ?", d.TenantID, d.UserID, periods).Pluck("period", &known).Error
	if err != nil {
		return fmt.Errorf("points: standings of %d: %w", d.UserID, err)
	}
	var fresh []model.Standing
	for _, p := range periods {
		if !slices.Contains(known, p) {
			fresh = append(fresh, model.Standing{
				TenantID: d.TenantID, Period: p, UserID: d.UserID, CommunityID: d.CommunityID, TownshipID: d.TownshipID, UnitID: d.UnitID, TeamID: d.TeamID,
				Tally: d.Tally, HonourAt: tx.Now, WishesAt: tx.Now, MinutesAt: tx.Now, StarsAt: tx.Now, Version: 1,
			})
		}
	}
	switch err := tx.Create(&fresh).Error; {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return db.ErrStale
	case err != nil:
		return fmt.Errorf("points: begin standings of %d: %w", d.UserID, err)
	}
	return nil
}
