package model

import (
	"slices"
	"time"
)

// Verbs check, then change; a verb that refuses leaves the wish untouched.

// move is the only place where a wish changes state.
func (w *Wish) move(to WishState, s Step) {
	w.State = to
	w.FailBy, w.FailReason = 0, ""
	w.ExtendUntil, w.ExtendReason = nil, ""
	if to != WishOpen {
		w.PoolOrgID = 0
	}
	w.QueueOrgID = w.CommunityID
	if w.WithTownship { // and stays there, whatever becomes of it
		w.QueueOrgID = w.township()
	}
	if to.Final() || to == WishDraft { // a draft is nobody else's business yet
		w.QueueOrgID = 0
	}
	w.wind(s)
}

// Submit hands a draft, or what was returned, to the community (点单).
func (w *Wish) Submit(s Step) error {
	if err := w.may(WishSubmit, s); err != nil {
		return err
	}
	w.move(WishSubmitted, s)
	w.SubmittedAt = &s.Now
	w.Reason, w.NextHint = "", ""
	return nil
}

// Return asks the requester for what is missing (退回补充).
func (w *Wish) Return(s Step, reason, missing string) error {
	if err := w.may(WishReturn, s); err != nil {
		return err
	}
	w.move(WishReturned, s)
	w.Reason, w.NextHint = reason, missing
	return nil
}

// Reject declines what cannot be taken up, with what the resident can do
// instead (不予受理). He may appeal to the township for a time.
func (w *Wish) Reject(s Step, why RejectCode, reason, next string) error {
	if err := w.may(WishReject, s); err != nil {
		return err
	}
	if !slices.Contains(RejectCodes(), why) {
		return ErrWishRejectCode
	}
	w.move(WishRejected, s)
	w.RejectCode = why
	w.Reason, w.NextHint = reason, next
	w.AppealUntil = after(s, AppealTime)
	return nil
}

// Transfer passes on what is no wish but a matter for the grid or for
// deliberation (转办).
func (w *Wish) Transfer(s Step, reason string) error {
	if err := w.may(WishTransfer, s); err != nil {
		return err
	}
	w.move(WishTransferred, s)
	w.Reason, w.NextHint = reason, ""
	return nil
}

// Publish offers w to the volunteers of its community (发布).
func (w *Wish) Publish(s Step, d Difficulty) error {
	if err := w.may(WishPublish, s); err != nil {
		return err
	}
	w.Difficulty = d
	w.offer(s)
	return nil
}

// offer puts w into the pool, at the scope it has reached.
func (w *Wish) offer(s Step) {
	w.move(WishOpen, s)
	if w.Scope == "" {
		w.Scope = ScopeCommunity
	}
	w.PoolOrgID = w.scopeOrg()
}

// Appoint records when the claimer will come (预约).
func (w *Wish) Appoint(s Step, at time.Time) error {
	if err := w.may(WishAppoint, s); err != nil {
		return err
	}
	if w.ClaimedAt == nil || at.Before(s.Now) || at.After(later(w.ClaimedAt.Add(s.Policy.Span(ServeTime)), w.DueAt)) {
		return ErrWishDate
	}
	w.AppointmentAt = &at
	w.giveUntil(s, at.Add(s.Policy.Span(AppointTime)))
	return nil
}

// giveUntil gives the current state time until due, unless it has more already.
func (w *Wish) giveUntil(s Step, due time.Time) {
	if w.DueAt == nil || due.After(*w.DueAt) {
		w.rewind(s, due)
	}
}

// later returns the later of a and b.
func later(a time.Time, b *time.Time) time.Time {
	if b != nil && b.After(a) {
		return *b
	}
	return a
}

// Start begins the service (开始服务).
func (w *Wish) Start(s Step) error {
	if err := w.may(WishStart, s); err != nil {
		return err
	}
	w.move(WishInService, s)
	w.StartedAt = &s.Now
	return nil
}

// HandGoods records who took the goods (交付物品). From then on the claim can no
// more be given back or taken away.
func (w *Wish) HandGoods(s Step, receipt string) error {
	if err := w.may(WishHandGoods, s); err != nil {
		return err
	}
	if w.Kind != WishGoods || w.GoodsHanded {
		return w.refuse(WishHandGoods, s)
	}
	w.GoodsHanded, w.Receipt = true, receipt
	return nil
}

// Extend asks for more time, before it has run out (申请延期).
func (w *Wish) Extend(s Step, until time.Time, reason string) error {
	if err := w.may(WishExtend, s); err != nil {
		return err
	}
	switch {
	case w.ExtendUntil != nil:
		return ErrWishAsked
	case w.Extensions >= s.Policy.Number(Extensions):
		return ErrWishExtensions
	case w.DueAt == nil || s.Now.After(*w.DueAt):
		return ErrWishDate.Saying("已过时限, 不能再申请延期")
	case !until.After(*w.DueAt) || until.After(w.DueAt.Add(s.Policy.Span(SuspendMax))):
		return ErrWishDate
	}
	w.ExtendUntil, w.ExtendReason = &until, reason
	return nil
}

