package main

import (
	"context"
	"sync"
	"time"
)

// One lock is held while something slow is done.
func init() {
	register(&feature{Name: "mutex", Cause: "lock-contention", Forms: "Mutex", Culprit: []string{"repriceTariffs"},
		request: func(_ context.Context, _ *app, _ string, strength float64) error {
			repriceTariffs(time.Duration(strength * float64(60*time.Millisecond)))
			return nil
		}})
}

var (
	tariffLock sync.Mutex
	tariffs    = map[int]float64{}
)

func repriceTariffs(pause time.Duration) {
	tariffLock.Lock()
	defer tariffLock.Unlock()
	time.Sleep(pause)
	tariffs[len(tariffs)%16]++
}
