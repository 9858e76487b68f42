package model

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"dandelion/internal/fault"
)

// Faults of redemptions and donations.
var (
	ErrRedemptionNotFound = fault.Define(fault.NotFound, "redemption.not_found", "没有这笔兑换")
	ErrRedemptionState    = fault.Define(fault.Conflict, "redemption.state", "这笔兑换已领取、取消或过期")
	ErrRedemptionSelf     = fault.Define(fault.Forbidden, "redemption.self", "不能核销自己的兑换, 请由其他核销员办理")
	ErrRedemptionProxy    = fault.Define(fault.Conflict, "redemption.proxy", "本人没有委托他人代领")
	ErrPickUpCode         = fault.Define(fault.NotFound, "redemption.code", "取货码无效")
	ErrDonation           = fault.Define(fault.Invalid, "donation.amount", "捐赠的积分数或留言不正确")
)

// TakenBy says who took a reward away.
type TakenBy string

// Those who can take a reward away.
const (
	TakenByOwner TakenBy = "owner" // 本人
	TakenByProxy TakenBy = "proxy" // 代领人
)

// PickUpLength is the number of letters of a pick-up code (取货码).
const PickUpLength = 10

// PickUpCode makes a code of randomness, of which it needs [PickUpLength] bytes.
func PickUpCode(random []byte) string { return spellCode(random, PickUpLength) }

// CleanPickUpCode returns a code as it was made, from how a person typed it; ""
// if it can be none.
func CleanPickUpCode(typed string) string { return cleanCode(typed, PickUpLength) }

// Redemption is a reward that somebody has taken and may pick up (兑换). Its cost
// is held from his points until it is handed over or given back.
//
// CodeIndex finds the pick-up code without telling it; Code is the code sealed,
// and "" once it is of no use. PlaceKey is unique: it is one of the few places
// that a person has for a reward in a season, and NULL when the redemption has
// come to nothing. Request is what the client called it, unique for the person.
type Redemption struct {
	ID         int64           `gorm:"primaryKey;autoIncrement:false;index:idx_redemptions_user,priority:2;index:idx_redemptions_queue,priority:3"`
	TenantID   int64           `gorm:"not null"`
	RewardID   int64           `gorm:"not null"`
	UserID     int64           `gorm:"not null;index:idx_redemptions_user,priority:1;uniqueIndex:idx_redemptions_request,priority:1"`
	OrgID      int64           `gorm:"not null;index:idx_redemptions_queue,priority:1"`
	OrgPath    Path            `gorm:"size:255;not null"`
	State      RedemptionState `gorm:"size:16;not null;index:idx_redemptions_queue,priority:2"`
	RewardName string          `gorm:"size:30;not null"` // as it was called
	Cost       int64           `gorm:"not null"`         // as it was
	Request    *string         `gorm:"size:64;uniqueIndex:idx_redemptions_request,priority:2"`
	PlaceKey   *string         `gorm:"size:64;uniqueIndex:idx_redemptions_place"`
	CodeIndex  string          `gorm:"size:64;not null;uniqueIndex:idx_redemptions_code"`
	Code       string          `gorm:"size:255;not null"`
	Proxy      string          `gorm:"size:255;not null"` // sealed; who may pick it up instead, "": nobody
	ProxyAt    *time.Time      // when the owner consented to that
	TakenBy    TakenBy         `gorm:"size:8;not null"`
	VerifierID int64           `gorm:"not null"`
	ExpiresAt  time.Time       `gorm:"not null"`
	CreatedAt  time.Time       `gorm:"not null"`
	EndedAt    *time.Time
	UpdatedAt  time.Time `gorm:"not null"`
	Version    int64     `gorm:"not null"`
}

// PlaceKey names the place numbered n, from 1, that a person has for a reward in
// the season of now.
func PlaceKey(reward, user int64, n int, now time.Time) string {
	return fmt.Sprintf("%d:%d:%d:%d", reward, user, SeasonOf(now), n)
}

