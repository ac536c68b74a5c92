package main

import (
	"context"
	"math/rand/v2"
)

// A follower waits for the end of a context that nobody cancels.
func init() {
	register(&feature{Name: "context", Cause: "goroutine-leak", Forms: "context never cancelled", Culprit: []string{"followCourier"},
		request: func(_ context.Context, _ *app, _ string, strength float64) error {
			ctx, cancel := context.WithCancel(context.Background())
			go followCourier(ctx)
			if rand.Float64() >= strength {
				cancel()
			}
			_ = cancel
			return nil
		}})
}

func followCourier(ctx context.Context) {
	position := make([]float64, 64)
	<-ctx.Done()
	position[0] = 1
}
