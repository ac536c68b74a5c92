package stream

import (
	"context"
	"math/rand/v2"

	"example.org/lab/meter/internal/lab"
)

// The history of a meter is asked for, and on a certain status the body is not closed.
func init() {
	history := &History{}
	lab.Register(&lab.Feature{Name: "history", Cause: "connection-leak", Forms: "unread bodies", Culprit: []string{"FetchHistory", "persistConn"},
		Request: func(_ context.Context, scene *lab.Scene, path string, strength float64) error {
			if path == "/v1/balance" {
				return history.FetchHistory(scene.Grid, rand.Float64() < strength)
			}
			return nil
		}})
}

// History reads old readings from the operator.
type History struct{ calls int }

// FetchHistory looks only at the status when brief.
func (h *History) FetchHistory(network lab.Grid, brief bool) error {
	response, err := network.Get(context.Background(), "/history")
	if err != nil || brief {
		return err
	}
	buffer := make([]byte, 512)
	_, _ = response.Body.Read(buffer)
	return response.Body.Close()
}
