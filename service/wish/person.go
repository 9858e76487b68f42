package wish

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/id"
	"dandelion/model"
)

func idFloor(t time.Time) int64 { return id.Floor(t) }

// person is a beneficiary in the clear, for as long as a request lasts.
type person struct{ name, phone, address, consentBy string }

// consents are the ways in which a proxy can have got consent.
var consents = map[string]bool{"oral": true, "written": true, "guardian": true}

// prepare checks the beneficiary of o and fills in what the system knows: of
// one's own wish the account's name and number.
func (s *Service) prepare(tx *db.Tx, who model.Actor, o *Order) (*person, error) {
	b := &person{consentBy: o.ConsentBy, phone: strings.TrimSpace(o.Phone)}
	var ok, ok2 bool
	b.name, ok = model.CleanText(o.Name, 0, 20)
	b.address, ok2 = model.CleanText(o.Address, 0, 200)
	if !ok || !ok2 {
		return nil, model.ErrWishPerson
	}
	switch {
	case o.Channel == model.ChannelSelf:
		b.consentBy = ""
		if err := s.own(tx, who, b); err != nil {
			return nil, err
		}
	case !consents[o.ConsentBy]:
		return nil, model.ErrWishConsent
	}
	if err := b.check(o.Channel); err != nil {
		return nil, err
	}
	o.MaskedName = model.MaskName(b.name)
	return b, nil
}

// check says what is missing to find the beneficiary.
func (b *person) check(by model.Channel) error {
	switch {
	case b.name == "":
		return model.ErrWishPerson.At("body.beneficiary.name", "请填写受助人姓名")
	case b.phone != "" && !model.ValidPhone(b.phone):
		return model.ErrWishPerson.At("body.beneficiary.phone", "请填写 11 位手机号")
	case b.phone == "" && by == model.ChannelSelf:
		return model.ErrWishPerson.At("body.beneficiary.phone", "请先绑定手机号, 或在点单时填写")
	}
	return nil
}

// own fills in the account's name and number where a resident left them out.
func (s *Service) own(tx *db.Tx, who model.Actor, b *person) error {
	if b.name != "" && b.phone != "" {
		return nil
	}
	u, err := db.Find[model.User](tx, who.UserID, model.ErrUserNotFound)
	if err != nil {
		return err
	}
	if b.phone == "" {
		if b.phone, err = s.sealer.Open(aad("users.phone", u.ID), u.Phone); err != nil {
			return fmt.Errorf("wish: own phone: %w", err)
		}
	}
	if b.name != "" {
		return nil
	}
	if b.name, err = s.sealer.Open(aad("users.name", u.ID), u.Name); err != nil {
		return fmt.Errorf("wish: own name: %w", err)
	}
	if b.name == "" {
		b.name = u.DisplayName
	}
	return nil
}

// nameProxy finds the account of who may judge for a beneficiary without one.
// It is asked of a staff order only, and after the right to place one has been
// checked: whether a number has an account is not for everybody to know.
func (s *Service) nameProxy(tx *db.Tx, w *model.Wish, who model.Actor, phone string) error {
	if w.Channel != model.ChannelStaff || phone == "" {
		return nil
	}
	var u model.User
	err := tx.Where("phone_index = ?", s.sealer.Index("phone", phone)).Take(&u).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound), err == nil && (u.TenantID != who.TenantID || u.ID == who.UserID):
		return model.ErrWishPerson.At("body.proxy_phone", "没有找到使用该手机号的账号")
	case err != nil:
		return fmt.Errorf("wish: find proxy: %w", err)
	}
	w.ProxyID = u.ID
	return nil
}

func aad(column string, row int64) string { return fmt.Sprintf("%s:%d", column, row) }

// seal returns b as it is stored with w.
func (s *Service) seal(w *model.Wish, b *person, now time.Time) (*model.Beneficiary, error) {
	sealed := &model.Beneficiary{WishID: w.ID, TenantID: w.TenantID, ConsentBy: b.consentBy}
	if b.consentBy != "" {
		sealed.ConsentAt = &now
	}
	if b.phone != "" {
		sealed.PhoneIndex = s.sealer.Index("phone", b.phone)
	}
	for _, f := range []struct {
		to           *string
		column, text string
	}{{&sealed.Name, "name", b.name}, {&sealed.Phone, "phone", b.phone}, {&sealed.Address, "address", b.address}} {
		text, err := s.sealer.Seal(aad("beneficiaries."+f.column, w.ID), f.text)
		if err != nil {
			return nil, fmt.Errorf("wish: seal %s: %w", f.column, err)
		}
		*f.to = text
	}
	return sealed, nil
}

