package api

import (
	"context"
	"time"

	"dandelion/model"
	"dandelion/service/wish"
)

// reasonStep is a step of the service that needs a reason.
type reasonStep func(ctx context.Context, who model.Actor, id int64, reason string) (*wish.Seen, error)

// OrderForm is what a resident, proxy or worker fills in (点单).
type OrderForm struct {
	Channel     channel          `json:"channel,omitempty" doc:"self (default), proxy or staff"`
	Kind        wishKind         `json:"kind"`
	Urgency     urgency          `json:"urgency,omitempty"`
	AgeGroup    ageGroup         `json:"age_group" doc:"Of the beneficiary"`
	Sensitive   bool             `json:"sensitive,omitempty" doc:"Hand over at the station; the address is told to nobody"`
	AtStation   bool             `json:"at_station,omitempty" doc:"The resident prefers to be met at the station"`
	Skill       string           `json:"skill,omitempty" maxLength:"16" doc:"What it takes, such as 电工"`
	Title       string           `json:"title" minLength:"2" maxLength:"40"`
	Detail      string           `json:"detail,omitempty" maxLength:"500"`
	ExpectedBy  *time.Time       `json:"expected_by,omitempty"`
	PlaceID     id               `json:"place_id,omitempty" doc:"Community or grid; absent: where the requester lives"`
	Beneficiary *beneficiaryForm `json:"beneficiary,omitempty" doc:"Who it is for; of one's own wish only what the account does not know"`
	ConsentBy   string           `json:"consent_by,omitempty" enum:"oral,written,guardian" doc:"How a proxy got the beneficiary's consent"`
	ProxyPhone  string           `json:"proxy_phone,omitempty" pattern:"^(1[3-9][0-9]{9})?$" patternDescription:"11 位手机号" doc:"Of a staff order: whose account may judge for the beneficiary; absent: nobody, or whom a change leaves as it was"`
}

type beneficiaryForm struct {
	Name    string `json:"name,omitempty" maxLength:"20"`
	Phone   string `json:"phone,omitempty" pattern:"^(1[3-9][0-9]{9})?$" patternDescription:"11 位手机号"`
	Address string `json:"address,omitempty" maxLength:"200"`
}

func (f *OrderForm) order() wish.Order {
	o := wish.Order{
		WishOrder: model.WishOrder{
			Kind: model.WishKind(f.Kind), Urgency: model.Urgency(f.Urgency), AgeGroup: model.AgeGroup(f.AgeGroup), Sensitive: f.Sensitive,
			AtStation: f.AtStation, Skill: f.Skill, Title: f.Title, Detail: f.Detail, Channel: model.Channel(f.Channel),
		},
		PlaceID: f.PlaceID.n(), ConsentBy: f.ConsentBy, ProxyPhone: f.ProxyPhone,
	}
	if o.Channel == "" {
		o.Channel = model.ChannelSelf
	}
	if o.Urgency == "" {
		o.Urgency = model.Normal
	}
	if f.ExpectedBy != nil {
		at := moment(*f.ExpectedBy)
		o.ExpectedBy = &at
	}
	if b := f.Beneficiary; b != nil {
		o.Name, o.Phone, o.Address = b.Name, b.Phone, b.Address
	}
	return o
}

type placeWishInput struct {
	Body struct {
		OrderForm
		Submit bool `json:"submit,omitempty" doc:"Submit at once and not only keep a draft"`
	}
}

func (s Services) placeWish(ctx context.Context, who model.Actor, in *placeWishInput) (*wishView, error) {
	o := in.Body.order()
	o.Submit = in.Body.Submit
	return viewWish(s.Wishes.Place(ctx, who, o))
}

type editWishInput struct {
	ID   id `path:"id"`
	Body OrderForm
}

func (s Services) editWish(ctx context.Context, who model.Actor, in *editWishInput) (*wishView, error) {
	v, err := viewWish(s.Wishes.Edit(ctx, who, in.ID.n(), in.Body.order()))
	return v, at(err, model.ErrWishConsent, "body.consent_by", mustConsent)
}

