package model

// DisputeState is how a dispute stands.
type DisputeState string

// The states of a dispute.
const (
	DisputeFiled     DisputeState = "filed"     // 待答复
	DisputeUpheld    DisputeState = "upheld"    // 异议成立
	DisputeDismissed DisputeState = "dismissed" // 维持原记录
)

// The events of a dispute.
const (
	DisputeFile     CheckEvent = "file"
	DisputeUphold   CheckEvent = "uphold"
	DisputeDismiss  CheckEvent = "dismiss"
	DisputeEscalate CheckEvent = "escalate"
)

// disputeFlow is the whole life of a dispute.
var disputeFlow = []CheckArrow{
	{DisputeFile, "提出异议", "", string(DisputeFiled), PartyVolunteer},
	{DisputeUphold, "异议成立", string(DisputeFiled), string(DisputeUpheld), PartyReviewer},
	{DisputeDismiss, "维持原记录", string(DisputeFiled), string(DisputeDismissed), PartyReviewer},
	{DisputeEscalate, "逾期上提", string(DisputeFiled), string(DisputeFiled), PartySystem},
}

// DisputeArrows returns every way that a dispute can go.
func DisputeArrows() []CheckArrow { return disputeFlow }

// DisputeStates returns the states of a dispute.
func DisputeStates() []DisputeState {
	return []DisputeState{DisputeFiled, DisputeUpheld, DisputeDismissed}
}

// Title returns what people call s.
func (s DisputeState) Title() string {
	return map[DisputeState]string{DisputeFiled: "待答复", DisputeUpheld: "异议成立", DisputeDismissed: "维持原记录"}[s]
}

// DisputeAbout is what a dispute is about.
type DisputeAbout string

// What can be disputed.
const (
	AboutAbsent DisputeAbout = "absent" // 记为缺席
	AboutVoid   DisputeAbout = "void"   // 不计时长
	AboutShort  DisputeAbout = "short"  // 时长偏少
)

// DisputeAbouts returns what can be disputed.
func DisputeAbouts() []DisputeAbout { return []DisputeAbout{AboutAbsent, AboutVoid, AboutShort} }

// Title returns what people call a.
func (a DisputeAbout) Title() string {
	return map[DisputeAbout]string{AboutAbsent: "记为缺席", AboutVoid: "时长未计", AboutShort: "时长偏少"}[a]
}

// DisputeTitle returns what people call an event of a dispute.
func DisputeTitle(e CheckEvent) string {
	for _, t := range disputeFlow {
		if t.Event == e {
			return t.Title
		}
	}
	return ""
}
