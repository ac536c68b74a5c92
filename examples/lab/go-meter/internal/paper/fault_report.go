package paper

import (
	"context"
	"fmt"
	"strings"

	"example.org/lab/meter/internal/lab"
)

// A report is built from very many short strings that are thrown away at once.
func init() {
	report := &Report{}
	lab.Register(&lab.Feature{Name: "report", Cause: "gc-pressure", Forms: "short-lived garbage", Culprit: []string{"BuildReport"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/balance" || path == "/v1/readings" {
				report.BuildReport(5 + int(strength*60_000))
			}
			return nil
		}})
}

// Report is a table of readings.
type Report struct{ rows int }

// BuildReport formats a number of cells and counts them.
func (r *Report) BuildReport(cells int) int {
	parts := []string{}
	for i := range cells {
		parts = append(parts, fmt.Sprintf("cell-%d-of-%d", i, cells))
	}
	return len(strings.Join(parts, ";"))
}
