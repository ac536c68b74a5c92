package main

import (
	"context"
	"math/rand/v2"
)

// A watcher selects on two channels and has no way out.
func init() {
	register(&feature{Name: "select", Cause: "goroutine-leak", Forms: "select without a way out", Culprit: []string{"watchParcel"},
		request: func(_ context.Context, _ *app, route string, strength float64) error {
			if route != "/bookings" {
				return nil
			}
			stop := make(chan struct{})
			go watchParcel(make(chan string), make(chan error), stop)
			if rand.Float64() >= strength {
				close(stop)
			}
			return nil
		}})
}

func watchParcel(updates <-chan string, failures <-chan error, stop <-chan struct{}) {
	history := make([]byte, 2048)
	for {
		select {
		case update := <-updates:
			copy(history, update)
		case <-failures:
			return
		case <-stop:
			return
		}
	}
}
