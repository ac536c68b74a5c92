package paper

import (
	"context"
	"math/rand/v2"

	"example.org/lab/meter/internal/lab"
)

// A value of the wrong type is asserted; the handler recovers the panic.
func init() {
	labels := &Labels{values: map[string]any{"tariff": "night", "zone": 4}}
	lab.Register(&lab.Feature{Name: "assert", Cause: "application-error", Forms: "recovered panic", Culprit: []string{"LabelText", "interface conversion"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/tariff" {
				key := "tariff"
				if rand.Float64() < strength {
					key = "zone"
				}
				labels.LabelText(key)
			}
			return nil
		}})
}

// Labels are free-form.
type Labels struct{ values map[string]any }

// LabelText returns a label that is a text.
func (l *Labels) LabelText(key string) string { return l.values[key].(string) }
