package main

import (
	"context"
	"encoding/json"
)

// A whole manifest is encoded and decoded again to copy one field.
func init() {
	register(&feature{Name: "serialise", Cause: "cpu-hotspot", Forms: "serialisation", Culprit: []string{"cloneManifest", "encoding/json"},
		request: func(_ context.Context, _ *app, route string, strength float64) error {
			if route == "/quotes" {
				cloneManifest(4 + int(strength*15_000))
			}
			return nil
		}})
}

type manifestRow struct {
	Parcel int               `json:"parcel"`
	Tags   map[string]string `json:"tags"`
}

func cloneManifest(rows int) []manifestRow {
	manifest := make([]manifestRow, rows)
	for i := range manifest {
		manifest[i] = manifestRow{i, map[string]string{"zone": "north", "size": "m"}}
	}
	text, _ := json.Marshal(manifest)
	var clone []manifestRow
	_ = json.Unmarshal(text, &clone)
	return clone
}
