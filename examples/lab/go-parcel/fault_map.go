package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
)

// A map used as a cache without bound or expiry.
func init() {
	register(&feature{Name: "map", Cause: "memory-leak", Forms: "map", Culprit: []string{"rememberQuote"},
		request: func(_ context.Context, _ *app, route string, strength float64) error {
			if route == "/quotes" || route == "/zones" {
				rememberQuote(int(strength * 40_000))
			}
			return nil
		}})
}

var (
	quoteMemory   = map[string][]byte{}
	quoteMemoryMu sync.Mutex
)

func rememberQuote(size int) {
	quoteMemoryMu.Lock()
	defer quoteMemoryMu.Unlock()
	if size == 0 {
		quoteMemory["last"] = make([]byte, 512)
		return
	}
	quoteMemory[fmt.Sprintf("quote-%d", rand.Uint64())] = make([]byte, size)
}
