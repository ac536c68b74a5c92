// Package archive keeps old readings in files.
package archive

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"

	"example.org/lab/meter/internal/lab"
)

// Segments are opened for appending and never closed.
func init() {
	shelf := &Shelf{}
	lab.Register(&lab.Feature{Name: "segments", Cause: "fd-leak", Forms: "open files", Culprit: []string{"OpenSegment", "too many open files"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path != "/v1/readings" {
				return nil
			}
			file, err := shelf.OpenSegment(rand.IntN(50))
			if err != nil {
				return err
			}
			if rand.Float64() < strength {
				shelf.keep(file)
				return nil
			}
			return file.Close()
		}})
}

// Shelf holds the open segments.
type Shelf struct {
	mu   sync.Mutex
	open []*os.File
}

func (s *Shelf) keep(file *os.File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(s.open, file)
}

// OpenSegment opens the file of a segment.
func (s *Shelf) OpenSegment(number int) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(os.Getenv("LAB_DATA"), fmt.Sprintf("segment-%02d", number)), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open segment: %w", err)
	}
	return file, nil
}
