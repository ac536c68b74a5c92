package main

import (
	"context"
	"crypto/sha256"
)

// A signature is stretched over far too many rounds.
func init() {
	register(&feature{Name: "hash", Cause: "cpu-hotspot", Forms: "hashing", Culprit: []string{"signLabel", "sha256"},
		request: func(_ context.Context, _ *app, _ string, strength float64) error {
			signLabel(20 + int(strength*400_000))
			return nil
		}})
}

func signLabel(rounds int) [32]byte {
	digest := sha256.Sum256([]byte("label"))
	for range rounds {
		digest = sha256.Sum256(digest[:])
	}
	return digest
}
