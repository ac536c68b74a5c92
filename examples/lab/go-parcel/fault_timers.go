package main

import (
	"context"
	"time"
)

// Reminders for the next day are set for every request and hold their payload.
func init() {
	register(&feature{Name: "timers", Cause: "memory-leak", Forms: "timers", Culprit: []string{"scheduleReminder"},
		request: func(_ context.Context, _ *app, route string, strength float64) error {
			for range int(strength * 6) {
				scheduleReminder(route)
			}
			return nil
		}})
}

func scheduleReminder(route string) {
	payload := make([]byte, 4096)
	copy(payload, route)
	time.AfterFunc(24*time.Hour, func() { payload[0]++ })
}
