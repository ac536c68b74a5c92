package obs

import (
	"encoding/json"
	"fmt"
	"os"
)

// Options is the configuration file; it is read once at the start.
type Options struct {
	Workers      int    `json:"workers"`
	QueueLength  int    `json:"queue_length"`
	LedgerPool   int    `json:"ledger_pool"`
	LedgerWaitMs int    `json:"ledger_wait_ms"`
	GridWaitMs   int    `json:"grid_wait_ms"`
	GridURL      string `json:"grid_url"`
	CacheSeconds int    `json:"cache_seconds"`
}

// ReadOptions reads the file and tells what it holds.
func ReadOptions(path string) (*Options, error) {
	options := &Options{Workers: 4, QueueLength: 256, LedgerPool: 10, LedgerWaitMs: 2000, GridWaitMs: 30_000, CacheSeconds: 15}
	if path == "" {
		return options, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if err := json.Unmarshal(text, options); err != nil {
		return nil, fmt.Errorf("parse %s: %w", path, err)
	}
	NewLog("options").Infof("options loaded: workers=%d queue_length=%d ledger_pool=%d ledger_wait_ms=%d grid_wait_ms=%d cache_seconds=%d grid_url=%q",
		options.Workers, options.QueueLength, options.LedgerPool, options.LedgerWaitMs, options.GridWaitMs, options.CacheSeconds, options.GridURL)
	return options, nil
}
