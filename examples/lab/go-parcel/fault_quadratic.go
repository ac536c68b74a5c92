package main

import (
	"context"
	"strconv"
)

// Duplicates are looked for by comparing everything with everything.
func init() {
	register(&feature{Name: "quadratic", Cause: "cpu-hotspot", Forms: "quadratic work", Culprit: []string{"dropDuplicates"},
		request: func(_ context.Context, _ *app, route string, strength float64) error {
			if route == "/parcels" {
				dropDuplicates(scanCodes(20 + int(strength*8000)))
			}
			return nil
		}})
}

func scanCodes(count int) []string {
	codes := make([]string, count)
	for i := range codes {
		codes[i] = "scan-code-" + strconv.Itoa(i)
	}
	return codes
}

func dropDuplicates(codes []string) (unique []string) {
	for i, code := range codes {
		seen := false
		for _, other := range codes[:i] {
			if other == code {
				seen = true
			}
		}
		if !seen {
			unique = append(unique, code)
		}
	}
	return unique
}
