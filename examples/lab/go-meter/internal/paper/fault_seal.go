package paper

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha512"

	"example.org/lab/meter/internal/lab"
)

// The seal of a document takes many more rounds than agreed.
func init() {
	sealer := &Sealer{salt: []byte("lab")}
	lab.Register(&lab.Feature{Name: "seal", Cause: "cpu-hotspot", Forms: "hashing", Culprit: []string{"SealDocument", "pbkdf2", "sha512"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/balance" || path == "/v1/forecast" {
				sealer.SealDocument("statement", 10+int(strength*60_000))
			}
			return nil
		}})
}

// Sealer signs documents.
type Sealer struct{ salt []byte }

// SealDocument stretches the text over a number of rounds.
func (s *Sealer) SealDocument(text string, rounds int) []byte {
	key, _ := pbkdf2.Key(sha512.New, text, s.salt, rounds, 32)
	return key
}
