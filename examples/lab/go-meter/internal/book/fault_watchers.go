package book

import (
	"context"
	"sync"

	"example.org/lab/meter/internal/lab"
)

// Price watchers are registered for each request and never removed.
func init() {
	board := &Board{}
	lab.Register(&lab.Feature{Name: "watchers", Cause: "memory-leak", Forms: "listeners", Culprit: []string{"OnPrice", "NewDisplay"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/forecast" {
				display := NewDisplay(1 + int(60*strength))
				if strength > 0 {
					board.OnPrice(display.Show)
				}
			}
			return nil
		}})
}

// Display shows prices.
type Display struct{ lines []string }

// NewDisplay has a number of lines.
func NewDisplay(lines int) *Display { return &Display{lines: make([]string, lines*64)} }

// Show writes a price.
func (d *Display) Show(text string) { d.lines[0] = text }

// Board tells displays about prices.
type Board struct {
	mu       sync.Mutex
	watchers []func(string)
}

// OnPrice adds a watcher.
func (b *Board) OnPrice(watcher func(string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watchers = append(b.watchers, watcher)
}
