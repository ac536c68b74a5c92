package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// What a bad release brings: errors, or slow answers. The recorder switches them on with a new version.
func init() {
	register(&feature{Name: "regress-errors", Cause: "bad-deploy", Forms: "a release that errs", Culprit: []string{"checkCustoms", "customs code missing"},
		request: func(_ context.Context, _ *app, route string, strength float64) error {
			if route == "/bookings" || route == "/quotes" {
				return checkCustoms(rand.Float64() < strength)
			}
			return nil
		}})
	register(&feature{Name: "regress-slow", Cause: "bad-deploy", Forms: "a release that is slow", Culprit: []string{"planRoute"},
		request: func(_ context.Context, _ *app, _ string, strength float64) error {
			planRoute(time.Duration(strength * float64(30*time.Millisecond)))
			return nil
		}})
}

func checkCustoms(missing bool) error {
	if missing {
		return errors.New("customs code missing in booking schema v3")
	}
	return nil
}

func planRoute(work time.Duration) (legs int) {
	for end := time.Now().Add(work); time.Now().Before(end); {
		legs++
	}
	return legs
}
