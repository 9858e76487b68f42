package model

import "cmp"

// moves returns where e leads from r's state when p causes it, or says that it
// does not.
func (r *Registration) moves(e RegistrationEvent, p RegistrationParty) (RegistrationState, error) {
	to, ok := registrationMoves(e, r.State, p)
	if !ok {
		return "", ErrRegistrationState
	}
	return to, nil
}

// own is moves for what only the person himself does; for others there is no r.
func (r *Registration) own(e RegistrationEvent, who Actor) (RegistrationState, error) {
	if r.UserID != who.UserID || who.UserID == 0 {
		return "", ErrRegistrationNotFound
	}
	return r.moves(e, RegistrationMember)
}

// decided is moves for what the staff decide: of the community, or of who has
// come in its place, and nobody his own.
func (r *Registration) decided(e RegistrationEvent, who Actor) (RegistrationState, error) {
	if err := r.Seen(who); err != nil {
		return "", err
	}
	switch {
	case r.UserID == who.UserID:
		return "", ErrRegistrationSelf
	case !who.Holds(r.CommunityPath, r.Deciders()...):
		return "", ErrRegistrationForeign
	}
	return r.moves(e, RegistrationStaff)
}

// end closes r for good.
func (r *Registration) end(to RegistrationState, st Step) {
	r.State, r.DueAt, r.EndedAt, r.ActiveKey, r.PendingKey = to, nil, &st.Now, nil, nil
}

// Withdraw takes r back before it is decided on; or the request to leave, and
// then r stays in force (撤回).
func (r *Registration) Withdraw(st Step) error {
	to, err := r.own(RegistrationWithdraw, st.Who)
	if err != nil {
		return err
	}
	if to.Final() {
		r.end(to, st)
	} else {
		r.State, r.DueAt = to, nil
	}
	return nil
}

// Resubmit hands r in again, with another post if one is given (重新提交).
func (r *Registration) Resubmit(st Step, post string) error {
	to, err := r.own(RegistrationResubmit, st.Who)
	if err != nil {
		return err
	}
	clean, ok := CleanText(cmp.Or(post, r.Post), 2, 20)
	if !ok {
		return ErrRegistrationPost.At("body.post", "须为 2–20 个可见的字")
	}
	r.State, r.Post = to, clean
	r.await(st)
	return nil
}

// Confirm puts r in force (确认报到). Grant is the role that comes with it, and old
// what it replaces, nil for nothing: to be named on the slip of the same unit he
// need not agree again.
func (r *Registration) Confirm(st Step, grant int64, old *Registration) error {
	to, err := r.decided(RegistrationConfirm, st.Who)
	if err != nil {
		return err
	}
	user := r.UserID
	r.State, r.GrantID, r.DecidedBy, r.ConfirmedAt, r.DueAt, r.ActiveKey, r.PendingKey = to, grant, st.Who.UserID, &st.Now, nil, &user, nil
	if old != nil && old.UnitID == r.UnitID && r.SlipConsentAt == nil {
		r.SlipConsentAt = old.SlipConsentAt
	}
	return nil
}

// Confirmable says whether st.Who may confirm r, before anything is done for it.
func (r *Registration) Confirmable(st Step) error {
	_, err := r.decided(RegistrationConfirm, st.Who)
	return err
}

// Return sends r back to be completed (退回补充). It is withdrawn by itself if it
// is not in time.
func (r *Registration) Return(st Step, reason string) error {
	to, err := r.decided(RegistrationReturn, st.Who)
	if err != nil {
		return err
	}
	due := st.Now.Add(st.Policy.Span(RegisterTime))
	r.State, r.Reason, r.DecidedBy, r.DueAt = to, reason, st.Who.UserID, &due
	return nil
}

// Reject ends r (不予通过).
func (r *Registration) Reject(st Step, reason string) error {
	to, err := r.decided(RegistrationReject, st.Who)
	if err != nil {
		return err
	}
	r.Reason, r.DecidedBy = reason, st.Who.UserID
	r.end(to, st)
	return nil
}

// Leave asks to be released (申请退出). While a change waits, that has to be taken
// back first.
func (r *Registration) Leave(st Step, reason string) error {
	to, err := r.own(RegistrationAskLeave, st.Who)
	switch {
	case err != nil:
		return err
	case r.ChangeID != 0:
		return ErrRegistrationPending
	}
	r.State, r.Reason = to, reason
	r.await(st)
	return nil
}

// ApproveLeave releases the person (同意退出).
func (r *Registration) ApproveLeave(st Step, reason string) error {
	to, err := r.decided(RegistrationApproveLeave, st.Who)
	if err != nil {
		return err
	}
	r.Reason, r.DecidedBy = reason, st.Who.UserID
	r.end(to, st)
	return nil
}

// RefuseLeave keeps r in force (不同意退出).
func (r *Registration) RefuseLeave(st Step, reason string) error {
	to, err := r.decided(RegistrationRefuseLeave, st.Who)
	if err != nil {
		return err
	}
	r.State, r.Reason, r.DecidedBy, r.DueAt = to, reason, st.Who.UserID, nil
	return nil
}

// Replace ends r, in whose place the change to it comes (变更生效).
func (r *Registration) Replace(st Step, change int64) error {
	to, err := r.moves(RegistrationReplace, RegistrationSystem)
	switch {
	case err != nil:
		return err
	case r.ChangeID != change:
		return ErrRegistrationState
	}
	r.end(to, st)
	return nil
}

// DropChange forgets a change to r that has come to nothing (变更未成).
func (r *Registration) DropChange(change int64) error {
	to, err := r.moves(RegistrationDropChange, RegistrationSystem)
	switch {
	case err != nil:
		return err
	case r.ChangeID != change:
		return ErrRegistrationState
	}
	r.State, r.ChangeID = to, 0
	return nil
}

// Ring does what falls due: what has not been decided on goes one level up, and
// what has not been completed is withdrawn. At the county it stays in the queue.
func (r *Registration) Ring(st Step) (RegistrationEvent, error) {
	if to, err := r.moves(RegistrationLapse, RegistrationSystem); err == nil {
		r.end(to, st)
		return RegistrationLapse, nil
	}
	to, err := r.moves(RegistrationEscalate, RegistrationSystem)
	if err != nil {
		return "", err
	}
	r.State, r.DueAt = to, nil
	if r.Level > LevelCounty {
		r.Level--
		r.QueueOrgID = r.CommunityPath.At(int(r.Level))
	}
	if r.Level > LevelCounty {
		due := st.Now.Add(st.Policy.Span(RegisterTime))
		r.DueAt = &due
	}
	return RegistrationEscalate, nil
}

// Agree lets the unit's slip and its liaison name the person (同意公开明细).
func (r *Registration) Agree(st Step) error {
	switch {
	case r.UserID != st.Who.UserID || st.Who.UserID == 0:
		return ErrRegistrationNotFound
	case r.State.Final():
		return ErrRegistrationConsent
	case r.SlipConsentAt == nil:
		r.SlipConsentAt = &st.Now
	}
	return nil
}

// Disagree takes that back (撤回同意), at any time, also when r is over: what was
// is named on no slip any more.
func (r *Registration) Disagree(st Step) error {
	if r.UserID != st.Who.UserID || st.Who.UserID == 0 {
		return ErrRegistrationNotFound
	}
	r.SlipConsentAt = nil
	return nil
}
