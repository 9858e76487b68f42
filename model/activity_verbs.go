package model

import "time"

// Titles of the states and parties, as people call them.
var (
	activityTitles = map[ActivityState]string{
		ActivityDraft: "草稿", ActivityPublished: "已发布", ActivityEnded: "已结束", ActivityCancelled: "已取消",
	}
	partyTitles = map[CheckParty]string{
		PartyOrganiser: "组织者", PartyLeader: "领队", PartyVolunteer: "志愿者", PartyReviewer: "复核人", PartySystem: "系统",
	}
)

// ActivityStates returns the states of an activity in the order of its life.
func ActivityStates() []ActivityState {
	return []ActivityState{ActivityDraft, ActivityPublished, ActivityEnded, ActivityCancelled}
}

// Title returns what people call s.
func (s ActivityState) Title() string { return activityTitles[s] }

// Title returns what people call p.
func (p CheckParty) Title() string { return partyTitles[p] }

// inviting are the kinds of organisation that can invite to activities.
var inviting = map[OrgKind]bool{OrgCommunity: true, OrgUnit: true, OrgTeam: true, OrgSocial: true}

// ActivityTerms are what an organisation says of a new activity.
type ActivityTerms struct {
	Title, Detail string
	Skills        []string
}

// ActivityEdit is what is changed of an activity; nil leaves it as it is.
type ActivityEdit struct {
	Title, Detail *string
	Skills        *[]string
}

// NewActivity returns the draft of an activity that o invites to, held in the
// community place (新建活动).
func NewActivity(id int64, o, place *Org, t ActivityTerms, st Step) (*Activity, error) {
	to, ok := moves(activityFlow, ActivityCreate, ActivityState(""), PartyOrganiser)
	switch {
	case !ok:
		return nil, ErrActivityState
	case o.TenantID != st.Who.TenantID:
		return nil, ErrOrgNotFound
	case !st.Who.Organises(o.Path):
		return nil, ErrOrgForeign
	case !inviting[o.Kind] || o.State != OrgActive:
		return nil, ErrActivityOrg
	}
	a := &Activity{
		ID: id, TenantID: o.TenantID, OrgID: o.ID, OrgPath: o.Path, State: to, CreatedBy: st.Who.UserID,
		CreatedAt: st.Now, UpdatedAt: st.Now, Version: 1,
	}
	if err := a.hold(place); err != nil {
		return nil, err
	}
	if err := a.say(ActivityEdit{&t.Title, &t.Detail, &t.Skills}); err != nil {
		return nil, err
	}
	return a, nil
}

// hold says that a is held in the community place.
func (a *Activity) hold(place *Org) error {
	if place == nil || place.TenantID != a.TenantID || place.Kind != OrgCommunity || place.State != OrgActive {
		return ErrActivityOrg.Saying("请选择活动所在的社区").At("body.community_id", "须为本县在用的社区")
	}
	a.CommunityID = place.ID
	return nil
}

// say puts what is said of a in order, or leaves a as it is.
func (a *Activity) say(e ActivityEdit) error {
	err, after := ErrActivityTerms, *a
	clean := func(to *string, from *string, path string, least, most int) {
		if from == nil {
			return
		}
		text, ok := CleanText(*from, least, most)
		if !ok {
			err = err.At(path, "须为可见的文字, 长度合适")
		}
		*to = text
	}
	clean(&after.Title, e.Title, "body.title", 2, 30)
	clean(&after.Detail, e.Detail, "body.detail", 0, 500)
	if e.Skills != nil {
		skills, ok := CleanSkills(*e.Skills)
		if !ok {
			err = err.At("body.skills", SkillsRule)
		}
		after.Skills = skills
	}
	if len(err.Fields) > 0 {
		return err
	}
	*a = after
	return nil
}

// VisibleTo reports whether who may know of a: of one that never was published
// only those who organise it.
func (a *Activity) VisibleTo(who Actor) bool {
	return who.TenantID == a.TenantID && who.UserID != 0 && (a.PublishedAt != nil || who.Organises(a.OrgPath))
}

// organised returns where e leads from a's state when who, who organises it,
// causes it; or why it does not.
func (a *Activity) organised(e CheckEvent, who Actor) (ActivityState, error) {
	switch {
	case !a.VisibleTo(who):
		return "", ErrActivityNotFound
	case !who.Organises(a.OrgPath):
		return "", ErrOrgForeign
	}
	to, ok := moves(activityFlow, e, a.State, PartyOrganiser)
	if !ok {
		return "", ErrActivityState
	}
	return to, nil
}

// Edit changes what is said of a (修改活动). Where it is held, place, can be
// changed as long as nobody has been invited; nil leaves it.
func (a *Activity) Edit(e ActivityEdit, place *Org, st Step) error {
	to, err := a.organised(ActivityChange, st.Who)
	if err != nil {
		return err
	}
	after := *a
	if place != nil {
		if a.State != ActivityDraft {
			return ErrActivityState.Saying("活动发布后不能更换所在社区")
		}
		if err := after.hold(place); err != nil {
			return err
		}
	}
	if err := after.say(e); err != nil {
		return err
	}
	after.State = to
	*a = after
	return nil
}

// Extend says that slots are added to a, which has so many already.
func (a *Activity) Extend(already, more int, st Step) error {
	to, err := a.organised(ActivityChange, st.Who)
	switch {
	case err != nil:
		return err
	case already+more > MaxSlots:
		return ErrSlotTerms.Saying("一项活动至多 %d 场", MaxSlots)
	}
	a.State = to
	return nil
}

// Publish invites everybody to a (发布) in the name of o, whose it is. It has the
// slots open.
func (a *Activity) Publish(o *Org, open []Slot, st Step) error {
	to, err := a.organised(ActivityPublish, st.Who)
	switch {
	case err != nil:
		return err
	case o.ID != a.OrgID || o.State != OrgActive:
		return ErrActivityOrg
	case len(open) == 0:
		return ErrActivityEmpty
	}
	for i := range open {
		if !open[i].StartsAt.After(st.Now) {
			return ErrSlotTerms.Saying("有场次的开始时间已过, 请先修改或取消")
		}
	}
	a.State, a.PublishedAt = to, &st.Now
	return nil
}

// Cancel calls a off (取消). Those whom it invited are told the reason.
func (a *Activity) Cancel(reason string, st Step) error {
	to, err := a.organised(ActivityCancel, st.Who)
	if err != nil {
		return err
	}
	text, ok := CleanText(reason, 2, 200)
	if !ok {
		return ErrActivityTerms.Saying("请写明取消的原因")
	}
	a.State, a.Reason, a.EndedAt = to, text, &st.Now
	return nil
}

// Repeat says how a slot is repeated: Times altogether, each so many days after
// the one before. The clock on the wall is the same each time, for Shanghai has
// one offset all year.
type Repeat struct{ EveryDays, Times int }

// times returns the beginnings of a series that begins at first.
func (r Repeat) times(first time.Time) ([]time.Time, error) {
	if r == (Repeat{}) {
		return []time.Time{first}, nil
	}
	if r.EveryDays < 1 || r.EveryDays > 28 || r.Times < 1 || r.Times > MaxSlotSeries {
		return nil, ErrSlotTerms.At("body.repeat", "须为每 1–28 天一次, 至多 60 次")
	}
	all := make([]time.Time, r.Times)
	for i := range all {
		all[i] = first.In(shanghai).AddDate(0, 0, i*r.EveryDays).UTC()
	}
	return all, nil
}
