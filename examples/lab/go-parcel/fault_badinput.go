package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
)

// Weights arrive with a unit that the parser does not know.
func init() {
	register(&feature{Name: "badinput", Cause: "application-error", Forms: "parse error", Culprit: []string{"parseWeight", "invalid syntax", "parse weight"},
		request: func(_ context.Context, _ *app, route string, strength float64) error {
			if route != "/bookings" {
				return nil
			}
			text := "12.5"
			if rand.Float64() < strength {
				text = "12.5kg"
			}
			return parseWeight(text)
		}})
}

func parseWeight(text string) error {
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return fmt.Errorf("parse weight: %w", err)
	}
	return nil
}
