package model

import "time"

// enrolmentWords say what each state is called, and what it means to the person.
var enrolmentWords = map[EnrolmentState]struct{ title, text string }{
	EnrolmentWaiting:   {"候补中", "您在候补名单中, 有人退出会自动递补并通知您。"},
	EnrolmentEnrolled:  {"已报名", "您已报名, 请准时到场签到。"},
	EnrolmentAttended:  {"已参加", "您已签到。"},
	EnrolmentAbsent:    {"缺席", "您报名后没有到场; 如有不符可以提出异议。"},
	EnrolmentLeft:      {"已退出", "您已退出本场。"},
	EnrolmentRemoved:   {"已移出", "领队已将您移出本场, 原因见说明。"},
	EnrolmentLapsed:    {"候补未成", "本场名额已满, 候补没有递补上, 欢迎参加其他场次。"},
	EnrolmentCancelled: {"场次取消", "本场已取消, 原因见说明。"},
}

// EnrolmentStates returns the states of an enrolment in the order of its life.
func EnrolmentStates() []EnrolmentState {
	return []EnrolmentState{
		EnrolmentWaiting, EnrolmentEnrolled, EnrolmentAttended, EnrolmentAbsent, EnrolmentLeft, EnrolmentRemoved, EnrolmentLapsed,
		EnrolmentCancelled,
	}
}

// Title returns what people call s.
func (s EnrolmentState) Title() string { return enrolmentWords[s].title }

// Title returns what people call r.
func (r EnrolmentRole) Title() string {
	return map[EnrolmentRole]string{EnrolLeader: "领队", EnrolMember: "队员"}[r]
}

// StatusText says what e means to whose it is, in plain Chinese.
func (e *Enrolment) StatusText() string {
	text := enrolmentWords[e.State].text
	if e.State == EnrolmentLeft && e.LateLeave {
		text = "您已退出本场 (临近开始)。"
	}
	return text
}

// StatusText says where s stands at the time now, in plain Chinese, to somebody
// whose enrolment is e, nil if he has none.
func (s *Slot) StatusText(e *Enrolment, now time.Time) string {
	switch {
	case s.State == SlotCancelled:
		return "本场已取消。"
	case s.State != SlotOpen || !now.Before(s.EndsAt):
		return "本场已结束。"
	case e != nil:
		return e.StatusText()
	case !s.Published:
		return "草稿, 还没有发布。"
	case !now.Before(s.StartsAt):
		return "正在进行, 临时参加请找领队登记。"
	case s.Left() > 0:
		return "可以报名。"
	}
	return "名额已满, 可以候补。"
}

// Overlaps reports whether e keeps its person from being in s at the same time.
// Whoever waits for a place is kept as if he had it.
func (e *Enrolment) Overlaps(s *Slot) bool {
	return e.ActiveKey != nil && e.SlotID != s.ID && e.StartsAt.Before(s.EndsAt) && s.StartsAt.Before(e.EndsAt)
}

// joins says why whoever has the enrolments his cannot join s, or nil.
func (s *Slot) joins(user int64, his []Enrolment, removed bool) error {
	for i := range his {
		switch e := &his[i]; {
		case e.UserID != user:
		case e.SlotID == s.ID && e.ActiveKey != nil:
			return ErrEnrolled
		case e.SlotID == s.ID && e.State == EnrolmentRemoved && !removed:
			return ErrEnrolmentRemoved
		case e.Overlaps(s):
			return ErrEnrolmentOverlap
		}
	}
	return nil
}

// Enrol returns the enrolment of st.Who in s (报名): a place if there is one, a
// turn in the wait-list (候补) if not. His are the enrolments that he has around
// that time.
func (s *Slot) Enrol(id int64, his []Enrolment, st Step) (*Enrolment, error) {
	e, waits := EnrolEnrol, s.Left() == 0
	if waits {
		e = EnrolWait
	}
	to, ok := moves(enrolmentFlow, e, EnrolmentState(""), PartyVolunteer)
	switch {
	case !ok:
		return nil, ErrEnrolmentState
	case s.TenantID != st.Who.TenantID || !s.Published:
		return nil, ErrSlotNotFound
	case !st.Who.serves():
		return nil, ErrEnrolmentRole
	case s.State != SlotOpen || !st.Now.Before(s.StartsAt):
		return nil, ErrEnrolmentLate
	}
	if err := s.joins(st.Who.UserID, his, false); err != nil {
		return nil, err
	}
	if waits && s.Waiting >= st.Policy.Number(WaitingList) {
		return nil, ErrSlotFull
	}
	return s.enrolment(id, st.Who.UserID, to, st), nil
}

