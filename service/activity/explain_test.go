package activity_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/dbtest"
	"dandelion/model"
	"dandelion/service/activity"
)

// TestEveryListReadsOneRangeOfAnIndex asks SQLite how it reads the lists, which
// says so plainly: by an index, and without sorting.
func TestEveryListReadsOneRangeOfAnIndex(t *testing.T) {
	h := newHall(t, dbtest.File(t))
	var slots []*model.Slot
	for n := range int64(3000) {
		from := morning.Add(time.Duration(n) * time.Minute)
		slots = append(slots, &model.Slot{
			ID: n + 1, TenantID: hallCounty, ActivityID: n % 100, CommunityID: n % 20, Published: true, LeaderID: n % 50,
			StartsAt: from, EndsAt: from.Add(time.Hour), CreatedAt: morning, UpdatedAt: morning, Version: 1,
		})
	}
	h.must(h.update(func(tx *db.Tx) error {
		if err := tx.CreateInBatches(slots, 300).Error; err != nil {
			return err
		}
		return tx.Exec("UPDATE slots SET state = 'open'").Error
	}))
	h.must(h.update(func(tx *db.Tx) error { return tx.Exec("ANALYZE").Error }))
	after := activity.SlotFilter{AfterStart: at(10), AfterID: 600}
	queries := map[string]string{}
	args := map[string][]any{}
	for index, f := range map[string]activity.SlotFilter{
		"idx_slots_tenant": {}, "idx_slots_community": {CommunityID: 3}, "idx_slots_leader": {MineToLead: true}, "idx_slots_activity": {ActivityID: 7},
	} {
		queries[index], args[index] = f.Range(h.worker, morning)
		f.AfterStart, f.AfterID = after.AfterStart, after.AfterID
		queries[index+" "], args[index+" "] = f.Range(h.worker, morning)
	}
	queries["idx_enrolments_slot"] = "SELECT id FROM enrolments WHERE slot_id = ? AND state = ? AND id > ? ORDER BY id LIMIT 21"
	args["idx_enrolments_slot"] = []any{1, model.EnrolmentWaiting, 0}
	queries["idx_enrolments_user"] = "SELECT id FROM enrolments WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT 21"
	args["idx_enrolments_user"] = []any{1, 1000}
	queries["idx_enrolments_time"] = "SELECT * FROM enrolments WHERE user_id = ? AND starts_at > ? AND starts_at < ?"
	args["idx_enrolments_time"] = []any{1, morning, at(1)}
	queries["idx_activities_org"] = "SELECT id FROM activities WHERE org_id = ? AND tenant_id = ? AND id < ? ORDER BY id DESC LIMIT 21"
	args["idx_activities_org"] = []any{1, 1, 1000}
	for index, query := range queries {
		var plan []struct{ Detail string }
		h.must(h.db.View(t.Context(), func(tx *db.Tx) error { return tx.Raw("EXPLAIN QUERY PLAN "+query, args[index]...).Scan(&plan).Error }))
		if said := fmt.Sprint(plan); !strings.Contains(said, strings.TrimSpace(index)) || strings.Contains(said, "TEMP B-TREE") || strings.Contains(said, "SCAN") {
			t.Errorf("%s: %s", query, said)
		}
	}
}
