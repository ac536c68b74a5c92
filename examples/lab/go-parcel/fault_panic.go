package main

import (
	"context"
	"math/rand/v2"
)

// A nil pointer in one handler; the middleware recovers.
func init() {
	register(&feature{Name: "panic", Cause: "application-error", Forms: "recovered panic",
		Culprit: []string{"applyDiscount", "nil pointer dereference"},
		request: func(_ context.Context, _ *app, route string, strength float64) error {
			if route == "/quotes" {
				contract := &contract{discount: 0.1}
				if rand.Float64() < strength {
					contract = nil
				}
				applyDiscount(contract)
			}
			return nil
		}})
}

type contract struct{ discount float64 }

func applyDiscount(c *contract) float64 { return 1 - c.discount }
