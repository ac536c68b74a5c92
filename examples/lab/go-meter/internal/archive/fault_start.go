package archive

import (
	"time"

	"example.org/lab/meter/internal/lab"
)

// The replay of the archive at the start reads beyond its end and takes the process down.
func init() {
	var began time.Time
	lab.Register(&lab.Feature{Name: "replay", Cause: "crash-loop", Forms: "index out of range at the start", Culprit: []string{"ReplayArchive", "index out of range"},
		Tick: func(scene *lab.Scene, strength float64) {
			if strength == 0 {
				return
			}
			if began.IsZero() {
				began = time.Now()
				scene.Log.Infof("replaying archive, 3 segments")
			}
			if time.Since(began) > time.Duration(float64(6*time.Second)/strength) {
				(&Replay{}).ReplayArchive(3)
			}
		}})
}

// Replay reads segments.
type Replay struct{ offsets []int }

// ReplayArchive reads the given segment.
func (r *Replay) ReplayArchive(segment int) int { return r.offsets[segment] }
