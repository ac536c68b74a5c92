package main

import (
	"context"
	"fmt"
	"math/rand/v2"
)

// A query names a column that the table does not have.
func init() {
	register(&feature{Name: "badsql", Cause: "application-error", Forms: "wrong SQL", Culprit: []string{"loadNotes", "no such column", "load notes"},
		request: func(ctx context.Context, a *app, route string, strength float64) error {
			if route != "/parcels" {
				return nil
			}
			return loadNotes(ctx, a, rand.Float64() < strength)
		}})
}

func loadNotes(ctx context.Context, a *app, renamed bool) error {
	column := "note"
	if renamed {
		column = "remarks"
	}
	var note string
	if err := a.store.db.QueryRowContext(ctx, "SELECT "+column+" FROM parcels WHERE id = 7").Scan(&note); err != nil {
		return fmt.Errorf("load notes: %w", err)
	}
	return nil
}