// Revealed is a beneficiary's data, told to somebody who serves the wish.
type Revealed struct {
	Name, Phone, Address string
	AtStation            bool // the address is told to nobody: meet at the station
}

// Reveal tells who the beneficiary of a wish is, and leaves a row about it that
// the beneficiary can read, and a line in the audit log.
func (s *Service) Reveal(ctx context.Context, who model.Actor, wish int64, reason string) (*Revealed, error) {
	policy, err := s.policies.Of(ctx, who.TenantID)
	if err != nil {
		return nil, err
	}
	var r *Revealed
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := find(tx, wish)
		if err != nil {
			return err
		}
		if err := w.Reveals(model.Step{Who: who, Now: tx.Now, Policy: policy}); err != nil {
			return err
		}
		if r, err = s.open(tx, w); err != nil {
			return err
		}
		return note(tx, who, w, r, reason)
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (s *Service) open(tx *db.Tx, w *model.Wish) (*Revealed, error) {
	var b model.Beneficiary
	if err := tx.Where("wish_id = ?", w.ID).Take(&b).Error; err != nil {
		return nil, fmt.Errorf("wish: beneficiary of %d: %w", w.ID, err)
	}
	if w.AddressHidden() {
		b.Address = ""
	}
	r := &Revealed{AtStation: w.AddressHidden()}
	for _, f := range []struct {
		to           *string
		column, text string
	}{{&r.Name, "name", b.Name}, {&r.Phone, "phone", b.Phone}, {&r.Address, "address", b.Address}} {
		text, err := s.sealer.Open(aad("beneficiaries."+f.column, w.ID), f.text)
		if err != nil {
			return nil, fmt.Errorf("wish: open %s of %d: %w", f.column, w.ID, err)
		}
		*f.to = text
	}
	return r, nil
}

// note leaves the traces of a look at r.
func note(tx *db.Tx, who model.Actor, w *model.Wish, r *Revealed, reason string) error {
	fields := "name,phone"
	if r.Address != "" {
		fields += ",address"
	}
	err := db.Add(tx, &model.Reveal{
		ID: tx.NewID(), TenantID: w.TenantID, WishID: w.ID, UserID: who.UserID, Reason: reason, Fields: fields,
		Role: (w.RelationTo(who) & (model.Claimer | model.Worker)).Name(), RequestID: who.RequestID, CreatedAt: tx.Now,
	})
	if err != nil {
		return fmt.Errorf("wish: reveal %d: %w", w.ID, err)
	}
	return trace(tx, who, "wish.reveal", w, map[string]any{"fields": fields})
}

// Look is one line of who has looked at a beneficiary's data.
type Look struct {
	model.Reveal
	DisplayName string
}

// looked is a look with the wish it was at, as [told] is of history.
type looked struct {
	model.Wish
	Look        model.Reveal `gorm:"embedded;embeddedPrefix:look_"`
	DisplayName string
}

// Reveals returns who has looked at the beneficiary's data, newest first, to
// the beneficiary, those who speak for him, and auditors.
func (s *Service) Reveals(ctx context.Context, who model.Actor, wish, before int64, limit int) (all []Look, err error) {
	var rows []looked
	err = s.db.View(ctx, func(tx *db.Tx) error {
		err := tx.Raw(`SELECT w.*, r.id AS look_id, r.user_id AS look_user_id, r.role AS look_role, r.reason AS look_reason,
				r.fields AS look_fields, r.created_at AS look_created_at, COALESCE(u.display_name, '') AS display_name
			FROM wishes w
			LEFT JOIN (SELECT * FROM reveals WHERE wish_id = ? AND id < ? ORDER BY id DESC LIMIT ?) r ON r.wish_id = w.id
			LEFT JOIN users u ON u.id = r.user_id
			WHERE w.id = ? ORDER BY r.id DESC`, wish, db.Before(before), limit, wish).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("wish: reveals of %d: %w", wish, err)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0:
		return nil, model.ErrWishNotFound
	}
	w := &rows[0].Wish
	switch r := w.RelationTo(who); {
	case r == 0:
		return nil, model.ErrWishNotFound
	case r&(model.Resident|model.Requester) == 0 && !who.Holds(w.OrgPath, model.RoleAuditor):
		return nil, model.ErrWishWho
	}
	for _, row := range rows {
		if row.Look.ID != 0 {
			all = append(all, Look{row.Look, row.DisplayName})
		}
	}
	return all, nil
}
