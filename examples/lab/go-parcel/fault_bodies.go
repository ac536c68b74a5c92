package main

import (
	"context"
	"io"
	"math/rand/v2"
)

// Response bodies that are neither read nor closed.
func init() {
	register(&feature{Name: "bodies", Cause: "connection-leak", Forms: "unread bodies",
		Culprit: []string{"fetchLabel", "persistConn"},
		request: func(_ context.Context, a *app, route string, strength float64) error {
			if route == "/parcels" {
				return fetchLabel(a, rand.Float64() >= strength)
			}
			return nil
		}})
}

func fetchLabel(a *app, tidy bool) error {
	response, err := a.rates.get(context.Background(), "/labels")
	if err != nil {
		a.log.Warn("label not available", "error", err.Error())
		return nil
	}
	if tidy {
		_, _ = io.Copy(io.Discard, response.Body)
		return response.Body.Close()
	}
	return nil
}
