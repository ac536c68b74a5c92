package book

import (
	"context"
	"sync"

	"example.org/lab/meter/internal/lab"
)

// The last few samples are kept as a slice of the whole recording.
func init() {
	windows := &Windows{}
	lab.Register(&lab.Feature{Name: "window", Cause: "memory-leak", Forms: "retained array", Culprit: []string{"ReadWaveform", "KeepTail"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/tariff" {
				samples := ReadWaveform(1 + int(strength*8))
				if strength > 0 {
					windows.KeepTail(samples)
				}
			}
			return nil
		}})
}

// Windows holds the tails of recordings.
type Windows struct {
	mu    sync.Mutex
	tails [][]float64
}

// ReadWaveform reads a recording of n thousand samples.
func ReadWaveform(n int) []float64 {
	samples := make([]float64, n*1000)
	for i := range samples {
		samples[i] = float64(i % 50)
	}
	return samples
}

// KeepTail keeps the last ten samples.
func (w *Windows) KeepTail(samples []float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tails = append(w.tails, samples[len(samples)-10:])
}
