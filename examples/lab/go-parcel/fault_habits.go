package main

import (
	"context"
	"time"
)

// Not faults either: what healthy services do and what looks ill at first sight.
func init() {
	register(&feature{Name: "warmup", Cause: "healthy", Forms: "a cache that fills up to its bound",
		tick: func(_ *app, strength float64) {
			if strength > 0 && len(warmPages) < 1200 {
				warmPages = append(warmPages, make([]byte, int(16_000*strength)))
			}
		}})
	register(&feature{Name: "batch", Cause: "healthy", Forms: "many workers for a quarter of each minute",
		tick: func(_ *app, strength float64) {
			if batchTicks++; strength > 0 && batchTicks%600 == 300 {
				runBatch(int(strength * 120))
			}
		}})
	register(&feature{Name: "verbose", Cause: "healthy", Forms: "a log that says more than before",
		request: func(_ context.Context, a *app, route string, strength float64) error {
			if strength > 0 {
				a.log.Info("cache consulted", "route", route, "shard", len(route)%4)
			}
			return nil
		}})
}

var (
	warmPages  [][]byte
	batchTicks int
)

func runBatch(workers int) {
	for worker := range workers {
		go func() {
			for range 15 {
				time.Sleep(time.Second)
				signLabel(200 * (worker%3 + 1))
			}
		}()
	}
}
