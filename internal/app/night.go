package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dandelion/internal/verify"
)

// nightEvery is how often a replica asks whether the nightly run is due, and
// what the last one found.
const nightEvery = time.Minute

// drift tells what the last nightly run found, whichever replica made it.
type drift struct {
	of    *prometheus.GaugeVec
	at    prometheus.Gauge
	shown time.Time
}

func newDrift() *drift {
	return &drift{
		of: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "dandelion_points_drift", Help: "How many places of the points ledger differ from what must be, by check.",
		}, []string{"check"}),
		at: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "dandelion_points_verified_timestamp_seconds", Help: "When the points ledger was last verified.",
		}),
	}
}

// nights sees to the nightly run until ctx is done. It has a loop of its own,
// for a run takes minutes on a large ledger, and no timer must wait for it.
func (a *App) nights(ctx context.Context) {
	tick := time.NewTicker(nightEvery)
	defer tick.Stop()
	for {
		if err := a.Night(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "nightly verification", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Night proves that the points add up, once a day after three in the morning
// (夜间对账), and shows what the last proof found.
func (a *App) Night(ctx context.Context) error {
	r, ran, err := verify.Night(ctx, a.DB)
	if err != nil {
		return err
	}
	if ran && r.Differing() > 0 {
		for _, c := range r.Results {
			if c.Differing > 0 {
				a.log.ErrorContext(ctx, "points differ", "check", c.Name, "rows", c.Rows, "differing", c.Differing, "first", c.Findings[0].Of)
			}
		}
	}
	return a.drift.show(ctx, a)
}

// show sets the gauges to what the last run found.
func (d *drift) show(ctx context.Context, a *App) error {
	run, err := verify.Last(ctx, a.DB)
	if err != nil || run == nil || run.FinishedAt.Equal(d.shown) {
		return err
	}
	r, err := verify.Read(run.Report)
	if err != nil {
		return err
	}
	for _, c := range r.Results {
		d.of.WithLabelValues(c.Name).Set(float64(c.Differing))
	}
	d.at.Set(float64(run.FinishedAt.UnixMilli()) / 1000)
	d.shown = *run.FinishedAt
	return nil
}
