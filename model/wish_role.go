package model

import (
	"maps"
	"slices"
)

// relationNames are what history calls the parts that people play, the one
// that acts before the one that watches.
var relationNames = []struct {
	relation Relation
	name     string
}{
	{System, "system"},
	{Worker, "worker"},
	{Claimer, "claimer"},
	{Target, "target"},
	{Candidate, "candidate"},
	{Requester, "requester"},
	{BeneficiaryRel, "beneficiary"},
	{Proxy, "proxy"},
	{Observer, "observer"},
}

// PartIn returns the part in which who does e to w, for its history: of the
// parts he plays the first that the table lets do it now.
func (w *Wish) PartIn(e WishEvent, who Actor) string {
	r := w.RelationTo(who)
	var by Relation
	for _, t := range wishFlow {
		if t.event == e && slices.Contains(t.from, w.State) {
			by |= t.by
		}
	}
	for _, n := range relationNames {
		if n.relation&r&by != 0 {
			return n.name
		}
	}
	return r.Name()
}

// Name returns the foremost part in r, "" if there is none.
func (r Relation) Name() string {
	for _, n := range relationNames {
		if n.relation&r != 0 {
			return n.name
		}
	}
	return ""
}

// Told returns what the resident is told of an alarm, in plain words.
func (w *Wish) Told(do AlarmAction) string {
	switch do {
	case AlarmAmber, AlarmRemind:
		return "时限将到, 系统已提醒" + w.waitsFor() + "。"
	case AlarmRed:
		return "已过时限, 系统已督促" + w.waitsFor() + "。"
	case AlarmWiden:
		return "暂时无人认领, 已向更大范围发布。"
	case AlarmDecide:
		return "一直无人认领, 已请社区研判。"
	case AlarmCall:
		return "系统已提醒您评单。"
	case AlarmResume:
		return "恢复日期已到, 已提醒社区继续办理。"
	case AlarmEscalate:
		return "已上提到乡镇（街道）督办。"
	case AlarmTimeOut:
		return "对方没有按时答复, 已收回重新安排。"
	case AlarmPass:
		return "社区没有按时核实, 已直接请您评单。"
	case AlarmLapse:
		return "没有收到评价, 心愿按未评价办结。"
	}
	return w.Reason
}

// waitsFor names whom the state waits for.
func (w *Wish) waitsFor() string {
	switch w.State {
	case WishDraft, WishReturned, WishAwaiting:
		return "点单人"
	case WishDispatched, WishClaimed, WishInService, WishRework:
		return "接单人"
	}
	return "社区"
}

// relationTitles names the relations for people.
var relationTitles = map[Relation]string{
	Requester: "点单人", BeneficiaryRel: "受助人", Proxy: "代办人", Claimer: "接单人", Target: "派单对象",
	Worker: "社区工作者", Candidate: "可接单人", Observer: "网格员、审计员", System: "系统",
}

// Titles returns what people call each relation in r.
func (r Relation) Titles() []string {
	var all []string
	for _, one := range slices.Sorted(maps.Keys(relationTitles)) {
		if r&one != 0 {
			all = append(all, relationTitles[one])
		}
	}
	return all
}

// RelationTo returns what who is to w; 0 for a stranger, and for everybody of
// another county.
func (w *Wish) RelationTo(who Actor) Relation {
	if who.TenantID != w.TenantID || who.TenantID == 0 {
		return 0
	}
	if who.System {
		return System
	}
	if who.UserID == 0 { // 0 stands for nobody on a wish, and must not meet itself
		return 0
	}
	var r Relation
	add := func(is bool, one Relation) {
		if is {
			r |= one
		}
	}
	add(w.RequesterID == who.UserID, Requester)
	add(w.BeneficiaryID == who.UserID, BeneficiaryRel)
	add(w.ProxyID == who.UserID, Proxy)
	if w.State != WishDraft { // a draft is nobody else's business
		add(w.claims(who), Claimer)
		add(w.targets(who), Target)
		add(who.Holds(w.OrgPath, RoleWorker, RoleTownship, RoleCounty), Worker)
		add(w.offeredTo(who), Candidate)
		add(who.Holds(w.OrgPath, RoleGrid, RoleAuditor), Observer)
	}
	return r
}

// Private reports whether the name of user is kept from who: those whom a wish
// is for, and those who ask for them, are told by their masked names only. Who
// places a wish on duty is named.
func (w *Wish) Private(user int64, who Actor) bool {
	switch user {
	case 0, who.UserID:
		return false
	case w.BeneficiaryID, w.ProxyID:
		return true
	}
	return user == w.RequesterID && w.Channel != ChannelStaff
}

func (w *Wish) claims(who Actor) bool {
	return w.ClaimID != 0 && (w.ClaimerID == who.UserID || w.Team.Has(who.UserID) ||
		w.ClaimOrgID != 0 && who.HoldsAt(w.ClaimOrgID, RoleLiaison))
}

func (w *Wish) targets(who Actor) bool {
	return w.State == WishDispatched && (w.TargetUserID == who.UserID ||
		w.TargetOrgID != 0 && who.HoldsAt(w.TargetOrgID, RoleLiaison))
}

// offeredTo reports whether w is in the pool that who may claim from.
func (w *Wish) offeredTo(who Actor) bool {
	return w.State == WishOpen && who.serves() && slices.Contains(who.Orgs(), w.PoolOrgID)
}

// wasOffered reports whether w had been in that pool before somebody took it.
func (w *Wish) wasOffered(who Actor) bool {
	return (w.ClaimID != 0 || w.DispatchID != 0) && who.TenantID == w.TenantID && who.serves() && slices.Contains(who.Orgs(), w.scopeOrg())
}

// scopeOrg returns the organisation to whose people w is offered.
func (w *Wish) scopeOrg() int64 { return w.OrgPath.At(scopeLevels[w.Scope]) }

var scopeLevels = map[Scope]int{ScopeCommunity: LevelCommunity, ScopeTownship: LevelTownship, ScopeCounty: LevelCounty}
