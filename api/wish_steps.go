package api

import (
	"context"
	"time"

	"dandelion/model"
)

// pathOf returns the last part of the route of e.
func pathOf(e model.WishEvent) string { return string(e) }

// step makes the route of one event of the loop.
func step[In any](e model.WishEvent, english string, may model.Permission, h handler[In, wishView]) route {
	return post("/wishes/{id}/"+pathOf(e), e.Title()+": "+english, may, h)
}

// wishSteps has one row for each event that people can cause.
func (s Services) wishSteps() []route {
	return []route{
		step(model.WishSubmit, "hand a draft to the community", model.Consented, s.submitWish),
		step(model.WishReturn, "ask the requester for what is missing", model.HandleWish, s.returnWish),
		step(model.WishReject, "decline, with what the resident can do instead", model.HandleWish, s.rejectWish),
		step(model.WishTransfer, "pass on what is no wish", model.HandleWish, s.transferWish),
		step(model.WishPublish, "offer to the volunteers of the community", model.HandleWish, s.publishWish),
		step(model.WishDispatch, "order to a unit, team or member", model.HandleWish, s.dispatchWish),
		step(model.WishAccept, "take an order", model.ServeWish, s.acceptWish),
		step(model.WishDecline, "give an order back", model.ServeWish, s.declineWish),
		step(model.WishWithdraw, "take an order back", model.HandleWish, s.withdrawWish),
		step(model.WishClaim, "take an open wish", model.ServeWish, s.claimWish),
		step(model.WishAppoint, "say when one will come", model.ServeWish, s.appointWish),
		step(model.WishStart, "begin the service", model.ServeWish, s.startWish),
		step(model.WishHandGoods, "record who took the goods", model.ServeWish, s.handGoodsWish),
		step(model.WishExtend, "ask for more time", model.ServeWish, s.extendWish),
		step(model.WishApprove, "grant the time that was asked for", model.HandleWish, s.approveWish),
		step(model.WishRefuse, "leave the time as it is", model.HandleWish, s.refuseWish),
		step(model.WishRelease, "give a claim back", model.ServeWish, s.releaseWish),
		step(model.WishRevoke, "take a claim away", model.HandleWish, s.revokeWish),
		step(model.WishSuspend, "stop the clock until a day", model.HandleWish, s.suspendWish),
		step(model.WishResume, "take up again", model.HandleWish, s.resumeWish),
		step(model.WishReport, "show what was done", model.ServeWish, s.reportWish),
		step(model.WishVerify, "confirm what was reported", model.HandleWish, s.verifyWish),
		step(model.WishSendBack, "have a report done again", model.HandleWish, s.sendBackWish),
		step(model.WishEvaluate, "judge, as the beneficiary or his proxy", model.Consented, s.evaluateWish),
		step(model.WishRedo, "have done again what is not solved", model.Consented, s.reworkWish),
		step(model.WishFail, "ask a second person to agree to give up", model.HandleWish, s.failWish),
		step(model.WishConfirm, "give up, as the second person", model.HandleWish, s.confirmFailWish),
		step(model.WishKeepOn, "go on, as the second person", model.HandleWish, s.refuseFailWish),
		step(model.WishCancel, "end it at the word of whoever asked for it", model.Consented, s.cancelWish),
		step(model.WishReopen, "have a closed wish done again", model.Consented, s.reopenWish),
	}
}

// because is the body of a step that needs a reason.
type because struct {
	ID   id `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"300" doc:"Told to the resident"`
	}
}

func (in *because) reason() (string, error) { return text("body.reason", in.Body.Reason, 2, 300) }

// withReason answers a step that needs a reason and nothing else.
func withReason(ctx context.Context, who model.Actor, in *because, do reasonStep) (*wishView, error) {
	reason, err := in.reason()
	if err != nil {
		return nil, err
	}
	return viewWish(do(ctx, who, in.ID.n(), reason))
}

func (s Services) submitWish(ctx context.Context, who model.Actor, in *wishInput) (*wishView, error) {
	return viewWish(s.Wishes.Submit(ctx, who, in.ID.n()))
}

func (s Services) declineWish(ctx context.Context, who model.Actor, in *because) (*wishView, error) {
	return withReason(ctx, who, in, s.Wishes.Decline)
}

func (s Services) withdrawWish(ctx context.Context, who model.Actor, in *because) (*wishView, error) {
	return withReason(ctx, who, in, s.Wishes.Withdraw)
}

func (s Services) releaseWish(ctx context.Context, who model.Actor, in *because) (*wishView, error) {
	return withReason(ctx, who, in, s.Wishes.Release)
}

func (s Services) revokeWish(ctx context.Context, who model.Actor, in *because) (*wishView, error) {
	return withReason(ctx, who, in, s.Wishes.Revoke)
}

func (s Services) refuseWish(ctx context.Context, who model.Actor, in *because) (*wishView, error) {
	return withReason(ctx, who, in, s.Wishes.RefuseExtension)
}

func (s Services) sendBackWish(ctx context.Context, who model.Actor, in *because) (*wishView, error) {
	return withReason(ctx, who, in, s.Wishes.SendBack)
}

func (s Services) reworkWish(ctx context.Context, who model.Actor, in *because) (*wishView, error) {
	return withReason(ctx, who, in, s.Wishes.Rework)
}

func (s Services) failWish(ctx context.Context, who model.Actor, in *because) (*wishView, error) {
	return withReason(ctx, who, in, s.Wishes.Fail)
}

func (s Services) refuseFailWish(ctx context.Context, who model.Actor, in *because) (*wishView, error) {
	return withReason(ctx, who, in, s.Wishes.RefuseFail)
}

func (s Services) cancelWish(ctx context.Context, who model.Actor, in *because) (*wishView, error) {
	return withReason(ctx, who, in, s.Wishes.Cancel)
}

func (s Services) reopenWish(ctx context.Context, who model.Actor, in *because) (*wishView, error) {
	return withReason(ctx, who, in, s.Wishes.Reopen)
}

func (s Services) approveWish(ctx context.Context, who model.Actor, in *wishInput) (*wishView, error) {
	return viewWish(s.Wishes.ApproveExtension(ctx, who, in.ID.n()))
}

func (s Services) startWish(ctx context.Context, who model.Actor, in *wishInput) (*wishView, error) {
	return viewWish(s.Wishes.Start(ctx, who, in.ID.n()))
}

func (s Services) resumeWish(ctx context.Context, who model.Actor, in *wishInput) (*wishView, error) {
	return viewWish(s.Wishes.Resume(ctx, who, in.ID.n()))
}

func (s Services) verifyWish(ctx context.Context, who model.Actor, in *wishInput) (*wishView, error) {
	return viewWish(s.Wishes.Verify(ctx, who, in.ID.n()))
}

func (s Services) confirmFailWish(ctx context.Context, who model.Actor, in *wishInput) (*wishView, error) {
	return viewWish(s.Wishes.ConfirmFail(ctx, who, in.ID.n()))
}

type appointInput struct {
	ID   id `path:"id"`
	Body struct {
		At time.Time `json:"at" doc:"When the claimer will come"`
	}
}

func (s Services) appointWish(ctx context.Context, who model.Actor, in *appointInput) (*wishView, error) {
	v, err := viewWish(s.Wishes.Appoint(ctx, who, in.ID.n(), moment(in.Body.At)))
	return v, at(err, model.ErrWishDate, "body.at", mustFit)
}
