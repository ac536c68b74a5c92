package stream

import (
	"context"
	"errors"
	"math/rand/v2"

	"example.org/lab/meter/internal/lab"
)

// Three estimates race; the first answer or error wins and the others block in their send.
func init() {
	lab.Register(&lab.Feature{Name: "results", Cause: "goroutine-leak", Forms: "chan send after an early return", Culprit: []string{"EstimateUsage"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/tariff" {
				room := 3
				if rand.Float64() < strength {
					room = 0
				}
				_, _ = (&Estimator{}).EstimateUsage(room)
			}
			return nil
		}})
}

// Estimator guesses the usage of a day.
type Estimator struct{ day int }

type estimate struct {
	usage float64
	err   error
}

// EstimateUsage asks three models at once; room is the buffer of the answers.
func (e *Estimator) EstimateUsage(room int) (float64, error) {
	answers := make(chan estimate, room)
	for model := range 3 {
		go func() {
			if model == 2 {
				answers <- estimate{err: errors.New("model is not trained")}
				return
			}
			answers <- estimate{usage: float64(model)}
		}()
	}
	first := <-answers
	return first.usage, first.err
}
