package model

import (
	"strings"
	"time"
)

// WishOrder is what a wish is made of (点单).
type WishOrder struct {
	Kind       WishKind
	Urgency    Urgency
	AgeGroup   AgeGroup
	Sensitive  bool
	AtStation  bool // the resident prefers to be met at the station
	Skill      string
	Title      string
	Detail     string
	ExpectedBy *time.Time
	Channel    Channel
	MaskedName string
}

// NewWish returns a draft of what s.Who orders at place, which is the
// community or a grid of it.
func NewWish(id int64, o WishOrder, place *Org, s Step) (*Wish, error) {
	w := &Wish{
		ID: id, TenantID: place.TenantID, CommunityID: place.Path.At(LevelCommunity), OrgPath: place.Path,
		RequesterID: s.Who.UserID, Channel: o.Channel, Difficulty: Easy, Scope: ScopeCommunity,
		CreatedAt: s.Now, Version: 1,
	}
	switch {
	case place.TenantID != s.Who.TenantID:
		return nil, ErrOrgNotFound
	case place.Kind != OrgCommunity && place.Kind != OrgGrid && place.Kind != OrgBuilding:
		return nil, ErrNoHome // other trees have other levels
	case place.State != OrgActive:
		return nil, ErrOrgClosed
	}
	switch o.Channel {
	case ChannelSelf:
		w.BeneficiaryID = s.Who.UserID
	case ChannelProxy:
		w.ProxyID = s.Who.UserID
	case ChannelStaff:
		if !s.Who.Holds(w.OrgPath, RoleWorker, RoleGrid, RoleTownship, RoleCounty) {
			return nil, ErrForbidden
		}
	}
	w.move(WishDraft, s)
	return w, w.describe(o, s)
}

// Link makes account, which has the beneficiary's number, that of whom w is
// for; 0 if there is none. If it is the account of somebody who has another part
// in w, the number is only a way to reach the beneficiary.
func (w *Wish) Link(account int64) {
	if w.Channel == ChannelSelf {
		return
	}
	w.BeneficiaryID = 0
	if account != w.RequesterID && account != w.ProxyID && account != w.ClaimerID && account != w.TargetUserID && !w.Team.Has(account) {
		w.BeneficiaryID = account
	}
}

// MayEdit says why s.Who may not change w now, or nil.
func (w *Wish) MayEdit(s Step) error { return w.may(WishSubmit, s) }

// Edit changes a draft, or what was returned, before it is submitted (again).
func (w *Wish) Edit(o WishOrder, s Step) error {
	if err := w.MayEdit(s); err != nil {
		return err
	}
	if err := w.describe(o, s); err != nil {
		return err
	}
	w.Link(0) // the number may be another one: see who has it when it is submitted
	return nil
}

func (w *Wish) describe(o WishOrder, s Step) error {
	title, ok := CleanText(o.Title, 2, 40)
	detail, ok2 := CleanText(o.Detail, 0, 500)
	skill, ok3 := CleanText(o.Skill, 0, 16)
	switch {
	case !ok || !ok2 || !ok3 || strings.Contains(title, "\n"):
		return ErrWishText
	case o.ExpectedBy != nil && !InTime(*o.ExpectedBy, s.Now):
		return ErrWishDate
	}
	w.Kind, w.Urgency, w.AgeGroup, w.Sensitive, w.Skill = o.Kind, o.Urgency, o.AgeGroup, o.Sensitive, skill
	w.Title, w.Detail, w.ExpectedBy, w.BeneficiaryMask = title, detail, o.ExpectedBy, o.MaskedName
	w.HandOver = AtHome
	if o.AtStation || o.Sensitive || o.AgeGroup == Minor {
		w.HandOver = AtStation // minors and sensitive cases are met at the station
	}
	return nil
}

// Reveals reports whether who may be told the beneficiary's data now: those
// who serve the wish, from the claim until some days after it is closed, and
// the workers of the place as long as the wish is theirs to see to.
func (w *Wish) Reveals(s Step) error {
	r := w.RelationTo(s.Who)
	if r == 0 {
		return ErrWishNotFound
	}
	recent := w.ClosedAt != nil && !s.Now.After(w.ClosedAt.Add(s.Policy.Span(RevealAfterClose)))
	switch {
	case w.State == WishClosed && !recent, w.State.Final() && w.State != WishClosed:
		return ErrWishReveal
	case r&(Claimer|Worker) != 0:
		return nil
	}
	return ErrWishReveal
}

// AddressHidden reports whether the address is told to nobody, since the
// beneficiary is met at the station.
func (w *Wish) AddressHidden() bool { return w.HandOver == AtStation }

// Flags returns why a judgement is to be reviewed; none if it is not.
func (w *Wish) Flags(byProxy bool) []string {
	var f []string
	if w.Stars > 0 && w.Stars <= 2 {
		f = append(f, "low_stars")
	}
	if w.Stars > 0 && w.Solved != SolvedYes {
		f = append(f, "not_solved")
	}
	if byProxy {
		f = append(f, "by_proxy")
	}
	return f
}
