package main

import (
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// gate is a listener that can be shut (connections refused) and opened again.
type gate struct {
	address string
	handler http.Handler
	tls     *tls.Config
	mu      sync.Mutex
	server  *http.Server
	conns   map[net.Conn]bool
}

func newGate(address string, handler http.Handler, config *tls.Config) *gate {
	return &gate{address: address, handler: handler, tls: config, conns: map[net.Conn]bool{}}
}

func (g *gate) set(open bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if open == (g.server != nil) {
		return
	}
	if !open {
		_ = g.server.Close()
		g.server = nil
		return
	}
	listener, err := net.Listen("tcp", g.address)
	if err != nil {
		log.Fatal(err)
	}
	if g.tls != nil {
		listener = tls.NewListener(listener, g.tls)
	}
	g.server = &http.Server{Handler: g.handler, ConnState: g.track, ErrorLog: log.New(nothing{}, "", 0), IdleTimeout: 10 * time.Minute}
	go func(server *http.Server) { _ = server.Serve(listener) }(g.server)
}

func (g *gate) track(conn net.Conn, state http.ConnState) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if state == http.StateClosed || state == http.StateHijacked {
		delete(g.conns, conn)
		return
	}
	g.conns[conn] = true
}

func (g *gate) dropAll() {
	g.mu.Lock()
	conns := make([]net.Conn, 0, len(g.conns))
	for conn := range g.conns {
		conns = append(conns, conn)
	}
	g.mu.Unlock()
	for _, conn := range conns {
		_ = conn.Close()
	}
}

type nothing struct{}

func (nothing) Write(p []byte) (int, error) { return len(p), nil }
