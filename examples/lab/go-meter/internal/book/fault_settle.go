package book

import (
	"context"
	"sync"
	"time"

	"example.org/lab/meter/internal/lab"
)

// Accounts are settled one after the other under one lock, with slow work inside.
func init() {
	accounts := &Accounts{sums: map[string]int{}}
	lab.Register(&lab.Feature{Name: "settle", Cause: "lock-contention", Forms: "Mutex", Culprit: []string{"SettleAccount"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/balance" || path == "/v1/readings" {
				accounts.SettleAccount(path, time.Duration(strength*float64(90*time.Millisecond)))
			}
			return nil
		}})
}

// Accounts are sums by path.
type Accounts struct {
	mu   sync.Mutex
	sums map[string]int
}

// SettleAccount adds one after some work.
func (a *Accounts) SettleAccount(name string, work time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if work > 0 {
		time.Sleep(work)
	}
	a.sums[name]++
}
