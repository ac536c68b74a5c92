package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

var (
	errNotFound = errors.New("parcel not found")
	errBusy     = errors.New("too many requests in flight")
	current     atomic.Int64
)

type handler func(ctx context.Context, r *http.Request) (any, error)

func (a *app) routes(mux *http.ServeMux) {
	mux.Handle("GET /quotes", a.wrap("/quotes", a.quote))
	mux.Handle("POST /bookings", a.wrap("/bookings", a.book))
	mux.Handle("GET /parcels", a.wrap("/parcels", a.track))
	mux.Handle("GET /zones", a.wrap("/zones", a.zones))
}

// wrap measures, logs, recovers and sheds load.
func (a *app) wrap(route string, next handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, id := time.Now(), fmt.Sprintf("%08x", rand.Uint32())
		inflight.Set(float64(current.Add(1)))
		defer func() { inflight.Set(float64(current.Add(-1))) }()
		body, err := a.guard(r, route, id, next)
		code := statusOf(err)
		took := time.Since(began)
		requestSeconds.WithLabelValues(route, strconv.Itoa(code)).Observe(took.Seconds())
		a.logRequest(route, id, code, took, err)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(body)
	})
}

func (a *app) guard(r *http.Request, route, id string, next handler) (body any, err error) {
	defer func() {
		if p := recover(); p != nil {
			panics.Inc()
			a.log.Error("panic while serving request", "route", route, "request_id", id,
				"panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			body, err = nil, errPanicked
		}
	}()
	if current.Load() > int64(a.config.number("max_inflight")) {
		return nil, errBusy
	}
	if err := extraSteps(r.Context(), a, route); err != nil {
		return nil, err
	}
	return next(r.Context(), r)
}

var errPanicked = errors.New("internal error")

func statusOf(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, errNotFound):
		return http.StatusNotFound
	case errors.Is(err, errBusy):
		return http.StatusServiceUnavailable
	case strings.HasPrefix(err.Error(), "rates:"):
		return http.StatusBadGateway
	default:
		return http.StatusInternalServerError
	}
}

func (a *app) logRequest(route, id string, code int, took time.Duration, err error) {
	attrs := []any{"route", route, "status", code, "took_ms", milliseconds(took), "request_id", id}
	switch {
	case err != nil && code >= 500:
		a.log.Error("request failed", append(attrs, "error", err.Error())...)
	case err != nil:
		a.log.Warn("request refused", append(attrs, "error", err.Error())...)
	default:
		a.log.Info("request done", attrs...)
	}
}

func (a *app) quote(ctx context.Context, r *http.Request) (any, error) {
	lane := r.FormValue("from") + "-" + r.FormValue("to")
	if price, ok := a.cache.get(lane); ok {
		cacheLookups.WithLabelValues("hit").Inc()
		return price, nil
	}
	cacheLookups.WithLabelValues("miss").Inc()
	price, err := a.rates.price(ctx, lane)
	if err != nil {
		return nil, err
	}
	a.cache.put(lane, price)
	return price, nil
}

func (a *app) book(ctx context.Context, r *http.Request) (any, error) {
	price, err := a.rates.price(ctx, r.FormValue("to"))
	if err != nil {
		return nil, err
	}
	return a.store.insertParcel(ctx, r.FormValue("to"), price)
}

func (a *app) track(ctx context.Context, r *http.Request) (any, error) {
	id, _ := strconv.Atoi(r.FormValue("id"))
	return a.store.findParcel(ctx, id)
}

func (a *app) zones(_ context.Context, r *http.Request) (any, error) {
	words := strings.Fields(strings.Repeat(r.FormValue("text")+" north harbour ", 20))
	counts := map[string]int{}
	for _, word := range words {
		counts[strings.ToLower(word)]++
	}
	return counts, nil
}
