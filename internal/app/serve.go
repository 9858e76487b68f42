package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Serve answers requests on the listener until ctx is done, then stops
// gracefully: it says that it is not ready and goes on for as long as a load
// balancer needs to see that, closing connections as they are answered; then it
// takes no more, waits for what is being answered and for the background work,
// and only then returns.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	var background sync.WaitGroup
	work, halt := context.WithCancel(context.WithoutCancel(ctx))
	background.Go(func() { a.Run(work) })
	defer background.Wait()
	defer halt()

	srv := &http.Server{
		Handler: a.API, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	// Shutdown, and not Serve, tells when the last request has been answered.
	drained := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		a.API.Drain()
		<-time.After(a.config.Drain)
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.config.Grace)
		defer cancel()
		drained <- srv.Shutdown(grace)
	})
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		stop()
		return fmt.Errorf("app: serve: %w", err)
	}
	if err := <-drained; err != nil {
		return fmt.Errorf("app: some requests were not answered in time: %w", errors.Join(err, srv.Close()))
	}
	return nil
}
