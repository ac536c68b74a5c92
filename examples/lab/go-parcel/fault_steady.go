package main

import (
	"context"
	"errors"
	"math/rand/v2"
)

// Not a feature: errors that were always there, for healthy runs with noise.
func init() {
	register(&feature{Name: "trickle", Cause: "healthy", Forms: "errors that were always there",
		request: func(_ context.Context, a *app, route string, strength float64) error {
			if route == "/zones" && rand.Float64() < strength*0.1 {
				return errors.New("zone text too long for index")
			}
			if rand.Float64() < strength*0.05 {
				a.log.Warn("slow consumer, event dropped", "queue", "scans", "dropped", 1+rand.IntN(3))
			}
			return nil
		}})
	register(&feature{Name: "cron", Cause: "healthy", Forms: "work every minute",
		tick: func(_ *app, strength float64) {
			if cronTicks++; strength > 0 && cronTicks%600 < 80 {
				signLabel(int(strength * 200_000))
				renderInvoice(int(strength * 400))
			}
		}})
}

var cronTicks int
