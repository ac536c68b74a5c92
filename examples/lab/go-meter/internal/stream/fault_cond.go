package stream

import (
	"context"
	"math/rand/v2"
	"sync"

	"example.org/lab/meter/internal/lab"
)

// Waiters for a batch are never woken because the signal is sent before they wait.
func init() {
	lab.Register(&lab.Feature{Name: "cond", Cause: "goroutine-leak", Forms: "sync.Cond never signalled", Culprit: []string{"AwaitBatch"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/balance" || path == "/v1/readings" {
				batch := &Batch{full: rand.Float64() >= strength}
				batch.ready = sync.NewCond(&batch.mu)
				go batch.AwaitBatch()
			}
			return nil
		}})
}

// Batch collects readings until it is full.
type Batch struct {
	mu    sync.Mutex
	ready *sync.Cond
	full  bool
	rows  [512]byte
}

// AwaitBatch returns when the batch is full.
func (b *Batch) AwaitBatch() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.full {
		b.ready.Wait()
	}
}