type returnWishInput struct {
	ID   id `path:"id"`
	Body struct {
		Reason  string `json:"reason" minLength:"2" maxLength:"300"`
		Missing string `json:"missing" minLength:"2" maxLength:"300" doc:"What the resident has to add"`
	}
}

func (s Services) returnWish(ctx context.Context, who model.Actor, in *returnWishInput) (*wishView, error) {
	reason, missing, err := texts("body.reason", in.Body.Reason, "body.missing", in.Body.Missing)
	if err != nil {
		return nil, err
	}
	return viewWish(s.Wishes.Return(ctx, who, in.ID.n(), reason, missing))
}

type rejectWishInput struct {
	ID   id `path:"id"`
	Body struct {
		Code   rejectCode `json:"code" doc:"Why, for the statistics; in words below"`
		Reason string     `json:"reason" minLength:"2" maxLength:"300"`
		Next   string     `json:"next" minLength:"2" maxLength:"300" doc:"What the resident can do instead, in plain words"`
	}
}

func (s Services) rejectWish(ctx context.Context, who model.Actor, in *rejectWishInput) (*wishView, error) {
	reason, next, err := texts("body.reason", in.Body.Reason, "body.next", in.Body.Next)
	if err != nil {
		return nil, err
	}
	return viewWish(s.Wishes.Reject(ctx, who, in.ID.n(), model.RejectCode(in.Body.Code), reason, next))
}

type transferWishInput struct {
	ID   id `path:"id"`
	Body struct {
		To     string `json:"to" enum:"grid_event,topic" doc:"Where it goes on: a grid event or a topic of deliberation"`
		Reason string `json:"reason" minLength:"2" maxLength:"300"`
	}
}

func (s Services) transferWish(ctx context.Context, who model.Actor, in *transferWishInput) (*wishView, error) {
	reason, err := text("body.reason", in.Body.Reason, 2, 300)
	if err != nil {
		return nil, err
	}
	return viewWish(s.Wishes.Transfer(ctx, who, in.ID.n(), in.Body.To, reason))
}

type publishWishInput struct {
	ID   id `path:"id"`
	Body *struct {
		Difficulty difficulty `json:"difficulty,omitempty" doc:"easy (default), medium or hard"`
	}
}

func (s Services) publishWish(ctx context.Context, who model.Actor, in *publishWishInput) (*wishView, error) {
	d := model.Easy
	if in.Body != nil && in.Body.Difficulty != "" {
		d = model.Difficulty(in.Body.Difficulty)
	}
	return viewWish(s.Wishes.Publish(ctx, who, in.ID.n(), d))
}

type dispatchWishInput struct {
	ID   id `path:"id"`
	Body struct {
		OrgID  id     `json:"org_id,omitempty" doc:"A unit, team or social organisation; or"`
		UserID id     `json:"user_id,omitempty" doc:"a registered member"`
		Note   string `json:"note,omitempty" maxLength:"300"`
	}
}

func (s Services) dispatchWish(ctx context.Context, who model.Actor, in *dispatchWishInput) (*wishView, error) {
	note, err := text("body.note", in.Body.Note, 0, 300)
	if err != nil {
		return nil, err
	}
	return viewWish(s.Wishes.Dispatch(ctx, who, in.ID.n(), model.Order{OrgID: in.Body.OrgID.n(), UserID: in.Body.UserID.n()}, note))
}

// teamForm names those whom a unit sends.
type teamForm struct {
	OrgID id   `json:"org_id,omitempty" doc:"The unit or team in whose name it is claimed; absent: oneself"`
	Team  []id `json:"team,omitempty" maxItems:"10" doc:"Those of it who go, the first in the lead"`
}

func (f *teamForm) ids() []int64 {
	if f == nil {
		return nil
	}
	var all []int64
	for _, v := range f.Team {
		all = append(all, v.n())
	}
	return all
}

type claimWishInput struct {
	ID   id `path:"id"`
	Body *teamForm
}

