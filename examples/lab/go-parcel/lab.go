package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sort"
	"strconv"
	"sync/atomic"
	"time"
)

// feature is one way to go wrong (a neutral word, for it shows in stacks). A fault_*.go file registers one in its init.
// Both hooks run all the time and get the present strength, 0 while all is well,
// so that a profile of the healthy service shows the same functions at work.
type feature struct {
	Name    string   `json:"name"`
	Cause   string   `json:"cause"`
	Culprit []string `json:"culprit"`
	Forms   string   `json:"forms"`

	request func(ctx context.Context, a *app, route string, strength float64) error
	tick    func(a *app, strength float64) // ten times a second

	level atomic.Pointer[level]
}

// level is how strong a feature is, ramping up over creep from the moment since.
type level struct {
	strength float64
	since    time.Time
	creep    time.Duration
}

func (f *feature) strength() float64 {
	l := f.level.Load()
	if l == nil {
		return 0
	}
	if done := float64(time.Since(l.since)) / float64(l.creep+1); done < 1 {
		return l.strength * done
	}
	return l.strength
}

var features = map[string]*feature{}

func register(f *feature) { features[f.Name] = f }

func sortedFeatures() []*feature {
	list := make([]*feature, 0, len(features))
	for _, f := range features {
		list = append(list, f)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

var steps []*feature // the features in a fixed order, filled by registerLab

// extraSteps runs what the feature files add to a request.
func extraSteps(ctx context.Context, a *app, route string) error {
	for _, f := range steps {
		if f.request == nil {
			continue
		}
		if err := f.request(ctx, a, route, f.strength()); err != nil {
			return err
		}
	}
	return nil
}

func tickFeatures(a *app) {
	for range time.Tick(100 * time.Millisecond) {
		for _, f := range steps {
			if f.tick != nil {
				f.tick(a, f.strength())
			}
		}
	}
}

func registerLab(mux *http.ServeMux) {
	steps = sortedFeatures()
	mux.HandleFunc("GET /lab/faults", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(steps)
	})
	mux.HandleFunc("POST /lab/fault", func(w http.ResponseWriter, r *http.Request) {
		f := features[r.FormValue("name")]
		if f == nil {
			http.Error(w, "no such fault", http.StatusNotFound)
			return
		}
		strength, _ := strconv.ParseFloat(r.FormValue("strength"), 64)
		creep, _ := strconv.ParseFloat(r.FormValue("creep_s"), 64)
		f.level.Store(&level{strength: strength, since: time.Now(), creep: time.Duration(creep * float64(time.Second))})
	})
	mux.HandleFunc("DELETE /lab/fault", func(http.ResponseWriter, *http.Request) {
		for _, f := range steps {
			f.level.Store(nil)
		}
	})
}
