package archive

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"example.org/lab/meter/internal/lab"
)

// What a bad release brings; the recorder switches it on with a new version.
func init() {
	lab.Register(&lab.Feature{Name: "release-errors", Cause: "bad-deploy", Forms: "a release that errs", Culprit: []string{"MigrateRow", "unknown row format"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/balance" && rand.Float64() < strength {
				return (&Migration{version: 9}).MigrateRow()
			}
			return nil
		}})
	lab.Register(&lab.Feature{Name: "release-slow", Cause: "bad-deploy", Forms: "a release that is slow", Culprit: []string{"VerifyChain"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path != "/v1/tariff" {
				(&Migration{}).VerifyChain(time.Duration(strength * float64(40*time.Millisecond)))
			}
			return nil
		}})
}

// Migration brings rows to the format of the release.
type Migration struct{ version, steps int }

// MigrateRow fails on rows that are too new.
func (m *Migration) MigrateRow() error {
	return fmt.Errorf("migrate: unknown row format %d", m.version)
}

// VerifyChain computes for a while.
func (m *Migration) VerifyChain(work time.Duration) {
	for end := time.Now().Add(work); time.Now().Before(end); {
		m.steps++
	}
}
