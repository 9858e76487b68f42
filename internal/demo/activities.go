package demo

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/activity"
)

// The first community meets every Saturday; so many times before the story ends
// and after.
const (
	saturdays = 5
	upcoming  = 3
	team      = 10 // who comes on a Saturday
)

// activities tells what volunteers did together: a series of Saturdays with all
// that happens on one, what a unit invites to, and what is still a draft.
func (l *loader) activities(ctx context.Context) error {
	held := l.world.held()
	as := func(code string) model.Actor { return actorOf(l.person(code), held[UserID(code)]) }
	if err := l.saturdays(ctx, as("demo-worker"), as("demo-volunteer")); err != nil {
		return fmt.Errorf("demo: saturdays: %w", err)
	}
	if err := l.yesterday(ctx, as); err != nil {
		return fmt.Errorf("demo: yesterday: %w", err)
	}
	l.clock.Set(l.until.Add(-day / 2))
	start := l.until.Truncate(time.Hour).Add(5 * day)
	_, err := l.invite(ctx, as("demo-liaison"), UnitID, model.ActivityTerms{
		Title: "义诊进社区", Detail: "为老年居民量血压、测血糖, 需医护人员", Skills: []string{"义诊"},
	}, model.SlotTerms{
		StartsAt: start, EndsAt: start.Add(3 * time.Hour), Place: "红星社区服务站一楼", Capacity: 6, Mode: model.ModeLeader,
	}, model.Repeat{})
	if err != nil {
		return fmt.Errorf("demo: the unit's invitation: %w", err)
	}
	_, err = l.activity.CreateActivity(ctx, as("demo-worker2"), CommunityID, 0, model.ActivityTerms{
		Title: "童心港湾暑期托管", Detail: "陪孩子读书、做手工, 时间待定", Skills: []string{"陪伴"},
	})
	if err != nil {
		return fmt.Errorf("demo: a draft: %w", err)
	}
	return nil
}

// yesterday tells of the visit that those to log in as made to old people: the
// leader and four volunteers, one of them without a phone. One forgot to check
// out, and one who was put down as absent may say that he was there.
func (l *loader) yesterday(ctx context.Context, as func(code string) model.Actor) error {
	leader, worker := as("demo-volunteer"), as("demo-worker")
	start := model.DayOf(l.until.Add(-day)).Start().Add(9 * time.Hour)
	l.clock.Set(start.Add(-3 * day))
	slots, err := l.invite(ctx, worker, CommunityID, model.ActivityTerms{
		Title: "敬老院陪伴", Detail: "陪老人聊天、读报、下棋", Skills: []string{"陪伴"},
	}, model.SlotTerms{
		StartsAt: start, EndsAt: start.Add(150 * time.Minute), Place: "县敬老院活动室", Capacity: 8, Mode: model.ModeCode, LeaderID: leader.UserID,
	}, model.Repeat{})
	if err != nil {
		return err
	}
	sl, forgetful, absent := slots[0], as("demo-member2"), as("demo-member3")
	if err := l.enrolled(ctx, sl, []model.Actor{leader, as("demo-member"), forgetful, absent}, start.Add(-2*day)); err != nil {
		return err
	}
	if _, err := l.activity.PutOn(ctx, leader, sl.ID, offlineVolunteer); err != nil {
		return err
	}
	for _, d := range model.Directions() {
		l.clock.Set(start.Add(-5 * time.Minute))
		if d == model.DirectionOut {
			l.clock.Set(sl.EndsAt)
		}
		for _, p := range []model.Actor{leader, as("demo-member"), forgetful} {
			if p.UserID == forgetful.UserID && d == model.DirectionOut {
				continue
			}
			if err := l.check(ctx, leader, sl, p, d); err != nil {
				return err
			}
		}
		if err := l.attest(ctx, leader, sl, model.Actor{UserID: offlineVolunteer}, d); err != nil {
			return err
		}
	}
	return l.fire(ctx, model.SlotAlarm, sl.EndsAt.Add(3*time.Hour), l.activity.SlotAlarm)
}

// invite publishes an activity, and returns its slots.
func (l *loader) invite(ctx context.Context, who model.Actor, org int64, a model.ActivityTerms, t model.SlotTerms, r model.Repeat) ([]activity.Seen, error) {
	v, err := l.activity.CreateActivity(ctx, who, org, CommunityID, a)
	if err != nil {
		return nil, err
	}
	slots, err := l.activity.AddSlots(ctx, who, v.ID, t, r)
	if err != nil {
		return nil, err
	}
	_, err = l.activity.PublishActivity(ctx, who, v.ID)
	return slots, err
}

