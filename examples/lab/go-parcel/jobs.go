package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// purgeLoop forgets old bookings.
func (a *app) purgeLoop() {
	for range time.Tick(20 * time.Second) {
		count, err := a.store.purge(context.Background(), 500)
		if err != nil {
			a.log.Error("job failed", "job", "purge", "error", err.Error())
			continue
		}
		jobSuccess.WithLabelValues("purge").SetToCurrentTime()
		a.log.Info("job done", "job", "purge", "rows", count)
	}
}

// manifestLoop writes the list of parcels to the spool, as a nightly job would.
func (a *app) manifestLoop() {
	for range time.Tick(5 * time.Second) {
		if err := a.writeManifest(); err != nil {
			a.log.Error("job failed", "job", "manifest", "error", err.Error())
			continue
		}
		jobSuccess.WithLabelValues("manifest").SetToCurrentTime()
	}
}

func (a *app) writeManifest() error {
	rows := make([]map[string]any, 300)
	for i := range rows {
		rows[i] = map[string]any{"parcel": i, "lane": fmt.Sprintf("lane-%d", i%17), "weight": i * 7 % 31}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("encode manifest: %w", err)
	}
	path := filepath.Join(env("LAB_DATA", os.TempDir()), fmt.Sprintf("manifest-%d.json", time.Now().Unix()%60/5))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return nil
}
