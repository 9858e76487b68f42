package points_test

import (
	"testing"

	"dandelion/internal/db"
	"dandelion/model"
	"dandelion/service/points"
)

// BenchmarkCase is a sanction from its proposal to its booking.
func BenchmarkCase(b *testing.B) {
	w := newCaseWorld(b)
	for b.Loop() {
		w.approved(model.CaseNoShow, 0)
	}
}

// fill books lines as a busy county would have, without the service.
func (w *caseWorld) fill(lines int) {
	w.Helper()
	const batch = 1000
	for range lines / 2 / batch {
		w.update(func(tx *db.Tx) error {
			txns, entries := make([]model.PointTxn, 0, batch), make([]model.PointEntry, 0, 2*batch)
			for n := range int64(batch) {
				p := model.Posting{Txn: model.PointTxn{
					ID: tx.NewID(), TenantID: caseCounty, Kind: model.PointEarn, SourceType: model.OfClaim, OccurredAt: tx.Now, CreatedAt: tx.Now,
				}}
				p.Txn.SourceID = p.Txn.ID
				p.Move(10, model.AccountIssue, caseHome, model.AccountPending, 1000+n*7919%50_000)
				p.Seal()
				for i := range p.Entries {
					p.Entries[i].ID, p.Entries[i].TxnID, p.Entries[i].TenantID = tx.NewID(), p.Txn.ID, caseCounty
				}
				txns, entries = append(txns, p.Txn), append(entries, p.Entries...)
			}
			if err := tx.CreateInBatches(&txns, 500).Error; err != nil {
				return err
			}
			return tx.CreateInBatches(&entries, 500).Error
		})
	}
}

// BenchmarkReconcile adds up a ledger of 100,000 lines.
func BenchmarkReconcile(b *testing.B) {
	w := newCaseWorld(b)
	w.fill(100_000)
	for b.Loop() {
		if _, err := w.ledger.Reconcile(b.Context(), w.auditor, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkQueue is a page of an office's queue among many cases.
func BenchmarkQueue(b *testing.B) {
	w := newCaseWorld(b)
	for range 500 {
		w.propose(model.CaseNoShow, 0)
	}
	for b.Loop() {
		if _, err := w.ledger.Cases(b.Context(), w.worker, points.CaseFilter{View: points.CasesQueue, Limit: 21}); err != nil {
			b.Fatal(err)
		}
	}
}