// PutOn returns the enrolment of user in s, whom its leader has put on the list
// (代为报名): also while it goes on, for whoever came without having enrolled.
func (s *Slot) PutOn(id, user int64, his []Enrolment, st Step) (*Enrolment, error) {
	to, ok := moves(enrolmentFlow, EnrolEnrol, EnrolmentState(""), PartyLeader)
	switch {
	case !ok:
		return nil, ErrEnrolmentState
	case !st.Who.Leads(s):
		return nil, ErrSlotNotFound
	case !s.Published || s.State != SlotOpen || !st.Now.Before(s.EndsAt):
		return nil, ErrEnrolmentLate
	}
	if err := s.joins(user, his, true); err != nil {
		return nil, err
	}
	if s.Left() == 0 {
		return nil, ErrSlotFull
	}
	return s.enrolment(id, user, to, st), nil
}

func (s *Slot) enrolment(id, user int64, as EnrolmentState, st Step) *Enrolment {
	key := EnrolmentKey(s.ID, user)
	e := &Enrolment{
		ID: id, TenantID: s.TenantID, ActivityID: s.ActivityID, SlotID: s.ID, UserID: user, State: as, StartsAt: s.StartsAt, EndsAt: s.EndsAt,
		EnrolledBy: st.Who.UserID, CreatedAt: st.Now, UpdatedAt: st.Now, ActiveKey: &key, Version: 1,
	}
	e.Lead(s)
	return e
}

// Lead gives e the role that it has in s.
func (e *Enrolment) Lead(s *Slot) {
	e.Role = EnrolMember
	if e.UserID == s.LeaderID {
		e.Role = EnrolLeader
	}
}

// Promote gives e a place of s that has become free (递补). By itself the
// wait-list moves until s begins; its leader may take somebody from it until s
// ends.
func (e *Enrolment) Promote(s *Slot, st Step) error {
	by, until := PartySystem, s.StartsAt
	if !st.Who.System {
		by, until = PartyLeader, s.EndsAt
	}
	to, ok := moves(enrolmentFlow, EnrolPromote, e.State, by)
	switch {
	case e.SlotID != s.ID || by == PartyLeader && !st.Who.Leads(s):
		return ErrEnrolmentNotFound
	case !ok:
		return ErrEnrolmentState
	case s.State != SlotOpen || !st.Now.Before(until):
		return ErrEnrolmentLate
	}
	e.State = to
	return nil
}

// Leave gives e up (退出). Later than is free of a mark it leaves one, but not if
// s has changed since e was made.
func (e *Enrolment) Leave(s *Slot, st Step) error {
	to, ok := moves(enrolmentFlow, EnrolLeave, e.State, PartyVolunteer)
	switch {
	case e.UserID != st.Who.UserID || e.SlotID != s.ID:
		return ErrEnrolmentNotFound
	case !ok:
		return ErrEnrolmentState
	case !st.Now.Before(s.StartsAt):
		return ErrEnrolmentLate.Saying("本场已经开始, 不能退出; 不能到场请联系领队")
	}
	changed := s.ChangedAt != nil && !s.ChangedAt.Before(e.CreatedAt)
	late := st.Now.After(s.StartsAt.Add(-st.Policy.Span(LeaveFree)))
	e.LateLeave = e.State == EnrolmentEnrolled && late && !changed
	e.end(to, "", st.Now)
	return nil
}

// Remove takes e from the list of s (移出), by its leader and before he whose it
// is has checked in.
func (e *Enrolment) Remove(s *Slot, reason string, st Step) error {
	to, ok := moves(enrolmentFlow, EnrolRemove, e.State, PartyLeader)
	text, fine := CleanText(reason, 2, 200)
	switch {
	case e.SlotID != s.ID || !st.Who.Leads(s):
		return ErrEnrolmentNotFound
	case !ok:
		return ErrEnrolmentState
	case s.State != SlotOpen || !st.Now.Before(s.EndsAt):
		return ErrEnrolmentLate
	case !fine:
		return ErrEnrolmentState.Saying("请写明移出的原因").At("body.reason", "须为 2–200 个可见的字")
	}
	e.end(to, text, st.Now)
	return nil
}

// Clash ends e because the slot has moved to a time at which he whose it is has
// something else (改期冲突).
func (e *Enrolment) Clash(st Step) error {
	return e.bySystem(EnrolClash, "场次改期, 与您已报名的其他场次时间冲突", st)
}

// CallOff ends e because its slot does not take place (场次取消).
func (e *Enrolment) CallOff(reason string, st Step) error { return e.bySystem(EnrolCancel, reason, st) }

func (e *Enrolment) bySystem(by CheckEvent, reason string, st Step) error {
	to, ok := moves(enrolmentFlow, by, e.State, PartySystem)
	if !ok {
		return ErrEnrolmentState
	}
	e.end(to, reason, st.Now)
	return nil
}

// MoveTo gives e the times of s.
func (e *Enrolment) MoveTo(s *Slot) { e.StartsAt, e.EndsAt = s.StartsAt, s.EndsAt }

func (e *Enrolment) end(as EnrolmentState, reason string, now time.Time) {
	e.State, e.Reason, e.EndedAt, e.ActiveKey = as, reason, &now, nil
}
