package main

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// answer plays the service behind the lab service.
func (u *upstream) answer(w http.ResponseWriter, r *http.Request) {
	state := u.now()
	if state.Share > 0 && rand.Float64() >= state.Share {
		state = behaviour{Token: state.Token}
	}
	if state.Cert != "" || state.DNS != "" {
		w.Header().Set("Connection", "close")
	}
	if !u.wait(r, state) {
		return
	}
	switch {
	case state.Reset:
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
	case state.Token != "" && r.Header.Get("Authorization") != "Bearer "+state.Token:
		http.Error(w, `{"error":"invalid token"}`, http.StatusUnauthorized)
	case state.Limit > 0 && !limiter.allow(state.Limit):
		w.Header().Set("Retry-After", "1")
		http.Error(w, `{"error":"rate limit exceeded"}`, http.StatusTooManyRequests)
	case state.Status != 0:
		http.Error(w, `{"error":"internal"}`, state.Status)
	default:
		_ = json.NewEncoder(w).Encode(map[string]any{"price": 4.5, "stock": 3, "ok": true})
	}
}

// wait sleeps as long as the state says; false if the caller went away.
func (u *upstream) wait(r *http.Request, state behaviour) bool {
	pause := time.Duration(3+rand.IntN(4)) * time.Millisecond
	if state.LatencyMs > 0 {
		pause += time.Duration(state.LatencyMs+rand.IntN(state.LatencyMs/5+1)) * time.Millisecond
	}
	if state.Hang {
		pause = time.Hour
	}
	select {
	case <-time.After(pause):
		return true
	case <-r.Context().Done():
		return false
	}
}

// rate counts calls in the present second.
type rate struct {
	mu     sync.Mutex
	second int64
	count  int
}

var limiter rate

func (r *rate) allow(limit int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := time.Now().Unix(); now != r.second {
		r.second, r.count = now, 0
	}
	r.count++
	return r.count <= limit
}
