package main

import (
	"context"
	"fmt"
	"regexp"
)

// Patterns are compiled anew on each request instead of once.
func init() {
	register(&feature{Name: "regexp", Cause: "cpu-hotspot", Forms: "compilation", Culprit: []string{"matchZone", "regexp.Compile"},
		request: func(_ context.Context, _ *app, _ string, strength float64) error {
			matchZone("harbour-17", int(strength*3000))
			return nil
		}})
}

var zonePattern = regexp.MustCompile(`^(north|harbour|hill)-(\d{1,3})(?:/(\w+))?$`)

func matchZone(name string, rules int) bool {
	for i := range rules {
		pattern := regexp.MustCompile(fmt.Sprintf(`^(?:zone|%d)-(\d{1,3})(?:/([a-z]+|\w{2,%d}))?$`, i, i%7+3))
		if pattern.MatchString(name) {
			return true
		}
	}
	return zonePattern.MatchString(name)
}
