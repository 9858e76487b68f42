package model

import (
	"strconv"
	"strings"
	"time"

	"dandelion/internal/fault"
)

// Faults of organisations.
var (
	ErrOrgNotFound = fault.Define(fault.NotFound, "org.not_found", "组织不存在")
	ErrOrgParent   = fault.Define(fault.Invalid, "org.parent", "这类组织不能设在该上级之下")
	ErrOrgName     = fault.Define(fault.Conflict, "org.name_taken", "同一上级下已有同名同类组织")
	ErrOrgClosed   = fault.Define(fault.Conflict, "org.closed", "组织已停用")
	ErrOrgCounty   = fault.Define(fault.Conflict, "org.county", "县级组织不能停用")
	ErrOrgInUse    = fault.Define(fault.Conflict, "org.in_use", "组织下还有在用的下级组织、未办结的心愿或报到, 请先处理")
	ErrOrgActive   = fault.Define(fault.Conflict, "org.active", "组织正在使用, 无需恢复")
	ErrOrgForeign  = fault.Define(fault.Forbidden, "org.foreign", "只能管理本人职责范围内的组织")
)

// OrgKind says what an organisation is.
type OrgKind string

// The kinds of organisation: the administrative tree, the party tree, and
// those that stand beside the trees under a community or the county.
const (
	OrgCounty    OrgKind = "county"    // 县
	OrgTownship  OrgKind = "township"  // 乡镇、街道
	OrgCommunity OrgKind = "community" // 社区
	OrgGrid      OrgKind = "grid"      // 网格
	OrgBuilding  OrgKind = "building"  // 微网格、楼栋

	OrgCommittee OrgKind = "committee" // 社区大党委
	OrgBranch    OrgKind = "branch"    // 网格（小区）党支部
	OrgGroup     OrgKind = "group"     // 楼栋党小组
	OrgHousehold OrgKind = "household" // 党员中心户

	OrgUnit       OrgKind = "unit"       // 共建单位
	OrgTeam       OrgKind = "team"       // 志愿服务队
	OrgSocial     OrgKind = "social"     // 社会组织
	OrgProperty   OrgKind = "property"   // 物业企业
	OrgDepartment OrgKind = "department" // 部门
)

// orgParents says under what each kind of organisation may stand. A county
// stands alone: it is the tenant.
var orgParents = map[OrgKind][]OrgKind{
	OrgCounty:     nil,
	OrgTownship:   {OrgCounty},
	OrgCommunity:  {OrgTownship},
	OrgGrid:       {OrgCommunity},
	OrgBuilding:   {OrgGrid},
	OrgCommittee:  {OrgCounty},
	OrgBranch:     {OrgCommittee, OrgProperty, OrgUnit, OrgSocial},
	OrgGroup:      {OrgBranch},
	OrgHousehold:  {OrgGroup},
	OrgUnit:       {OrgCommunity, OrgTownship, OrgCounty},
	OrgTeam:       {OrgCommunity, OrgTownship, OrgCounty, OrgUnit},
	OrgSocial:     {OrgCommunity, OrgTownship, OrgCounty},
	OrgProperty:   {OrgCommunity, OrgTownship, OrgCounty},
	OrgDepartment: {OrgCounty, OrgTownship},
}

// OrgKinds returns the kinds of organisation in the order of the lists above.
func OrgKinds() []OrgKind {
	return []OrgKind{
		OrgCounty, OrgTownship, OrgCommunity, OrgGrid, OrgBuilding, OrgCommittee, OrgBranch, OrgGroup, OrgHousehold,
		OrgUnit, OrgTeam, OrgSocial, OrgProperty, OrgDepartment,
	}
}

// May reports whether an organisation of kind k may stand under one of kind
// parent.
func (k OrgKind) May(parent OrgKind) bool {
	for _, p := range orgParents[k] {
		if p == parent {
			return true
		}
	}
	return false
}

// OrgState says whether an organisation is in use.
type OrgState string

// The states of an organisation.
const (
	OrgActive OrgState = "active"
	OrgClosed OrgState = "closed" // 停用: it keeps its history and takes nothing new
)

// Org is an organisation (组织). Path holds the ids from the county down to
// itself, so that everything below it is one scan of an index. CommunityID is
// the community that a party organisation belongs to, or a unit serves; 0: none.
type Org struct {
	ID          int64     `gorm:"primaryKey;autoIncrement:false"`
	TenantID    int64     `gorm:"not null;uniqueIndex:idx_orgs_name,priority:1;index:idx_orgs_kind,priority:1"`
	ParentID    int64     `gorm:"not null;uniqueIndex:idx_orgs_name,priority:2;index:idx_orgs_parent,priority:1"`
	Kind        OrgKind   `gorm:"size:16;not null;uniqueIndex:idx_orgs_name,priority:3;index:idx_orgs_kind,priority:2"`
	Name        string    `gorm:"size:64;not null;uniqueIndex:idx_orgs_name,priority:4"`
	Path        Path      `gorm:"size:255;not null;index:idx_orgs_path"`
	CommunityID int64     `gorm:"not null;index:idx_orgs_community"`
	State       OrgState  `gorm:"size:16;not null"`
	Skills      Skills    `gorm:"size:255;not null"` // what a unit or team offers to do
	CreatedAt   time.Time `gorm:"not null"`
	UpdatedAt   time.Time `gorm:"not null"`
	Version     int64     `gorm:"not null"`
}

