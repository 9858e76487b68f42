package points

import (
	"context"
	"fmt"
	"time"

	"dandelion/internal/db"
	"dandelion/internal/id"
	"dandelion/model"
)

// Reconciliation is what an auditor checks the ledger of a county by (对账): what
// was booked in a season, and whether everything ever booked adds up.
type Reconciliation struct {
	Season      int64
	GeneratedAt time.Time
	Kinds       []KindTotal
	Accounts    []AccountTotal
	SeasonSum   int64 // of all lines of the season: 0
	Sum         int64 // of all lines there are: 0
}

// KindTotal is the transactions of one kind in the season, how many points they
// moved, and what their lines add up to: 0.
type KindTotal struct {
	Kind             model.PointKind
	Txns, Moved, Sum int64
}

// AccountTotal is the lines of one account, and the balances that they should
// make. The accounts of organisations have no balances.
type AccountTotal struct {
	Account                  model.Account
	SeasonLines, SeasonTotal int64
	Lines, Total             int64
	Owners, Balance          int64
}

// Differs returns by how much the balances differ from the lines.
func (t AccountTotal) Differs() int64 {
	if t.Account.OfOrg() {
		return 0
	}
	return t.Balance - t.Total
}

// Sound reports whether everything adds up.
func (r *Reconciliation) Sound() bool {
	ok := r.Sum == 0 && r.SeasonSum == 0
	for _, a := range r.Accounts {
		ok = ok && a.Differs() == 0
	}
	for _, k := range r.Kinds {
		ok = ok && k.Sum == 0
	}
	return ok
}

// reconciling is how long the sums may take: they read every line there is.
const reconciling = 25 * time.Second

// reconciliation is one statement, for one statement sees one moment: what is
// booked meanwhile cannot look like a difference. The lines are read from an
// index that holds all that is summed.
const reconciliation = `SELECT 'line' AS part, account AS name, COUNT(*) AS n, SUM(amount) AS total,
	SUM(CASE WHEN id >= ? AND id < ? THEN 1 ELSE 0 END) AS season_n, SUM(CASE WHEN id >= ? AND id < ? THEN amount ELSE 0 END) AS season_total
	FROM point_entries WHERE tenant_id = ? GROUP BY account
UNION ALL SELECT 'balance', account, COUNT(*), SUM(amount), 0, 0 FROM point_balances WHERE tenant_id = ? GROUP BY account
UNION ALL SELECT 'kind', t.kind, COUNT(DISTINCT t.id), SUM(e.amount), 0, SUM(CASE WHEN e.amount > 0 THEN e.amount ELSE 0 END)
	FROM point_txns t JOIN point_entries e ON e.txn_id = t.id WHERE t.tenant_id = ? AND t.kind IN ? AND t.id >= ? AND t.id < ? GROUP BY t.kind`

// sums is a row of the statement.
type sums struct {
	Part, Name                     string
	N, Total, SeasonN, SeasonTotal int64
}

// Reconcile adds up the ledger of who's county; season 0 is this one.
func (s *Service) Reconcile(ctx context.Context, who model.Actor, season int64) (*Reconciliation, error) {
	if err := ofCounty(who, model.RoleCounty, model.RoleAuditor, model.RoleAdmin); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, reconciling)
	defer cancel()
	r := &Reconciliation{Season: season}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		if r.GeneratedAt = tx.Now; season == 0 {
			r.Season = model.SeasonOf(tx.Now)
		}
		if err := model.CheckSeason(r.Season, tx.Now); err != nil {
			return err
		}
		var rows []sums
		from, to := id.Floor(model.SeasonStart(r.Season)), id.Floor(model.SeasonStart(r.Season+1))
		err := tx.Raw(reconciliation, from, to, from, to, who.TenantID, who.TenantID, who.TenantID, model.PointKinds(), from, to).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("points: reconcile %d: %w", who.TenantID, err)
		}
		r.fill(rows)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// fill sorts rows into the report, in the order in which the model lists kinds
// and accounts; what has no rows is there with zeros.
func (r *Reconciliation) fill(rows []sums) {
	of := map[[2]string]sums{}
	for _, row := range rows {
		of[[2]string{row.Part, row.Name}] = row
		if row.Part == "line" {
			r.Sum, r.SeasonSum = r.Sum+row.Total, r.SeasonSum+row.SeasonTotal
		}
	}
	for _, k := range model.PointKinds() {
		row := of[[2]string{"kind", string(k)}]
		r.Kinds = append(r.Kinds, KindTotal{Kind: k, Txns: row.N, Moved: row.SeasonTotal, Sum: row.Total})
	}
	for _, a := range model.Accounts() {
		line, balance := of[[2]string{"line", string(a)}], of[[2]string{"balance", string(a)}]
		r.Accounts = append(r.Accounts, AccountTotal{
			Account: a, SeasonLines: line.SeasonN, SeasonTotal: line.SeasonTotal, Lines: line.N, Total: line.Total, Owners: balance.N, Balance: balance.Total,
		})
	}
}
