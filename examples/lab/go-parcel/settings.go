package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"sort"
	"strings"
	"sync"
	"syscall"
)

// settings is the configuration file; a SIGHUP reads it again.
type settings struct {
	mu     sync.RWMutex
	path   string
	values map[string]any
}

var defaults = map[string]any{
	"db_pool_size":        8.0,
	"upstream_timeout_ms": 2000.0,
	"upstream_url":        "",
	"cache_entries":       400.0,
	"max_inflight":        64.0,
}

func loadSettings(path string) (*settings, error) {
	s := &settings{path: path}
	values, err := readSettings(path)
	s.values = values
	return s, err
}

func readSettings(path string) (map[string]any, error) {
	values := map[string]any{}
	for key, value := range defaults {
		values[key] = value
	}
	values["upstream_url"] = env("LAB_UPSTREAM", "http://127.0.0.1:7900")
	if path == "" {
		return values, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	if err := json.Unmarshal(text, &values); err != nil {
		return nil, fmt.Errorf("parse settings %s: %w", path, err)
	}
	return values, nil
}

func (s *settings) number(key string) float64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	value, _ := s.values[key].(float64)
	return value
}

func (s *settings) text(key string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	value, _ := s.values[key].(string)
	return value
}

// reload returns what changed, "key: old -> new" each.
func (s *settings) reload() ([]string, error) {
	values, err := readSettings(s.path)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var changed []string
	for key, value := range values {
		if old := s.values[key]; old != value {
			changed = append(changed, fmt.Sprintf("%s: %v -> %v", key, old, value))
		}
	}
	s.values = values
	sort.Strings(changed)
	return changed, nil
}

func (a *app) reloadOnSignal() {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	for range hangup {
		changed, err := a.config.reload()
		if err != nil {
			a.log.Error("configuration reload failed", "error", err.Error())
			continue
		}
		a.store.db.SetMaxOpenConns(int(a.config.number("db_pool_size")))
		configReloads.SetToCurrentTime()
		a.log.Info("configuration reloaded", "changed", strings.Join(changed, ", "))
	}
}
