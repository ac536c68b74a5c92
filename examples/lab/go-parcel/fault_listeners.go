package main

import (
	"context"
	"sync"
)

// Every request subscribes to depot events and never unsubscribes; the callback holds its session.
func init() {
	register(&feature{Name: "listeners", Cause: "memory-leak", Forms: "listeners", Culprit: []string{"subscribeDepot", "openSession"},
		request: func(_ context.Context, _ *app, _ string, strength float64) error {
			session := openSession(int(24_000 * strength))
			if strength > 0 {
				subscribeDepot(session.onDepotEvent)
			}
			return nil
		}})
}

type trackingSession struct{ buffer []byte }

func openSession(size int) *trackingSession { return &trackingSession{buffer: make([]byte, size+64)} }

func (s *trackingSession) onDepotEvent(event byte) { s.buffer[0] = event }

var (
	depotListeners   []func(byte)
	depotListenersMu sync.Mutex
)

func subscribeDepot(listener func(byte)) {
	depotListenersMu.Lock()
	defer depotListenersMu.Unlock()
	depotListeners = append(depotListeners, listener)
}
