package main

import (
	"context"
	"sync"
)

// A few kept bytes hold the whole scanned label alive.
func init() {
	register(&feature{Name: "retain", Cause: "memory-leak", Forms: "retained array", Culprit: []string{"scanLabel"},
		request: func(_ context.Context, _ *app, route string, strength float64) error {
			if route != "/parcels" {
				return nil
			}
			code := scanLabel()
			if strength > 0 {
				labelCodesMu.Lock()
				labelCodes = append(labelCodes, code[:4+int(8*strength)])
				labelCodesMu.Unlock()
			}
			return nil
		}})
}

var (
	labelCodes   [][]byte
	labelCodesMu sync.Mutex
)

func scanLabel() []byte {
	image := make([]byte, 48<<10)
	for i := range image {
		image[i] = byte(i)
	}
	return image[100:120]
}
