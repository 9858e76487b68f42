package org_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
	"dandelion/service/org"
)

// More of the county, for registrations: a community beside the first, with a
// grid, and a unit there.
const (
	besideID, besideGrid, besideUnit int64 = 21, 22, 23
)

// joinWorld is the county with a unit that keeps a roster, and two communities to
// register with.
type joinWorld struct {
	*world
	liaison, otherLiaison, worker, worker2, nextWorker, officer, county model.Actor
}

// term is how long a community has.
const term = 7 * 24 * time.Hour

func newJoinWorld(t *testing.T) *joinWorld {
	t.Helper()
	w := &joinWorld{world: newWorld(t)}
	w.foundAll(
		place{besideID, township, model.OrgCommunity, "解放社区"},
		place{besideGrid, besideID, model.OrgGrid, "第一网格"},
		place{besideUnit, besideID, model.OrgUnit, "县税务局"},
	)
	w.liaison = w.person(201, county, model.RoleLiaison, unit)
	w.otherLiaison = w.person(202, county, model.RoleLiaison, besideUnit)
	w.worker = w.person(203, county, model.RoleWorker, community)
	w.worker2 = w.person(204, county, model.RoleWorker, community)
	w.nextWorker = w.person(205, county, model.RoleWorker, besideID)
	w.officer = w.person(206, county, model.RoleTownship, township)
	w.county = w.person(207, county, model.RoleCounty, county)
	return w
}

// phoneOf returns the number of somebody of the tests.
func phoneOf(id int64) string { return fmt.Sprintf("138%08d", id) }

// account brings in somebody with a name and a phone.
func (w *joinWorld) account(id int64, name string) model.Actor {
	w.Helper()
	a := w.person(id, county, "", 0)
	w.rename(id, name)
	w.must(w.update(func(tx *db.Tx) error {
		index := w.keys.Index("phone", phoneOf(id))
		return tx.Model(&model.User{}).Where("id = ?", id).Update("phone_index", index).Error
	}))
	return a
}

func (w *joinWorld) rename(id int64, name string) {
	w.Helper()
	sealed, err := w.keys.Seal(fmt.Sprintf("users.name:%d", id), name)
	w.must(err)
	w.must(w.update(func(tx *db.Tx) error { return tx.Model(&model.User{}).Where("id = ?", id).Update("name", sealed).Error }))
}

// onRoster brings in somebody who is on the unit's roster.
func (w *joinWorld) onRoster(id int64, name string) model.Actor {
	w.Helper()
	a := w.account(id, name)
	w.list(unit, org.Person{Name: name, Phone: phoneOf(id)})
	return a
}

func (w *joinWorld) list(unit int64, people ...org.Person) *org.Imported {
	w.Helper()
	done, err := w.svc.AddToRoster(w.Context(), w.county, unit, people)
	w.must(err)
	return done
}

// order asks for a post in the first community.
func order() org.Ordering {
	return org.Ordering{UnitID: unit, CommunityID: community, GridID: grid, Post: "义诊服务岗"}
}

// elsewhere asks for the same in the community beside it.
func elsewhere() org.Ordering {
	return org.Ordering{UnitID: unit, CommunityID: besideID, Post: "义诊服务岗"}
}

func (w *joinWorld) join(who model.Actor) *org.Registered {
	w.Helper()
	r, err := w.svc.Register(w.Context(), who, order())
	w.must(err)
	return r
}

// joined registers somebody and lets the community confirm.
func (w *joinWorld) joined(who model.Actor) *org.Registered {
	w.Helper()
	r, err := w.svc.Confirm(w.Context(), w.worker, w.join(who).ID)
	w.must(err)
	return r
}

// agreed is joined of somebody who agrees to be named.
func (w *joinWorld) agreed(who model.Actor) *org.Registered {
	w.Helper()
	r, err := w.svc.SlipConsent(w.Context(), who, w.joined(who).ID, true)
	w.must(err)
	return r
}

// stored returns a registration as it is in the database.
func (w *joinWorld) stored(id int64) (r *model.Registration) {
	w.Helper()
	w.must(w.db.View(w.Context(), func(tx *db.Tx) (err error) {
		r, err = db.Find[model.Registration](tx, id, model.ErrRegistrationNotFound)
		return err
	}))
	return r
}

// inForceGrants counts the member's grants that somebody holds in a community.
func (w *joinWorld) inForceGrants(user, in int64) int64 {
	w.Helper()
	return rows[model.Grant](w.world, "user_id = ? AND role = ? AND org_id = ? AND active_key IS NOT NULL", user, model.RoleMember, in)
}

// pass lets time go by and fires what is due.
func (w *joinWorld) pass(d time.Duration) {
	w.Helper()
	w.clock.Pass(d)
	for {
		n, err := w.timers.Fire(w.Context())
		w.must(err)
		if n == 0 {
			return
		}
	}
}

// names returns the names of the events of a registration.
func names(r *org.Registered) (all []string) {
	for _, e := range r.History {
		all = append(all, e.Name+":"+e.ActorRole)
	}
	return all
}

// atOnce lets all do at once, and counts by the code of the fault.
func atOnce(all ...func() error) map[string]int {
	var mu sync.Mutex
	got := map[string]int{}
	start := make(chan struct{})
	var wg sync.WaitGroup
	for _, do := range all {
		wg.Go(func() {
			<-start
			code := "ok"
			if err := do(); err != nil {
				if code = err.Error(); fault.Of(err) != nil {
					code = fault.Of(err).Code
				}
			}
			mu.Lock()
			defer mu.Unlock()
			got[code]++
		})
	}
	close(start)
	wg.Wait()
	return got
}
