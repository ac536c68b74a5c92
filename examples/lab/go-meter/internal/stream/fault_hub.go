// Package stream sends readings on to those who listen.
package stream

import (
	"context"
	"math/rand/v2"

	"example.org/lab/meter/internal/lab"
)

// A listener joins the hub, nobody ever sends to it or lets it go.
func init() {
	hub := &Hub{}
	lab.Register(&lab.Feature{Name: "hub", Cause: "goroutine-leak", Forms: "chan receive", Culprit: []string{"JoinFeed"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/balance" {
				hub.JoinFeed(rand.Float64() >= strength)
			}
			return nil
		}})
}

// Hub knows its listeners.
type Hub struct{ sent int }

// JoinFeed starts a listener; done says whether its feed ends.
func (h *Hub) JoinFeed(done bool) {
	feed := make(chan int)
	go func() {
		buffer := [1024]byte{}
		for value := range feed {
			buffer[value%1024] = 1
		}
	}()
	if done {
		close(feed)
	}
}