// ApproveExtension grants the time that was asked for (同意延期).
func (w *Wish) ApproveExtension(s Step) error {
	if err := w.asked(WishApprove, s); err != nil {
		return err
	}
	if !w.ExtendUntil.After(s.Now) {
		return ErrWishDate.Saying("申请延到的时间已过, 不能再同意")
	}
	w.giveUntil(s, *w.ExtendUntil)
	w.Extensions++
	w.Reason = w.ExtendReason
	w.ExtendUntil, w.ExtendReason = nil, ""
	return nil
}

// RefuseExtension leaves the time as it is (不同意延期).
func (w *Wish) RefuseExtension(s Step) error {
	if err := w.asked(WishRefuse, s); err != nil {
		return err
	}
	w.ExtendUntil, w.ExtendReason = nil, ""
	return nil
}

func (w *Wish) asked(e WishEvent, s Step) error {
	if err := w.may(e, s); err != nil {
		return err
	}
	if w.ExtendUntil == nil {
		return ErrWishNoRequest
	}
	return nil
}

// Late reports whether the time of the state that w is in has run out.
func (w *Wish) Late(now time.Time) bool { return w.DueAt != nil && now.After(*w.DueAt) }

// Release gives a claim back (退单).
func (w *Wish) Release(s Step, reason string) error {
	return w.giveBack(WishRelease, s, reason)
}

// Revoke takes a claim away (撤单).
func (w *Wish) Revoke(s Step, reason string) error {
	return w.giveBack(WishRevoke, s, reason)
}

func (w *Wish) giveBack(e WishEvent, s Step, reason string) error {
	if err := w.may(e, s); err != nil {
		return err
	}
	if w.GoodsHanded {
		return ErrWishHanded
	}
	w.offer(s)
	w.dropClaim()
	w.Reason = reason
	return nil
}

// dropClaim forgets who claimed w; the claim's own row keeps it.
func (w *Wish) dropClaim() {
	w.DispatchID, w.TargetOrgID, w.TargetUserID = 0, 0, 0
	w.ClaimID, w.ClaimerID, w.ClaimOrgID, w.Team = 0, 0, 0, ""
	w.ClaimedAt, w.AppointmentAt, w.StartedAt, w.GoodsHanded, w.Receipt = nil, nil, nil, false, ""
	w.Extensions, w.ReportText, w.Minutes, w.Unverified = 0, "", 0, false
}

// Suspend stops the clock until a day (挂起).
func (w *Wish) Suspend(s Step, resume time.Time, reason string) error {
	if err := w.may(WishSuspend, s); err != nil {
		return err
	}
	if !resume.After(s.Now) || resume.After(s.Now.Add(s.Policy.Span(SuspendMax))) {
		return ErrWishDate
	}
	clock, queue := w.ClockFrom, w.QueueOrgID
	w.SuspendedFrom, w.SuspendedAt, w.ResumeOn, w.Reason = w.State, &s.Now, &resume, reason
	w.HeldClock, w.HeldDue, w.HeldAlarm, w.HeldLight = &clock, w.DueAt, w.Alarm, w.Light
	w.move(WishSuspended, s)
	w.DueAt, w.QueueOrgID = &resume, queue
	return nil
}

// Resume takes w up again where it was, with the time it had left (恢复办理).
func (w *Wish) Resume(s Step) error {
	if err := w.may(WishResume, s); err != nil {
		return err
	}
	queue := w.QueueOrgID // what the township has taken over stays with it: its alarm has rung
	w.move(w.SuspendedFrom, s)
	w.QueueOrgID = queue
	if w.State == WishOpen {
		w.PoolOrgID = w.scopeOrg()
	}
	if w.SuspendedAt != nil && w.HeldClock != nil && w.HeldDue != nil {
		stopped := s.Now.Sub(*w.SuspendedAt)
		due := w.HeldDue.Add(stopped)
		w.ClockFrom, w.DueAt, w.Alarm, w.Light = w.HeldClock.Add(stopped), &due, w.HeldAlarm, w.HeldLight
	}
	w.SuspendedFrom, w.SuspendedAt, w.ResumeOn, w.HeldClock, w.HeldDue, w.HeldAlarm, w.HeldLight = "", nil, nil, nil, nil, 0, ""
	return nil
}

// Report shows what was done (晒单): in words, with the minutes it took.
func (w *Wish) Report(s Step, text string, minutes int64) error {
	if err := w.may(WishReport, s); err != nil {
		return err
	}
	switch {
	case minutes < 1 || minutes > 24*hour:
		return ErrWishMinutes
	case w.Kind == WishGoods && !w.GoodsHanded:
		return ErrWishReceipt
	}
	w.move(WishReported, s)
	w.ReportText, w.Minutes, w.Unverified = text, minutes, false
	return nil
}