// NewOrg returns an organisation of the given kind and name under parent, which
// is nil for a county.
func NewOrg(id int64, kind OrgKind, name string, parent *Org) (*Org, error) {
	o := &Org{ID: id, TenantID: id, Kind: kind, Name: name, State: OrgActive, Path: Path("/").Below(id), Version: 1}
	if parent == nil {
		if kind != OrgCounty {
			return nil, ErrOrgParent
		}
		return o, nil
	}
	switch {
	case !kind.May(parent.Kind):
		return nil, ErrOrgParent.At("body.parent_id", "须为可以设立这类组织的上级")
	case parent.State != OrgActive:
		return nil, ErrOrgClosed
	}
	o.TenantID, o.ParentID, o.Path = parent.TenantID, parent.ID, parent.Path.Below(id)
	o.CommunityID = parent.CommunityID
	if parent.Kind == OrgCommunity {
		o.CommunityID = parent.ID
	}
	return o, nil
}

// Close takes o out of use. A county is not closed: nobody would be left who
// could undo it.
func (o *Org) Close() error {
	switch {
	case o.Kind == OrgCounty:
		return ErrOrgCounty
	case o.State == OrgClosed:
		return ErrOrgClosed
	}
	o.State = OrgClosed
	return nil
}

// Reopen takes o into use again (恢复) under parent, which is in use.
func (o *Org) Reopen(parent *Org) error {
	switch {
	case o.State == OrgActive:
		return ErrOrgActive
	case parent.State != OrgActive:
		return ErrOrgClosed.Saying("上级组织已停用, 请先恢复上级组织")
	}
	o.State = OrgActive
	return nil
}

// Path is the ids of an organisation's ancestors and of itself, from the top:
// "/12/345/". Everything below an organisation has its path as a prefix.
type Path string

// Below returns the path of id under p.
func (p Path) Below(id int64) Path { return p + Path(strconv.FormatInt(id, 10)) + "/" }

// Within reports whether p is q or below it.
func (p Path) Within(q Path) bool { return q != "" && strings.HasPrefix(string(p), string(q)) }

// IDs returns the ids in p, from the top.
func (p Path) IDs() []int64 {
	var ids []int64
	for s := range strings.SplitSeq(strings.Trim(string(p), "/"), "/") {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			ids = append(ids, n)
		}
	}
	return ids
}

// The levels of an administrative path.
const (
	LevelCounty = iota
	LevelTownship
	LevelCommunity
	LevelGrid
)

// At returns the id at the given level, or 0 if p does not reach down to it.
func (p Path) At(level int) int64 {
	if ids := p.IDs(); level < len(ids) {
		return ids[level]
	}
	return 0
}

// To returns p as far down as level; "" if it does not reach there.
func (p Path) To(level int) Path {
	ids := p.IDs()
	if level >= len(ids) {
		return ""
	}
	q := Path("/")
	for _, id := range ids[:level+1] {
		q = q.Below(id)
	}
	return q
}

// Has reports whether id is in p.
func (p Path) Has(id int64) bool {
	return id != 0 && strings.Contains(string(p), "/"+strconv.FormatInt(id, 10)+"/")
}

// Skills are what somebody can do, as short Chinese words in one column.
type Skills string

// MaxSkills is how many skills one may name.
const MaxSkills = 12

// SkillsRule says to people what skills may be.
const SkillsRule = "须为至多 12 项, 每项 1–16 字, 不含逗号"

// CleanSkills joins words that people typed, and reports whether they can be
// kept.
func CleanSkills(words []string) (Skills, bool) {
	if len(words) > MaxSkills {
		return "", false
	}
	clean := make([]string, 0, len(words))
	for _, w := range words {
		c, ok := CleanText(w, 1, 16)
		if !ok || len(Skills(c).List()) != 1 {
			return "", false
		}
		clean = append(clean, c)
	}
	return SkillsOf(clean), true
}

// SkillsOf joins words.
func SkillsOf(words []string) Skills { return Skills(strings.Join(words, ",")) }

// List returns the words of s.
func (s Skills) List() []string {
	if s == "" {
		return nil
	}
	return strings.Split(string(s), ",")
}

// Has reports whether word is one of s.
func (s Skills) Has(word string) bool {
	for w := range strings.SplitSeq(string(s), ",") {
		if w != "" && w == word {
			return true
		}
	}
	return false
}
