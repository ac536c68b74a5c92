package archive

import (
	"context"
	"time"

	"example.org/lab/meter/internal/lab"
)

// Not faults either: what healthy services do and what looks ill at first sight.
func init() {
	shelf := &warmShelf{}
	lab.Register(&lab.Feature{Name: "warmup", Cause: "healthy", Forms: "a cache that fills up to its bound",
		Tick: func(_ *lab.Scene, strength float64) {
			if strength > 0 {
				shelf.fill(int(12_000 * strength))
			}
		}})
	lab.Register(&lab.Feature{Name: "batch", Cause: "healthy", Forms: "many workers for a quarter of each minute",
		Tick: func(_ *lab.Scene, strength float64) {
			if shelf.ticks++; strength > 0 && shelf.ticks%600 == 200 {
				shelf.runBatch(int(strength * 100))
			}
		}})
	lab.Register(&lab.Feature{Name: "verbose", Cause: "healthy", Forms: "a log that says more than before",
		Request: func(_ context.Context, scene *lab.Scene, path string, strength float64) error {
			if strength > 0 {
				scene.Log.Infof("cache consulted for %s, shard %d", path, len(path)%4)
			}
			return nil
		}})
}

type warmShelf struct {
	pages [][]byte
	ticks int
}

func (s *warmShelf) fill(size int) {
	if len(s.pages) < 1000 {
		s.pages = append(s.pages, make([]byte, size))
	}
}

func (s *warmShelf) runBatch(workers int) {
	for range workers {
		go func() {
			for range 15 {
				time.Sleep(time.Second)
				(&Migration{}).VerifyChain(100 * time.Microsecond)
			}
		}()
	}
}
