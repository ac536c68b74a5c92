package archive

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"example.org/lab/meter/internal/lab"
)

// Not faults: what was always there, for healthy runs with noise.
func init() {
	lab.Register(&lab.Feature{Name: "trickle", Cause: "healthy", Forms: "errors that were always there",
		Request: func(_ context.Context, scene *lab.Scene, path string, strength float64) error {
			if rand.Float64() < strength*0.04 {
				scene.Log.Warnf("meter %d reported a negative amount, ignored", rand.IntN(300))
			}
			if path == "/v1/tariff" && rand.Float64() < strength*0.05 {
				return errors.New("tariff of a closed contract")
			}
			return nil
		}})
	lab.Register(&lab.Feature{Name: "nightly", Cause: "healthy", Forms: "work every ninety seconds",
		Tick: func(_ *lab.Scene, strength float64) {
			if strength > 0 && time.Now().Unix()%90 < 9 {
				(&Migration{}).VerifyChain(time.Duration(strength * float64(40*time.Millisecond)))
			}
		}})
}
