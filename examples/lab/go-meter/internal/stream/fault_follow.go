package stream

import (
	"context"
	"math/rand/v2"
	"time"

	"example.org/lab/meter/internal/lab"
)

// A follower waits on its ticker and on a context that is never cancelled.
func init() {
	lab.Register(&lab.Feature{Name: "follow", Cause: "goroutine-leak", Forms: "select on ticker and context", Culprit: []string{"FollowMeter"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path != "/v1/readings" {
				return nil
			}
			ctx, cancel := context.WithCancel(context.Background())
			go (&Follower{seen: make([]byte, 4096)}).FollowMeter(ctx)
			if rand.Float64() >= strength {
				cancel()
			}
			_ = cancel
			return nil
		}})
}

// Follower remembers what a meter did.
type Follower struct{ seen []byte }

// FollowMeter looks every minute until the context ends.
func (f *Follower) FollowMeter(ctx context.Context) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			f.seen[0]++
		case <-ctx.Done():
			return
		}
	}
}
