package book

import (
	"context"
	"sync"

	"example.org/lab/meter/internal/lab"
)

// A reader asks for the write lock that it can never get while it reads.
func init() {
	plan := &Plan{names: map[string]int{}}
	lab.Register(&lab.Feature{Name: "reenter", Cause: "deadlock", Forms: "read lock upgraded to a write lock", Culprit: []string{"RenamePlan", "LookUpPlan"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/tariff" || path == "/v1/readings" {
				plan.LookUpPlan(path, strength > 0)
			}
			return nil
		}})
}

// Plan is the list of tariffs.
type Plan struct {
	mu    sync.RWMutex
	names map[string]int
}

// LookUpPlan reads a plan and renames it when it is stale.
func (p *Plan) LookUpPlan(name string, stale bool) int {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if stale {
		p.RenamePlan(name)
	}
	return p.names[name]
}

// RenamePlan needs the table for itself.
func (p *Plan) RenamePlan(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names[name]++
}
