package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Two locks are taken in either order; once two requests meet, all later ones wait behind them.
func init() {
	register(&feature{Name: "deadlock", Cause: "deadlock", Forms: "lock order", Culprit: []string{"transferParcel"},
		request: func(_ context.Context, _ *app, route string, strength float64) error {
			if route != "/bookings" && route != "/parcels" {
				return nil
			}
			first, second := &depotNorth, &depotSouth
			pause := time.Duration(0)
			if strength > 0 {
				pause = 20 * time.Millisecond
				if rand.Float64() < 0.5 {
					first, second = second, first
				}
			}
			transferParcel(first, second, pause)
			return nil
		}})
}

type depot struct {
	sync.Mutex
	parcels int
}

var depotNorth, depotSouth depot

func transferParcel(from, to *depot, pause time.Duration) {
	from.Lock()
	defer from.Unlock()
	time.Sleep(pause)
	to.Lock()
	defer to.Unlock()
	from.parcels--
	to.parcels++
}
