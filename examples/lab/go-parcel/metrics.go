package main

import (
	"os"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var (
	requestSeconds = promauto.NewHistogramVec(prometheus.HistogramOpts{
		Name: "parcelapi_http_request_duration_seconds", Help: "Duration of HTTP requests.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"route", "code"})
	inflight = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "parcelapi_http_requests_in_flight", Help: "Requests being served."})
	upstreamSeconds = promauto.NewHistogramVec(prometheus.HistogramOpts{
		Name: "parcelapi_upstream_duration_seconds", Help: "Duration of calls to other services.",
		Buckets: []float64{.01, .05, .1, .5, 1, 2.5, 5, 10},
	}, []string{"target"})
	upstreamCalls = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "parcelapi_upstream_requests_total", Help: "Calls to other services by outcome."}, []string{"target", "outcome"})
	cacheLookups = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "parcelapi_quote_cache_lookups_total", Help: "Lookups in the quote cache."}, []string{"result"})
	panics = promauto.NewCounter(prometheus.CounterOpts{
		Name: "parcelapi_panics_total", Help: "Panics that a handler recovered from."})
	jobSuccess = promauto.NewGaugeVec(prometheus.GaugeOpts{
		Name: "parcelapi_job_last_success_timestamp_seconds", Help: "When a job last ended well."}, []string{"job_name"})
	configReloads = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "parcelapi_config_last_reload_timestamp_seconds", Help: "When the configuration was last read."})
	buildInfo = promauto.NewGaugeVec(prometheus.GaugeOpts{
		Name: "parcelapi_build_info", Help: "What is running."}, []string{"version"})
)

func registerMetrics(a *app) {
	buildInfo.WithLabelValues(version()).Set(1)
	configReloads.SetToCurrentTime()
	prometheus.MustRegister(collectors.NewDBStatsCollector(a.store.db, "parcels"))
	promauto.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "parcelapi_quote_cache_entries", Help: "Quotes in the cache."},
		func() float64 { return float64(a.cache.size()) })
	promauto.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "parcelapi_spool_free_bytes", Help: "Room left where manifests are written."}, spoolFree)
}

func spoolFree() float64 {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(env("LAB_DATA", os.TempDir()), &stat); err != nil {
		return 0
	}
	return float64(stat.Bavail) * float64(stat.Bsize)
}
