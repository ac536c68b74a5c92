package main

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
)

// A new client with its own transport for each call: idle connections are never shared and never end.
func init() {
	register(&feature{Name: "transports", Cause: "connection-leak", Forms: "transport per call",
		Culprit: []string{"askCarrier", "persistConn"},
		request: func(ctx context.Context, a *app, route string, strength float64) error {
			if route == "/quotes" && rand.Float64() < strength {
				return askCarrier(ctx, a)
			}
			return nil
		}})
}

func askCarrier(ctx context.Context, a *app) error {
	client := &http.Client{Transport: &http.Transport{DialContext: labDialer().DialContext, TLSClientConfig: trusted()}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.config.text("upstream_url")+"/carriers", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+env("LAB_TOKEN", "lab-token"))
	response, err := client.Do(request)
	if err != nil {
		return nil
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return nil
}
