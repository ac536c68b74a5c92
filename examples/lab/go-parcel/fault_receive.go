package main

import (
	"context"
	"math/rand/v2"
)

// A goroutine waits for a receipt on a channel that nobody writes to.
func init() {
	register(&feature{Name: "receive", Cause: "goroutine-leak", Forms: "chan receive", Culprit: []string{"awaitReceipt"},
		request: func(_ context.Context, a *app, _ string, strength float64) error {
			awaitReceipt(rand.Float64() >= strength)
			return nil
		}})
}

func awaitReceipt(answered bool) {
	receipt := make(chan string)
	go func() {
		<-receipt
	}()
	if answered {
		receipt <- "ok"
	}
}
