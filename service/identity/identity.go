// Package identity knows who is asking: it turns a WeChat login into a session,
// and a session into an actor. It keeps what an account is: consent, home,
// phone.
package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"dandelion/internal/db"
	"dandelion/internal/fault"
	"dandelion/model"
)

var errSession = fault.Define(fault.Unidentified, "session.required", "请先登录")

// WeChat is what identity needs of WeChat.
type WeChat interface {
	OpenID(ctx context.Context, code string) (string, error)
	Phone(ctx context.Context, code string) (string, error)
}

// Sealer keeps personal data from whoever reads the database.
type Sealer interface {
	Seal(aad, plain string) (string, error)
	Open(aad, sealed string) (string, error)
	Index(kind, value string) string
}

// Options are what the service is made of.
type Options struct {
	DB            *db.DB
	WeChat        WeChat
	Sealer        Sealer
	Lifetime      time.Duration // of a session
	PolicyVersion string        // of the privacy policy that consent is asked for
	Wishes        Wishes        // nil: none wait for anybody
	Roll          Roll          // of the volunteers
}

// Wishes are told of the number by which somebody can be reached in a county,
// so that those which are for him become his.
type Wishes interface {
	PhoneKnown(tx *db.Tx, u *model.User) error
}

// Service signs people in and keeps their accounts.
type Service struct {
	Options
}

// New returns a Service made of o.
func New(o Options) *Service { return &Service{o} }

// Session is what a login gives: the token is told only here.
type Session struct {
	Token     string
	ExpiresAt time.Time
	New       bool // the account was made by this login
}

// Login opens a session for the user whom WeChat gave code to. WeChat is asked
// before any transaction is begun.
func (s *Service) Login(ctx context.Context, code string) (*Session, error) {
	openID, err := s.WeChat.OpenID(ctx, code)
	if err != nil {
		return nil, err
	}
	session := &Session{Token: rand.Text() + rand.Text()} // 2 × 130 bits
	err = s.DB.Update(ctx, func(tx *db.Tx) error {
		user, fresh, err := enrol(tx, openID)
		if err != nil {
			return err
		}
		if user.State != model.UserActive {
			return model.ErrDisabled
		}
		session.New, session.ExpiresAt = fresh, tx.Now.Add(s.Lifetime)
		return db.Add(tx, &model.Session{TokenHash: hash(session.Token), UserID: user.ID, CreatedAt: tx.Now, ExpiresAt: session.ExpiresAt})
	})
	if err != nil {
		return nil, fmt.Errorf("identity: open session: %w", err)
	}
	return session, nil
}

// enrol returns the user whom WeChat calls openID, adding him if he is new. Of
// those who come at once one is added, and the rest find him.
func enrol(tx *db.Tx, openID string) (user model.User, fresh bool, err error) {
	user, err = gorm.G[model.User](tx.DB).Where("open_id = ?", openID).Take(tx.Ctx)
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return user, false, err
	}
	user = model.NewUser(tx.NewID(), openID, tx.Now)
	err = db.Add(tx, &user)
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return user, false, db.ErrStale // somebody else has just added him
	}
	return user, true, err
}

// who is a row of the one query that makes an actor of a token.
type who struct {
	UserID, TenantID, HomeID int64
	HomePath                 model.Path
	State                    model.UserState
	Consent                  string
	Role                     model.Role
	OrgID                    int64
	OrgPath                  model.Path
	Subtree                  bool
}

// Identify returns the actor whose session token opens, with the grants that
// are in force now. It is one statement, for it comes before every request.
func (s *Service) Identify(ctx context.Context, token string) (model.Actor, error) {
	var rows []who
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		return tx.Raw(`SELECT u.id AS user_id, u.tenant_id, u.home_id, u.home_path, u.state, u.consent,
				COALESCE(g.role, '') AS role, COALESCE(g.org_id, 0) AS org_id, COALESCE(g.org_path, '') AS org_path, COALESCE(g.subtree, 0) AS subtree
			FROM sessions s JOIN users u ON u.id = s.user_id
			LEFT JOIN grants g ON g.user_id = u.id AND g.active_key IS NOT NULL AND g.revoked_at IS NULL AND (g.valid_until IS NULL OR g.valid_until > ?)
			WHERE s.token_hash = ? AND s.expires_at > ? ORDER BY g.id`, tx.Now, hash(token), tx.Now).Scan(&rows).Error
	})
	switch {
	case err != nil:
		return model.Actor{}, fmt.Errorf("identity: identify: %w", err)
	case len(rows) == 0:
		return model.Actor{}, errSession
	case rows[0].State != model.UserActive:
		return model.Actor{}, model.ErrDisabled
	}
	return actorOf(rows), nil
}

func actorOf(rows []who) model.Actor {
	u := rows[0]
	a := model.Actor{UserID: u.UserID, TenantID: u.TenantID, HomeID: u.HomeID, HomePath: u.HomePath, Consent: u.Consent}
	for _, r := range rows {
		if r.OrgID != 0 && r.OrgPath.Has(u.TenantID) { // a grant of another county is none
			a.Held = append(a.Held, model.Held{Role: r.Role, OrgID: r.OrgID, Path: r.OrgPath, Subtree: r.Subtree})
		}
	}
	return a
}

// Logout ends the session that token opens.
func (s *Service) Logout(ctx context.Context, who model.Actor, token string) error {
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := gorm.G[model.Session](tx.DB).Where("token_hash = ? AND user_id = ?", hash(token), who.UserID).Delete(tx.Ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("identity: log out: %w", err)
	}
	return nil
}

// RevokeAll ends every session of who's account.
func (s *Service) RevokeAll(ctx context.Context, who model.Actor) error {
	err := s.DB.Update(ctx, func(tx *db.Tx) error { return endSessions(tx, who.UserID) })
	if err != nil {
		return fmt.Errorf("identity: revoke sessions: %w", err)
	}
	return nil
}

func endSessions(tx *db.Tx, user int64) error {
	_, err := gorm.G[model.Session](tx.DB).Where("user_id = ?", user).Delete(tx.Ctx)
	if err != nil {
		return fmt.Errorf("identity: end sessions of %d: %w", user, err)
	}
	return nil
}

// Sweep deletes sessions that have expired, some at a time.
func (s *Service) Sweep(ctx context.Context) error {
	const batch = 500
	for {
		var old []string
		err := s.DB.View(ctx, func(tx *db.Tx) error {
			return tx.Model(&model.Session{}).Where("expires_at <= ?", tx.Now).Order("expires_at").Limit(batch).Pluck("token_hash", &old).Error
		})
		if err != nil || len(old) == 0 {
			return err
		}
		err = s.DB.Update(ctx, func(tx *db.Tx) error {
			_, err := gorm.G[model.Session](tx.DB).Where("token_hash IN ?", old).Delete(tx.Ctx)
			return err
		})
		if err != nil || len(old) < batch {
			return err
		}
	}
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