// saturdays tells of the mornings on which the first community cleans up.
func (l *loader) saturdays(ctx context.Context, worker, leader model.Actor) error {
	first := nine(l.until.Add(-saturdays * 7 * day))
	l.clock.Set(first.Add(-5 * day))
	lat, lng := int64(30_072_000), int64(115_938_000)
	slots, err := l.invite(ctx, worker, CommunityID, model.ActivityTerms{
		Title: "周六清洁家园", Detail: "清理楼道与绿地, 手套夹子由社区准备", Skills: []string{"保洁"},
	}, model.SlotTerms{
		StartsAt: first, EndsAt: first.Add(150 * time.Minute), Place: "红星社区文化广场", Lat: &lat, Lng: &lng, Capacity: 20, Mode: model.ModeCode,
		LeaderID: leader.UserID,
	}, model.Repeat{EveryDays: 7, Times: saturdays + upcoming})
	if err != nil {
		return err
	}
	people := append([]model.Actor{leader}, l.world.peopleOf(CommunityID).members...)
	for n, sl := range slots {
		if sl.EndsAt.Add(4 * time.Hour).After(l.until) {
			return l.enrolled(ctx, sl, people[n:n+team/2], l.until.Add(-day))
		}
		if err := l.saturday(ctx, sl, people[:team], worker); err != nil {
			return fmt.Errorf("the %dth: %w", n+1, err)
		}
	}
	return nil
}

// nine returns nine in the morning in Shanghai of the Saturday after t.
func nine(t time.Time) time.Time {
	start := model.DayOf(t).Start().Add(9 * time.Hour)
	for start.Add(8*time.Hour).UTC().Weekday() != time.Saturday {
		start = start.Add(day)
	}
	return start
}

func (l *loader) enrolled(ctx context.Context, sl activity.Seen, people []model.Actor, at time.Time) error {
	l.clock.Set(at)
	for _, p := range people {
		if _, err := l.activity.Enrol(ctx, p, sl.ID); err != nil {
			return fmt.Errorf("enrol %d: %w", p.UserID, err)
		}
	}
	return nil
}

// saturday tells of one morning: nine of ten come, one of them forgets to check
// out and is confirmed on the day after, one is let in by the leader's word.
func (l *loader) saturday(ctx context.Context, sl activity.Seen, people []model.Actor, worker model.Actor) error {
	if err := l.enrolled(ctx, sl, people, sl.StartsAt.Add(-2*day)); err != nil {
		return err
	}
	const absent, forgetful, attested = 7, 4, 5
	for _, d := range model.Directions() {
		for i, p := range people {
			l.clock.Set(sl.StartsAt.Add(time.Duration(3*i-10) * time.Minute))
			if d == model.DirectionOut {
				l.clock.Set(sl.EndsAt.Add(time.Duration(i) * time.Minute))
			}
			var err error
			switch {
			case i == absent, i == forgetful && d == model.DirectionOut:
			case i == attested:
				err = l.attest(ctx, worker, sl, p, d)
			default:
				err = l.check(ctx, worker, sl, p, d)
			}
			if err != nil {
				return fmt.Errorf("%s of %d: %w", d, p.UserID, err)
			}
		}
	}
	if err := l.fire(ctx, model.SlotAlarm, sl.EndsAt.Add(3*time.Hour), l.activity.SlotAlarm); err != nil {
		return err
	}
	return l.confirm(ctx, worker, sl)
}

func (l *loader) check(ctx context.Context, leader model.Actor, sl activity.Seen, p model.Actor, d model.Direction) error {
	c, err := l.activity.Code(ctx, leader, sl.ID, d)
	if err != nil {
		return err
	}
	shown := activity.Presence{Code: c.Code, Device: fmt.Sprint("phone-", p.UserID)}
	if d == model.DirectionIn {
		_, err = l.activity.CheckIn(ctx, p, sl.ID, shown)
	} else {
		_, err = l.activity.CheckOut(ctx, p, sl.ID, shown)
	}
	return err
}

func (l *loader) attest(ctx context.Context, leader model.Actor, sl activity.Seen, p model.Actor, d model.Direction) error {
	var e model.Enrolment
	err := l.db.View(ctx, func(tx *db.Tx) error {
		return tx.Where("active_key = ?", model.EnrolmentKey(sl.ID, p.UserID)).Take(&e).Error
	})
	if err == nil {
		_, err = l.activity.Attest(ctx, leader, e.ID, d, "没有智能手机")
	}
	return err
}

// confirm counts what those have served who forgot to check out, a day later,
// unless the story has ended before.
func (l *loader) confirm(ctx context.Context, leader model.Actor, sl activity.Seen) error {
	at := sl.EndsAt.Add(day)
	if at.After(l.until) {
		return nil
	}
	l.clock.Set(at)
	all, err := l.activity.SlotAttendances(ctx, leader, sl.ID, 0, 2*team)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.State == model.AttendanceUnconfirmed {
			if _, err := l.activity.Confirm(ctx, leader, a.ID, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// fire does what the timers of a kind are for that are due until a time, each in
// its time.
func (l *loader) fire(ctx context.Context, kind model.TimerKind, until time.Time, do func(tx *db.Tx, subject int64) error) error {
	var due []model.Timer
	err := l.db.View(ctx, func(tx *db.Tx) (err error) {
		due, err = gorm.G[model.Timer](tx.DB).Where("kind = ? AND due_at <= ?", kind, until).Order("due_at, id").Find(tx.Ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("demo: timers that are due: %w", err)
	}
	for _, t := range due {
		l.clock.Set(t.DueAt)
		err := l.db.Update(ctx, func(tx *db.Tx) error {
			if _, err := gorm.G[model.Timer](tx.DB).Where("id = ?", t.ID).Delete(tx.Ctx); err != nil {
				return err
			}
			return do(tx, t.SubjectID)
		})
		if err != nil {
			return fmt.Errorf("demo: %s of %d: %w", t.Kind, t.SubjectID, err)
		}
	}
	return nil
}
