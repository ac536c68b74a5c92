package book

import (
	"context"
	"sync"
	"time"

	"example.org/lab/meter/internal/lab"
)

// The journal of changes is appended to and never written out.
func init() {
	journal := &Journal{}
	lab.Register(&lab.Feature{Name: "journal", Cause: "memory-leak", Forms: "slice", Culprit: []string{"KeepEntry"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			for i := range int(strength * 150) {
				journal.KeepEntry(path, i)
			}
			return nil
		}})
}

// Entry is one change.
type Entry struct {
	At     time.Time
	Path   string
	Before [6]int64
	After  [6]int64
}

// Journal holds changes in order.
type Journal struct {
	mu      sync.Mutex
	entries []*Entry
}

// KeepEntry adds one.
func (j *Journal) KeepEntry(path string, i int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, &Entry{At: time.Now(), Path: path, After: [6]int64{int64(i)}})
}
