// Package lab switches the features that fault files register, with a strength
// from 0 (well) to 1 (glaring).
package lab

import (
	"context"
	"encoding/json"
	"net/http"
	"sort"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/lab/meter/internal/obs"
)

// Grid is what features may do with the upstream.
type Grid interface {
	Get(ctx context.Context, path string) (*http.Response, error)
	Base() string
}

// Scene is what a feature can reach.
type Scene struct {
	Grid   Grid
	Ledger *redis.Client
	Log    *obs.Log
}

// Feature is one way to go wrong. Both hooks run all the time and get the present strength.
type Feature struct {
	Name    string   `json:"name"`
	Cause   string   `json:"cause"`
	Culprit []string `json:"culprit"`
	Forms   string   `json:"forms"`

	Request func(ctx context.Context, scene *Scene, path string, strength float64) error `json:"-"`
	Tick    func(scene *Scene, strength float64)                                         `json:"-"` // ten times a second

	level atomic.Pointer[level]
}

type level struct {
	strength float64
	since    time.Time
	creep    time.Duration
}

// strength is 0 when off and ramps up over creep.
func (f *Feature) strength() float64 {
	l := f.level.Load()
	if l == nil {
		return 0
	}
	if done := float64(time.Since(l.since)) / float64(l.creep+1); done < 1 {
		return l.strength * done
	}
	return l.strength
}

var features []*Feature

// Register adds a feature; call it from an init.
func Register(f *Feature) {
	features = append(features, f)
	sort.Slice(features, func(i, j int) bool { return features[i].Name < features[j].Name })
}

// Extra runs what the features add to a request.
func Extra(ctx context.Context, scene *Scene, path string) error {
	for _, f := range features {
		if f.Request == nil {
			continue
		}
		if err := f.Request(ctx, scene, path, f.strength()); err != nil {
			return err
		}
	}
	return nil
}

// Tick runs the background hooks for ever.
func Tick(scene *Scene) {
	for range time.Tick(100 * time.Millisecond) {
		for _, f := range features {
			if f.Tick != nil {
				f.Tick(scene, f.strength())
			}
		}
	}
}

// Routes adds the control paths.
func Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /lab/faults", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(features) })
	mux.HandleFunc("POST /lab/fault", set)
	mux.HandleFunc("DELETE /lab/fault", func(http.ResponseWriter, *http.Request) {
		for _, f := range features {
			f.level.Store(nil)
		}
	})
}

func set(w http.ResponseWriter, r *http.Request) {
	strength, _ := strconv.ParseFloat(r.FormValue("strength"), 64)
	creep, _ := strconv.ParseFloat(r.FormValue("creep_s"), 64)
	for _, f := range features {
		if f.Name == r.FormValue("name") {
			f.level.Store(&level{strength: strength, since: time.Now(), creep: time.Duration(creep * float64(time.Second))})
			return
		}
	}
	http.Error(w, "no such fault", http.StatusNotFound)
}
