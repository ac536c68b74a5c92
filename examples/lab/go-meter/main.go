// Command meter takes readings of energy meters and answers balances, tariffs
// and forecasts. It is the second Go service of the lab: many small packages,
// methods on structs, summaries instead of histograms, and a plain log.
package main

import (
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"

	_ "example.org/lab/meter/internal/archive" // registers its features
	_ "example.org/lab/meter/internal/book"
	"example.org/lab/meter/internal/grid"
	"example.org/lab/meter/internal/intake"
	"example.org/lab/meter/internal/lab"
	"example.org/lab/meter/internal/ledger"
	"example.org/lab/meter/internal/obs"
	_ "example.org/lab/meter/internal/paper"
	_ "example.org/lab/meter/internal/stream"
)

func main() {
	if seed, _ := strconv.Atoi(os.Getenv("LAB_SEED")); seed%3 != 0 { // many services never switch these on
		runtime.SetMutexProfileFraction(10)
		runtime.SetBlockProfileRate(1_000_000)
	}
	log := obs.NewLog("main")
	options, err := obs.ReadOptions(os.Getenv("LAB_CONFIG"))
	if err != nil {
		log.Fatalf("options: %v", err)
	}
	obs.DescribeBuild(version())
	book := ledger.Open(os.Getenv("LAB_STORE"), options)
	if err := book.Ping(); err != nil {
		log.Errorf("ledger is not reachable: %v", err)
	}
	network := grid.New(os.Getenv("LAB_UPSTREAM"), options)
	scene := &lab.Scene{Grid: network, Ledger: book.Client(), Log: log}
	api := intake.New(book, network, options, scene)
	api.StartWorkers()
	go lab.Tick(scene)

	mux := http.NewServeMux()
	api.Routes(mux)
	lab.Routes(mux)
	debug(mux)
	go stopOnSignal(log)
	log.Infof("meter %s (%s) serving on :%s", version(), runtime.Version(), os.Getenv("LAB_PORT"))
	log.Fatalf("serve: %v", http.ListenAndServe(":"+os.Getenv("LAB_PORT"), mux))
}

func version() string {
	if v := os.Getenv("LAB_VERSION"); v != "" {
		return v
	}
	return "v0.41.2"
}

func debug(mux *http.ServeMux) {
	mux.HandleFunc("/metrics", obs.WriteMetrics)
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
}

func stopOnSignal(log *obs.Log) {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	log.Infof("terminating, draining requests")
	time.Sleep(200 * time.Millisecond)
	os.Exit(0)
}
