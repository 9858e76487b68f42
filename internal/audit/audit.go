// Package audit writes the audit log (审计日志): who did what to whom, when, in
// which request, in the transaction in which it was done.
package audit

import (
	"encoding/json"
	"fmt"

	"dandelion/internal/db"
	"dandelion/model"
)

// Put adds a line. Detail must hold no personal data: only ids, roles, names of
// settings and the like.
func Put(tx *db.Tx, who model.Actor, action string, subject model.Subject, id int64, detail map[string]any) error {
	text := []byte("{}")
	if len(detail) > 0 {
		var err error
		if text, err = json.Marshal(detail); err != nil {
			return fmt.Errorf("audit: detail of %s: %w", action, err)
		}
	}
	err := db.Add(tx, &model.Audit{
		ID: tx.NewID(), TenantID: who.TenantID, ActorID: who.UserID, Action: action, Subject: subject, SubjectID: id,
		Detail: string(text), RequestID: who.RequestID, CreatedAt: tx.Now,
	})
	if err != nil {
		return fmt.Errorf("audit: put %s: %w", action, err)
	}
	return nil
}