// RequestName is how the ledger knows what a client calls its request: one name
// for all that a person does, which no other person's and no natural name is.
func RequestName(user int64, request string) string {
	if request == "" {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s", user, request))
	return "client:" + hex.EncodeToString(sum[:24])
}

// NewRedemption returns the redemption of r by st.Who, who fills the place. What
// it is called in secret, its code and request, the caller adds.
func NewRedemption(id int64, r *Reward, st Step, place int) (*Redemption, error) {
	if err := r.Redeemable(st.Who, place); err != nil {
		return nil, err
	}
	key := PlaceKey(r.ID, st.Who.UserID, place, st.Now)
	return &Redemption{
		ID: id, TenantID: r.TenantID, RewardID: r.ID, UserID: st.Who.UserID, OrgID: r.OrgID, OrgPath: r.OrgPath, State: RedemptionHeld, RewardName: r.Name,
		Cost: r.Cost, PlaceKey: &key, ExpiresAt: st.Now.Add(st.Policy.Span(RewardPickUp)), CreatedAt: st.Now, UpdatedAt: st.Now, Version: 1,
	}, nil
}

// Hold returns the transaction that holds what d costs.
func (d *Redemption) Hold() *Posting {
	p := &Posting{Txn: PointTxn{
		TenantID: d.TenantID, Kind: PointHold, SourceType: OfRedemption, SourceID: d.ID, ActorID: d.UserID, Memo: "兑换: " + d.RewardName, OccurredAt: d.CreatedAt,
	}}
	if d.Request != nil {
		p.Txn.RequestID = RequestName(d.UserID, *d.Request)
	}
	p.Move(d.Cost, AccountMember, d.UserID, AccountRedeem, d.UserID)
	return p
}

// moves returns where e leads from d's state when p causes it, or says that it
// does not.
func (d *Redemption) moves(e RedemptionEvent, p RedemptionParty) (RedemptionState, error) {
	for _, t := range redemptionFlow {
		if t.event == e && t.from == d.State && t.by == p {
			return t.to, nil
		}
	}
	return "", ErrRedemptionState
}

// own is moves for what only the owner does; for others there is no d.
func (d *Redemption) own(e RedemptionEvent, who Actor) (RedemptionState, error) {
	if d.UserID != who.UserID || who.UserID == 0 {
		return "", ErrRedemptionNotFound
	}
	return d.moves(e, RedemptionOwner)
}

// NameProxy lets somebody else pick d up (代领). Sealed is his name; that the
// owner says so now is his consent.
func (d *Redemption) NameProxy(st Step, sealed string) error {
	to, err := d.own(RedemptionName, st.Who)
	if err != nil {
		return err
	}
	d.State, d.Proxy, d.ProxyAt = to, sealed, &st.Now
	return nil
}

// DropProxy withdraws the consent to a proxy (撤回委托).
func (d *Redemption) DropProxy(st Step) error {
	to, err := d.own(RedemptionDrop, st.Who)
	switch {
	case err != nil:
		return err
	case d.ProxyAt == nil:
		return ErrRedemptionProxy
	}
	d.State, d.Proxy, d.ProxyAt = to, "", nil
	return nil
}

// Good says whether the code of d is good at the station of st.Who. Whatever is
// wrong with it, the answer is the same, so that guessing teaches nothing.
func (d *Redemption) Good(st Step) error {
	_, err := d.moves(RedemptionPickUp, RedemptionStaff)
	switch {
	case err != nil || d.TenantID != st.Who.TenantID || !st.Who.Holds(d.OrgPath, RoleVerifier) || !st.Now.Before(d.ExpiresAt):
		return ErrPickUpCode
	case d.UserID == st.Who.UserID:
		return ErrRedemptionSelf
	}
	return nil
}

// PickUp hands d over to its owner, or to the proxy whom he has named (核销领取).
func (d *Redemption) PickUp(st Step, by TakenBy) error {
	if err := d.Good(st); err != nil {
		return err
	}
	if by != TakenByOwner && (by != TakenByProxy || d.ProxyAt == nil) {
		return ErrRedemptionProxy
	}
	d.TakenBy, d.VerifierID = by, st.Who.UserID
	d.end(RedemptionPickedUp, st.Now)
	return nil
}

// Cancel gives d back before it is picked up (取消).
func (d *Redemption) Cancel(st Step) error {
	to, err := d.own(RedemptionCancel, st.Who)
	if err != nil {
		return err
	}
	d.end(to, st.Now)
	d.PlaceKey = nil
	return nil
}

// Expire gives d back that nobody has picked up in time (逾期未领).
func (d *Redemption) Expire(st Step) error {
	to, err := d.moves(RedemptionLapse, RedemptionSystem)
	switch {
	case err != nil:
		return err
	case !st.Who.System || st.Now.Before(d.ExpiresAt):
		return ErrRedemptionState
	}
	d.end(to, st.Now)
	d.PlaceKey = nil
	return nil
}

// end closes d: its code opens nothing any more, and nobody else's name is kept
// for it but that of whoever took it.
func (d *Redemption) end(as RedemptionState, now time.Time) {
	d.State, d.Code, d.EndedAt = as, "", &now
	if d.TakenBy != TakenByProxy {
		d.Proxy = ""
	}
}

// MaxDonation is how many points can be donated at once.
const MaxDonation = 100_000

// Donation is a member's gift of points to the pool of his community (捐赠). There
// is no other way to give points away: never to a person.
type Donation struct {
	ID        int64     `gorm:"primaryKey;autoIncrement:false"`
	TenantID  int64     `gorm:"not null"`
	UserID    int64     `gorm:"not null;uniqueIndex:idx_donations_request,priority:1"`
	OrgID     int64     `gorm:"not null"` // the community
	Amount    int64     `gorm:"not null"`
	Note      string    `gorm:"size:100;not null"`
	Request   *string   `gorm:"size:64;uniqueIndex:idx_donations_request,priority:2"`
	CreatedAt time.Time `gorm:"not null"`
}

// NewDonation returns the gift of amount to the community that who lives in.
func NewDonation(id int64, who Actor, amount int64, note, request string, now time.Time) (*Donation, error) {
	community := who.HomePath.At(LevelCommunity)
	text, ok := CleanText(note, 0, 100)
	switch {
	case community == 0:
		return nil, ErrNoHome
	case amount < 1 || amount > MaxDonation || !ok:
		return nil, ErrDonation
	}
	d := &Donation{ID: id, TenantID: who.TenantID, UserID: who.UserID, OrgID: community, Amount: amount, Note: text, CreatedAt: now}
	if request != "" {
		d.Request = &request
	}
	return d, nil
}

// Same reports whether o asks for what d was, under the same request.
func (d *Donation) Same(o *Donation) bool { return d.Amount == o.Amount && d.Note == o.Note }

// Give returns the transaction that moves d into the pool.
func (d *Donation) Give() *Posting {
	p := &Posting{Txn: PointTxn{
		TenantID: d.TenantID, Kind: PointDonate, SourceType: OfDonation, SourceID: d.ID, ActorID: d.UserID, Memo: "捐赠社区公益池", OccurredAt: d.CreatedAt,
	}}
	if d.Request != nil {
		p.Txn.RequestID = RequestName(d.UserID, *d.Request)
	}
	p.Move(d.Amount, AccountMember, d.UserID, AccountPool, d.OrgID)
	return p
}
