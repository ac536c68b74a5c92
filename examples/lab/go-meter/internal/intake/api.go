// Package intake is the HTTP side: readings in, balances, tariffs and forecasts out.
package intake

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"example.org/lab/meter/internal/grid"
	"example.org/lab/meter/internal/lab"
	"example.org/lab/meter/internal/ledger"
	"example.org/lab/meter/internal/obs"
)

// API answers requests and owns the queue of readings.
type API struct {
	ledger  *ledger.Ledger
	grid    *grid.Network
	options *obs.Options
	scene   *lab.Scene
	prices  *priceCache
	queue   chan reading
	busy    atomic.Int64
	count   atomic.Int64
	log     *obs.Log
}

type endpoint func(ctx context.Context, r *http.Request) (string, error)

var errQueueFull = errors.New("queue of readings is full")

// New wires the API.
func New(book *ledger.Ledger, network *grid.Network, options *obs.Options, scene *lab.Scene) *API {
	a := &API{ledger: book, grid: network, options: options, scene: scene, queue: make(chan reading, options.QueueLength),
		prices: newPriceCache(time.Duration(options.CacheSeconds) * time.Second), log: obs.NewLog("intake")}
	obs.Watch("gridmeter_queue_length", func() float64 { return float64(len(a.queue)) })
	obs.Watch("gridmeter_concurrent_requests", func() float64 { return float64(a.busy.Load()) })
	obs.Watch("gridmeter_price_cache_size", func() float64 { return float64(a.prices.size()) })
	return a
}

// Routes adds the paths of the service.
func (a *API) Routes(mux *http.ServeMux) {
	mux.Handle("POST /v1/readings", a.serve("/v1/readings", a.postReading))
	mux.Handle("GET /v1/balance", a.serve("/v1/balance", a.getBalance))
	mux.Handle("GET /v1/tariff", a.serve("/v1/tariff", a.getTariff))
	mux.Handle("GET /v1/forecast", a.serve("/v1/forecast", a.getForecast))
}

func (a *API) serve(path string, next endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		a.busy.Add(1)
		defer a.busy.Add(-1)
		text, err := a.protect(r, path, next)
		status := http.StatusOK
		if err != nil {
			status = http.StatusInternalServerError
			if errors.Is(err, errQueueFull) {
				status = http.StatusServiceUnavailable
			}
		}
		took := time.Since(began)
		obs.Served(path, status, took)
		a.tell(r, path, status, took, err)
		w.WriteHeader(status)
		fmt.Fprintln(w, text)
	}
}

// tell logs failures, slow requests and one in five of the others.
func (a *API) tell(r *http.Request, path string, status int, took time.Duration, err error) {
	switch {
	case err != nil:
		a.log.Errorf("%s %s meter=%s failed after %s: %v", r.Method, path, r.FormValue("meter"), took.Round(time.Millisecond), err)
	case took > time.Second:
		a.log.Warnf("slow request %s %s meter=%s took %s", r.Method, path, r.FormValue("meter"), took.Round(time.Millisecond))
	case a.count.Add(1)%5 == 0:
		a.log.Infof("%s %s %d in %s", r.Method, path, status, took.Round(100*time.Microsecond))
	}
}

func (a *API) protect(r *http.Request, path string, next endpoint) (text string, err error) {
	defer func() {
		if p := recover(); p != nil {
			obs.Count("gridmeter_recovered_panics_total")
			a.log.Errorf("recovered: %v\n%s", p, debug.Stack())
			err = fmt.Errorf("handler panicked: %v", p)
		}
	}()
	if err := lab.Extra(r.Context(), a.scene, path); err != nil {
		return "", err
	}
	return next(r.Context(), r)
}
