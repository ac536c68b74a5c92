// Command upstream is the other side of every lab service: an HTTP service, the
// same over TLS, a name server and a key-value store, each of which can be made
// to fail while it runs.
//
// Environment: UPSTREAM_CONTROL, UPSTREAM_HTTP, UPSTREAM_TLS, UPSTREAM_DNS,
// UPSTREAM_STORE (host:port each; an empty one is not served), UPSTREAM_CA (file
// that the certificate authority is written to).
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"sync"
)

// behaviour is what POST /control sets; a field that is not sent falls back to its zero, which is health.
type behaviour struct {
	LatencyMs int     `json:"latency_ms"` // added to each answer, plus a fifth of it at random
	Share     float64 `json:"share"`      // of calls that are touched; 0 means all
	Status    int     `json:"status"`     // answered instead of 200
	Limit     int     `json:"limit"`      // calls a second, 429 beyond; 0 is no limit
	Hang      bool    `json:"hang"`       // never answer
	Reset     bool    `json:"reset"`      // close the connection without an answer
	Refuse    bool    `json:"refuse"`     // do not listen
	Token     string  `json:"token"`      // the only bearer token that is let in; "" lets all in
	Cert      string  `json:"cert"`       // "", "expired" or "wrong-host"
	DNS       string  `json:"dns"`        // "", "nxdomain", "servfail" or "silent"
	StoreAuth string  `json:"store_auth"` // password of the store
	StoreMs   int     `json:"store_ms"`   // latency of the store
	StoreDown bool    `json:"store_down"`
}

type upstream struct {
	mu    sync.RWMutex
	state behaviour
	gates []*gate
	store *storeServer
}

func (u *upstream) now() behaviour {
	u.mu.RLock()
	defer u.mu.RUnlock()
	return u.state
}

// control applies a new behaviour; listeners close when they refuse and come back when they do not.
func (u *upstream) control(w http.ResponseWriter, r *http.Request) {
	var next behaviour
	if err := json.NewDecoder(r.Body).Decode(&next); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	u.mu.Lock()
	u.state = next
	u.mu.Unlock()
	for _, g := range u.gates {
		g.set(!next.Refuse)
		if next.Cert != "" || next.DNS != "" {
			g.dropAll() // kept-alive connections would hide it
		}
	}
	if u.store != nil {
		u.store.apply(next)
	}
}

func main() {
	u := &upstream{}
	if address := os.Getenv("UPSTREAM_HTTP"); address != "" {
		u.gates = append(u.gates, newGate(address, http.HandlerFunc(u.answer), nil))
	}
	if address := os.Getenv("UPSTREAM_TLS"); address != "" {
		u.gates = append(u.gates, newGate(address, http.HandlerFunc(u.answer), u.certificates(os.Getenv("UPSTREAM_CA"))))
	}
	if address := os.Getenv("UPSTREAM_DNS"); address != "" {
		go u.serveDNS(address)
	}
	if address := os.Getenv("UPSTREAM_STORE"); address != "" {
		u.store = newStoreServer(address)
	}
	for _, g := range u.gates {
		g.set(true)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /control", u.control)
	mux.HandleFunc("GET /control", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(u.now()) })
	log.Fatal(http.ListenAndServe(os.Getenv("UPSTREAM_CONTROL"), mux))
}