func (s Services) claimWish(ctx context.Context, who model.Actor, in *claimWishInput) (*wishView, error) {
	org := int64(0)
	if in.Body != nil {
		org = in.Body.OrgID.n()
	}
	return viewWish(s.Wishes.Claim(ctx, who, in.ID.n(), org, in.Body.ids()))
}

type acceptWishInput struct {
	ID   id `path:"id"`
	Body *struct {
		Team []id `json:"team,omitempty" maxItems:"10" doc:"Those of the unit who go, the first in the lead"`
	}
}

func (s Services) acceptWish(ctx context.Context, who model.Actor, in *acceptWishInput) (*wishView, error) {
	team := &teamForm{}
	if in.Body != nil {
		team.Team = in.Body.Team
	}
	return viewWish(s.Wishes.Accept(ctx, who, in.ID.n(), team.ids()))
}

type handGoodsInput struct {
	ID   id `path:"id"`
	Body struct {
		Receipt string `json:"receipt" minLength:"2" maxLength:"100" doc:"Who took the goods"`
	}
}

func (s Services) handGoodsWish(ctx context.Context, who model.Actor, in *handGoodsInput) (*wishView, error) {
	receipt, err := text("body.receipt", in.Body.Receipt, 2, 100)
	if err != nil {
		return nil, err
	}
	return viewWish(s.Wishes.HandGoods(ctx, who, in.ID.n(), receipt))
}

type extendInput struct {
	ID   id `path:"id"`
	Body struct {
		Until  time.Time `json:"until"`
		Reason string    `json:"reason" minLength:"2" maxLength:"300"`
	}
}

func (s Services) extendWish(ctx context.Context, who model.Actor, in *extendInput) (*wishView, error) {
	reason, err := text("body.reason", in.Body.Reason, 2, 300)
	if err != nil {
		return nil, err
	}
	v, err := viewWish(s.Wishes.Extend(ctx, who, in.ID.n(), moment(in.Body.Until), reason))
	return v, at(err, model.ErrWishDate, "body.until", mustFit)
}

type suspendInput struct {
	ID   id `path:"id"`
	Body struct {
		ResumeOn time.Time `json:"resume_on"`
		Reason   string    `json:"reason" minLength:"2" maxLength:"300" doc:"The resident sees it"`
	}
}

func (s Services) suspendWish(ctx context.Context, who model.Actor, in *suspendInput) (*wishView, error) {
	reason, err := text("body.reason", in.Body.Reason, 2, 300)
	if err != nil {
		return nil, err
	}
	v, err := viewWish(s.Wishes.Suspend(ctx, who, in.ID.n(), moment(in.Body.ResumeOn), reason))
	return v, at(err, model.ErrWishDate, "body.resume_on", mustFit)
}

type reportInput struct {
	ID   id `path:"id"`
	Body struct {
		Text    string `json:"text" minLength:"2" maxLength:"500" doc:"What was done"`
		Minutes int64  `json:"minutes" minimum:"1" maximum:"1440" doc:"Minutes served"`
	}
}

func (s Services) reportWish(ctx context.Context, who model.Actor, in *reportInput) (*wishView, error) {
	words, err := text("body.text", in.Body.Text, 2, 500)
	if err != nil {
		return nil, err
	}
	return viewWish(s.Wishes.Report(ctx, who, in.ID.n(), words, in.Body.Minutes))
}

type evaluateInput struct {
	ID   id `path:"id"`
	Body struct {
		Stars   int64  `json:"stars" minimum:"1" maximum:"5"`
		Solved  solved `json:"solved" doc:"Whether it was solved, apart from the stars"`
		Comment string `json:"comment,omitempty" maxLength:"300"`
	}
}

func (s Services) evaluateWish(ctx context.Context, who model.Actor, in *evaluateInput) (*wishView, error) {
	comment, err := text("body.comment", in.Body.Comment, 0, 300)
	if err != nil {
		return nil, err
	}
	return viewWish(s.Wishes.Evaluate(ctx, who, in.ID.n(), in.Body.Stars, model.Solved(in.Body.Solved), comment))
}
