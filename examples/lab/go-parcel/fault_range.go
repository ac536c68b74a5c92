package main

import (
	"context"
	"math/rand/v2"
)

// A consumer ranges over a channel that is never closed.
func init() {
	register(&feature{Name: "range", Cause: "goroutine-leak", Forms: "range over open channel", Culprit: []string{"consumeScans"},
		request: func(_ context.Context, _ *app, _ string, strength float64) error {
			scans := make(chan int, 4)
			go consumeScans(scans)
			scans <- 1
			if rand.Float64() >= strength {
				close(scans)
			}
			return nil
		}})
}

func consumeScans(scans <-chan int) int {
	total := 0
	for scan := range scans {
		total += scan
	}
	return total
}
