package stream

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"

	"example.org/lab/meter/internal/grid"
	"example.org/lab/meter/internal/lab"
)

// Each probe of the operator makes its own client, whose idle connection is never used again.
func init() {
	probe := &Probe{}
	lab.Register(&lab.Feature{Name: "probe", Cause: "connection-leak", Forms: "client per call", Culprit: []string{"CheckOperator", "persistConn"},
		Request: func(ctx context.Context, scene *lab.Scene, path string, strength float64) error {
			if path == "/v1/tariff" && rand.Float64() < strength {
				probe.CheckOperator(ctx, scene.Grid.Base())
			}
			return nil
		}})
}

// Probe asks whether the operator is there.
type Probe struct{ fails int }

// CheckOperator calls once with a fresh client.
func (p *Probe) CheckOperator(ctx context.Context, base string) {
	client := &http.Client{Transport: &http.Transport{DialContext: grid.Dialer().DialContext, TLSClientConfig: grid.Roots()}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/ping", nil)
	if err != nil {
		return
	}
	response, err := client.Do(request)
	if err != nil {
		p.fails++
		return
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
}
