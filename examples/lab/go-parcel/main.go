// Command parcel quotes, books and tracks parcels. It is a small honest service
// that can be made ill while it runs: see lab.go and the fault_*.go files.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// app holds what the handlers share.
type app struct {
	config *settings
	store  *store
	rates  *ratesClient
	cache  *quoteCache
	log    *slog.Logger
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

func main() {
	runtime.SetMutexProfileFraction(5)
	runtime.SetBlockProfileRate(100_000)
	log := newLogger()
	if err := run(log); err != nil {
		log.Error("service stopped", "error", err.Error())
		os.Exit(1)
	}
}

func run(log *slog.Logger) error {
	config, err := loadSettings(os.Getenv("LAB_CONFIG"))
	if err != nil {
		return err
	}
	db, err := openStore(env("LAB_DB", "parcel.db"), config)
	if err != nil {
		return err
	}
	a := &app{config: config, store: db, rates: newRatesClient(config), cache: newQuoteCache(config), log: log}
	registerMetrics(a)
	go a.reloadOnSignal()
	go a.purgeLoop()
	go a.manifestLoop()
	go tickFeatures(a)
	return a.serve(":" + env("LAB_PORT", "7001"))
}

func (a *app) serve(address string) error {
	mux := http.DefaultServeMux // net/http/pprof registers itself there
	mux.Handle("/metrics", promhttp.Handler())
	registerLab(mux)
	a.routes(mux)
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM)
		<-stop
		a.log.Info("shutting down", "reason", "SIGTERM")
		deadline, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = server.Shutdown(deadline)
		os.Exit(0)
	}()
	a.log.Info("parcelapi listening", "addr", address, "version", version(), "go", runtime.Version())
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	select {} // the goroutine above exits the process
}

func version() string { return env("LAB_VERSION", "2.3.1") }
