package book

import (
	"context"
	"sync"
	"time"

	"example.org/lab/meter/internal/lab"
)

// Prices are reloaded under the write lock so often that readers starve.
func init() {
	prices := &PriceTable{bands: map[int]float64{1: 0.3}}
	lab.Register(&lab.Feature{Name: "prices", Cause: "lock-contention", Forms: "RWMutex", Culprit: []string{"ReloadTable", "BandPrice"},
		Request: func(_ context.Context, _ *lab.Scene, path string, _ float64) error {
			if path != "/v1/readings" {
				prices.BandPrice(1)
			}
			return nil
		},
		Tick: func(_ *lab.Scene, strength float64) {
			if strength > 0 {
				prices.ReloadTable(time.Duration(strength * float64(900*time.Millisecond)))
			}
		}})
}

// PriceTable holds prices by band.
type PriceTable struct {
	mu    sync.RWMutex
	bands map[int]float64
}

// BandPrice reads one price.
func (p *PriceTable) BandPrice(band int) float64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.bands[band]
}

// ReloadTable fills the table again.
func (p *PriceTable) ReloadTable(took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	time.Sleep(took)
	p.bands[1] += 0.01
}
