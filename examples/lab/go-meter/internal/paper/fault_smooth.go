package paper

import (
	"context"

	"example.org/lab/meter/internal/lab"
)

// The moving average of a curve is summed up afresh at each point.
func init() {
	curve := &Curve{}
	lab.Register(&lab.Feature{Name: "smooth", Cause: "cpu-hotspot", Forms: "quadratic work", Culprit: []string{"SmoothCurve"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/balance" {
				curve.SmoothCurve(50 + int(strength*12_000))
			}
			return nil
		}})
}

// Curve is the usage of a day.
type Curve struct{ points [50]float64 }

// SmoothCurve averages all points before each point.
func (c *Curve) SmoothCurve(points int) (last float64) {
	for i := range points {
		sum := 0.0
		for j := range i {
			sum += c.points[j%len(c.points)]
		}
		last = sum / float64(i+1)
	}
	return last
}
