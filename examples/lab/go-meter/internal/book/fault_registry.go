// Package book keeps the accounts of customers in memory.
package book

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"

	"example.org/lab/meter/internal/lab"
)

// Every session is tracked under its own key and none is ever forgotten.
func init() {
	registry := &Registry{devices: map[string]*device{}}
	lab.Register(&lab.Feature{Name: "registry", Cause: "memory-leak", Forms: "map", Culprit: []string{"TrackDevice", "Registry"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path != "/v1/readings" && path != "/v1/balance" {
				return nil
			}
			key := "device"
			if rand.Float64() < strength {
				key = strconv.FormatUint(rand.Uint64(), 36)
			}
			registry.TrackDevice(key, int(25_000*strength))
			return nil
		}})
}

type device struct{ state []byte }

// Registry knows the devices seen so far.
type Registry struct {
	mu      sync.Mutex
	devices map[string]*device
}

// TrackDevice remembers a device.
func (r *Registry) TrackDevice(key string, size int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.devices[key] == nil {
		r.devices[key] = &device{state: make([]byte, 1024+size)}
	}
}
