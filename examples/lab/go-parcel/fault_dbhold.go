package main

import (
	"context"
	"fmt"
	"time"
)

// A transaction stays open over slow work, so the pool is too small for the traffic.
func init() {
	register(&feature{Name: "dbhold", Cause: "db-pool-exhaustion", Forms: "pool too small for slow transactions",
		Culprit: []string{"reserveSlot", "database/sql", "go_sql", "reserve slot"},
		request: func(ctx context.Context, a *app, route string, strength float64) error {
			if route != "/parcels" && route != "/bookings" {
				return nil
			}
			return reserveSlot(ctx, a, time.Duration(strength*float64(1200*time.Millisecond)))
		}})
}

func reserveSlot(ctx context.Context, a *app, work time.Duration) error {
	wait, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	tx, err := a.store.db.BeginTx(wait, nil)
	if err != nil {
		return fmt.Errorf("reserve slot: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	var count int
	if err := tx.QueryRowContext(wait, "SELECT count(*) FROM parcels WHERE id < 50").Scan(&count); err != nil {
		return fmt.Errorf("reserve slot: %w", err)
	}
	time.Sleep(work)
	return nil
}
