package identity_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/identity"
)

func fmtID(n int64) string { return strconv.FormatInt(n, 10) }

// audits returns the lines about action, oldest first.
func (w *world) audits(action string) (all []model.Audit) {
	w.Helper()
	w.must(w.db.View(w.Context(), func(tx *db.Tx) (err error) {
		all, err = gorm.G[model.Audit](tx.DB).Where("action = ?", action).Order("id").Find(tx.Ctx)
		return err
	}))
	return all
}

func TestACodeMakesTheAdministratorOfACounty(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	code, err := w.ids.MakeAdminCode(ctx, "新设县")
	w.must(err)
	_, token := w.resident("alice", 0)
	w.must(w.ids.RedeemAdminCode(ctx, w.identify(token), code))
	who := w.identify(token)
	if !who.HoldsAt(who.TenantID, model.RoleAdmin) || !who.Held[0].Subtree {
		t.Fatalf("actor %+v", who)
	}
	if rows[model.Org](w, "id = ? AND kind = ? AND name = ?", who.TenantID, model.OrgCounty, "新设县") != 1 {
		t.Error("the county was not founded")
	}
	if rows[model.AdminCode](w, "code_hash = ?", code) != 0 {
		t.Error("the code is in the table")
	}
	lines := w.audits("admin_code.redeem")
	if len(lines) != 1 || lines[0].TenantID != who.TenantID || lines[0].ActorID != who.UserID || lines[0].RequestID != "test" {
		t.Errorf("audit %+v", lines)
	}
	again, err := w.ids.MakeAdminCode(ctx, "新设县")
	w.must(err)
	if n := rows[model.Org](w, "name = ?", "新设县"); n != 1 || again == code {
		t.Errorf("a second code founded the county again, or is the same: %d", n)
	}
	if _, err := w.ids.MakeAdminCode(ctx, " "); err == nil {
		t.Error("a county without a name")
	}
}

func TestACodeHasOneWinner(t *testing.T) {
	w := newWorld(t)
	code, err := w.ids.MakeAdminCode(t.Context(), "梅城县")
	w.must(err)
	const n = 8
	all := make([]model.Actor, n)
	for i := range all {
		all[i], _ = w.resident(fmt.Sprint("racer", i), 0)
	}
	won := 0
	for _, err := range race(n, func(i int) error { return w.ids.RedeemAdminCode(t.Context(), all[i], code) }) {
		if err == nil {
			won++
		} else if !errors.Is(err, model.ErrAdminCode) {
			t.Error(err)
		}
	}
	if grants := rows[model.Grant](w, "role = ?", model.RoleAdmin); won != 1 || grants != 1 || len(w.audits("admin_code.redeem")) != 1 {
		t.Errorf("%d winners, %d grants", won, grants)
	}
}

func TestACodeIsGoodForADay(t *testing.T) {
	w := newWorld(t)
	who, _ := w.resident("alice", 0)
	code, err := w.ids.MakeAdminCode(t.Context(), "梅城县")
	w.must(err)
	w.refused(w.ids.RedeemAdminCode(t.Context(), who, "wrong"), model.ErrAdminCode)
	w.clock.Pass(24 * time.Hour)
	w.refused(w.ids.RedeemAdminCode(t.Context(), who, code), model.ErrAdminCode)
	w.clock.Pass(-time.Millisecond)
	w.must(w.ids.RedeemAdminCode(t.Context(), who, code))
}

func TestACodeMovesAResidentAndNoOfficer(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	_, resident := w.resident("alice", abroadHome)
	officer, _ := w.resident("bob", abroadHome)
	w.grant(officer.UserID, abroadHome, model.RoleWorker, nil)
	code, err := w.ids.MakeAdminCode(ctx, "梅城县")
	w.must(err)
	if err := w.ids.RedeemAdminCode(ctx, officer, code); err == nil || !strings.Contains(err.Error(), "account.tenant") {
		t.Errorf("a worker of another county: %v", err)
	}
	w.must(w.ids.RedeemAdminCode(ctx, w.identify(resident), code)) // the refusal has not used it up
	if a := w.identify(resident); a.TenantID != county || a.HomeID != 0 || a.HomePath != "" || len(a.Held) != 1 {
		t.Errorf("actor %+v", a)
	}
}

func TestANewCodeRenewsWhatHasRunOut(t *testing.T) {
	w := newWorld(t)
	who, token := w.resident("alice", community)
	hour := morning.Add(time.Hour)
	old := w.grant(who.UserID, county, model.RoleAdmin, &hour)
	redeem := func() error {
		code, err := w.ids.MakeAdminCode(t.Context(), "梅城县")
		w.must(err)
		return w.ids.RedeemAdminCode(t.Context(), who, code)
	}
	w.refused(redeem(), model.ErrGrantTaken)
	w.clock.Pass(time.Hour)
	w.must(redeem())
	if held := w.identify(token).Held; len(held) != 1 || held[0].Role != model.RoleAdmin {
		t.Errorf("holds %+v", held)
	}
	if rows[model.Grant](w, "id = ? AND active_key IS NULL AND revoked_at = valid_until", old.ID) != 1 {
		t.Error("the old grant was not ended")
	}
}

