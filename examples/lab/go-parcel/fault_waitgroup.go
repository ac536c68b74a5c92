package main

import (
	"context"
	"math/rand/v2"
	"sync"
)

// One branch forgets Done, so whoever waits for the group waits for ever.
func init() {
	register(&feature{Name: "waitgroup", Cause: "goroutine-leak", Forms: "WaitGroup without Done", Culprit: []string{"gatherOffers"},
		request: func(_ context.Context, _ *app, _ string, strength float64) error {
			gatherOffers(rand.Float64() < strength)
			return nil
		}})
}

func gatherOffers(refused bool) {
	var offers sync.WaitGroup
	for carrier := range 2 {
		offers.Add(1)
		go func() {
			if refused && carrier == 1 {
				return
			}
			offers.Done()
		}()
	}
	go func() {
		offers.Wait()
	}()
}
