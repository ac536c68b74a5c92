package main

import (
	"context"
	"sync"
	"time"
)

// A refresh holds the write lock for long, again and again, and all readers wait.
func init() {
	register(&feature{Name: "rwmutex", Cause: "lock-contention", Forms: "RWMutex", Culprit: []string{"refreshZones", "readZone"},
		request: func(_ context.Context, _ *app, _ string, _ float64) error {
			readZone(3)
			return nil
		},
		tick: func(_ *app, strength float64) {
			if strength > 0 {
				refreshZones(time.Duration(strength * float64(1500*time.Millisecond)))
			}
		}})
}

var (
	zoneLock  sync.RWMutex
	zoneNames = map[int]string{3: "harbour"}
)

func readZone(id int) string {
	zoneLock.RLock()
	defer zoneLock.RUnlock()
	return zoneNames[id]
}

func refreshZones(took time.Duration) {
	zoneLock.Lock()
	defer zoneLock.Unlock()
	time.Sleep(took)
	zoneNames[len(zoneNames)%8] = "zone"
}