func TestAnAdministratorFindsHisOwnByPhoneAndLeavesATrace(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	admin := w.admin("admin")
	alice, _ := w.resident("alice", community)
	w.must(w.ids.Update(ctx, alice, identity.Change{DisplayName: ptr("小王"), RealName: ptr("王秀英")}))
	w.must(w.ids.BindPhone(ctx, alice, "phone-13800001234"))
	foreign, _ := w.resident("bob", abroadHome)
	w.must(w.ids.BindPhone(ctx, foreign, "phone-13900001234"))

	p, err := w.ids.FindByPhone(ctx, admin, "13800001234")
	w.must(err)
	if p.ID != alice.UserID || p.DisplayName != "小王" || p.Name != model.MaskName("王秀英") || p.Phone != model.MaskPhone("13800001234") {
		t.Errorf("person %+v", p)
	}
	for _, phone := range []string{"13900001234", "13700001234"} {
		_, err := w.ids.FindByPhone(ctx, admin, phone)
		w.refused(err, model.ErrUserNotFound)
	}
	_, err = w.ids.FindByPhone(ctx, alice, "13800001234")
	w.refused(err, model.ErrForbidden)
	lines := w.audits("user.find")
	if len(lines) != 3 || lines[0].SubjectID != alice.UserID || lines[1].SubjectID != 0 || lines[2].SubjectID != 0 {
		t.Errorf("audit %+v", lines)
	}
	for _, l := range lines {
		if strings.Contains(l.Detail, "0000") || l.TenantID != county {
			t.Errorf("audit %+v", l)
		}
	}
}

func TestADisabledAccountIsRefusedAtOnce(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	admin := w.admin("admin")
	alice, token := w.resident("alice", community)
	w.must(w.ids.Disable(ctx, admin, alice.UserID, "冒用他人身份"))
	if _, err := w.ids.Identify(ctx, token); err == nil {
		t.Error("the session still opens")
	}
	_, err := w.ids.Login(ctx, "demo-alice")
	w.refused(err, model.ErrDisabled)
	if rows[model.Session](w, "user_id = ?", alice.UserID) != 0 {
		t.Error("sessions are left")
	}
	w.refused(w.ids.Disable(ctx, admin, alice.UserID, "再次"), model.ErrUserState)

	w.must(w.ids.Enable(ctx, admin, alice.UserID, "已核实"))
	w.refused(w.ids.Enable(ctx, admin, alice.UserID, "再次"), model.ErrUserState)
	w.identify(w.login("demo-alice").Token)
	off, on := w.audits("user.disable"), w.audits("user.enable")
	if len(off) != 1 || len(on) != 1 || off[0].SubjectID != alice.UserID || !strings.Contains(off[0].Detail, "冒用他人身份") {
		t.Errorf("audit %+v %+v", off, on)
	}
}

func TestASessionOfADisabledAccountOpensNothing(t *testing.T) {
	w := newWorld(t)
	alice, token := w.resident("alice", community)
	w.must(w.db.Update(t.Context(), func(tx *db.Tx) error { // as a login that lost against Disable leaves it
		return tx.Model(&model.User{}).Where("id = ?", alice.UserID).Update("state", model.UserDisabled).Error
	}))
	_, err := w.ids.Identify(t.Context(), token)
	w.refused(err, model.ErrDisabled)
}

func TestNobodyIsDisabledAcrossCountiesOrByHimself(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	admin := w.admin("admin")
	alice, _ := w.resident("alice", community)
	foreign, _ := w.resident("bob", abroadHome)
	homeless, _ := w.resident("carol", 0)
	for _, c := range []struct {
		who  model.Actor
		id   int64
		want error
	}{
		{admin, foreign.UserID, model.ErrUserNotFound},
		{admin, homeless.UserID, model.ErrUserNotFound},
		{admin, 99, model.ErrUserNotFound},
		{admin, admin.UserID, model.ErrUserSelf},
		{alice, admin.UserID, model.ErrForbidden},
		{homeless, homeless.UserID, model.ErrForbidden},
	} {
		w.refused(w.ids.Disable(ctx, c.who, c.id, "不应成功"), c.want)
	}
	if rows[model.User](w, "state <> ?", model.UserActive) != 0 || len(w.audits("user.disable")) != 0 {
		t.Error("a refusal left a trace")
	}
}
