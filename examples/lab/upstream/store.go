package main

import (
	"log"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

// storeServer is a key-value store that speaks the Redis protocol.
type storeServer struct {
	address  string
	password string
	redis    *miniredis.Miniredis
}

func newStoreServer(address string) *storeServer {
	s := &storeServer{address: address}
	s.start()
	return s
}

func (s *storeServer) start() {
	s.redis = miniredis.NewMiniRedis()
	if err := s.redis.StartAddr(s.address); err != nil {
		log.Fatal(err)
	}
	if s.password != "" {
		s.redis.RequireAuth(s.password)
	}
}

// apply changes password, latency or presence; a new password drops all connections, as a failover does.
func (s *storeServer) apply(state behaviour) {
	if s.password != state.StoreAuth || state.StoreDown != (s.redis == nil) {
		if s.redis != nil {
			s.redis.Close()
			s.redis = nil
		}
		s.password = state.StoreAuth
		if !state.StoreDown {
			s.start()
		}
	}
	if s.redis == nil {
		return
	}
	pause := time.Duration(state.StoreMs) * time.Millisecond
	s.redis.Server().SetPreHook(func(*server.Peer, string, ...string) bool {
		time.Sleep(pause)
		return false
	})
}
