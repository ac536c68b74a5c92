package book

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"example.org/lab/meter/internal/lab"
)

// Two wallets lock each other in opposite order; from then on the whole path hangs.
func init() {
	left, right := &Wallet{}, &Wallet{}
	lab.Register(&lab.Feature{Name: "transfer", Cause: "deadlock", Forms: "lock order", Culprit: []string{"PayInto"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path != "/v1/balance" {
				return nil
			}
			pause := time.Duration(strength * float64(60*time.Millisecond))
			if strength > 0 && rand.IntN(2) == 0 {
				right.PayInto(left, pause)
				return nil
			}
			left.PayInto(right, pause)
			return nil
		}})
}

// Wallet is the credit of a customer.
type Wallet struct {
	mu     sync.Mutex
	credit int
}

// PayInto moves one unit.
func (w *Wallet) PayInto(other *Wallet, pause time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	time.Sleep(pause)
	other.mu.Lock()
	defer other.mu.Unlock()
	w.credit--
	other.credit++
}
