package main

import (
	"context"
	"sync"
	"time"
)

// A slice that is only ever appended to.
func init() {
	register(&feature{Name: "slice", Cause: "memory-leak", Forms: "slice", Culprit: []string{"appendAudit"},
		request: func(_ context.Context, _ *app, route string, strength float64) error {
			for range int(strength * 300) {
				appendAudit(route)
			}
			return nil
		}})
}

type auditEntry struct {
	route  string
	at     time.Time
	detail [8]uint64
}

var (
	auditTrail   []auditEntry
	auditTrailMu sync.Mutex
)

func appendAudit(route string) {
	auditTrailMu.Lock()
	defer auditTrailMu.Unlock()
	auditTrail = append(auditTrail, auditEntry{route: route, at: time.Now()})
}
