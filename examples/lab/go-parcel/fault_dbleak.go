package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Rows are not closed when the first one suffices, so the connection never comes back to the pool.
func init() {
	register(&feature{Name: "dbleak", Cause: "db-pool-exhaustion", Forms: "connections never given back",
		Culprit: []string{"listScans", "database/sql", "go_sql", "reserve slot", "list scans"},
		request: func(ctx context.Context, a *app, route string, strength float64) error {
			if route == "/parcels" {
				return listScans(ctx, a, rand.Float64() < strength*0.02)
			}
			return nil
		}})
}

func listScans(ctx context.Context, a *app, forget bool) error {
	wait, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	conn, err := a.store.db.Conn(wait)
	if err != nil {
		return fmt.Errorf("list scans: %w", err)
	}
	rows, err := conn.QueryContext(context.Background(), "SELECT id FROM parcels LIMIT 5")
	if err != nil {
		_ = conn.Close()
		return fmt.Errorf("list scans: %w", err)
	}
	if forget && rows.Next() {
		return nil
	}
	_ = rows.Close()
	return conn.Close()
}
