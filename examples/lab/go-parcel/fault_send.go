package main

import (
	"context"
	"math/rand/v2"
	"time"
)

// The classic time-out leak: the worker sends its answer after nobody listens any more.
func init() {
	register(&feature{Name: "send", Cause: "goroutine-leak", Forms: "chan send after a time-out", Culprit: []string{"estimateArrival"},
		request: func(_ context.Context, _ *app, route string, strength float64) error {
			if route == "/parcels" {
				estimateArrival(rand.Float64() < strength)
			}
			return nil
		}})
}

func estimateArrival(slow bool) time.Duration {
	answer := make(chan time.Duration)
	go func() {
		if slow {
			time.Sleep(40 * time.Millisecond)
		}
		answer <- time.Hour
	}()
	select {
	case eta := <-answer:
		return eta
	case <-time.After(20 * time.Millisecond):
		return 0
	}
}
