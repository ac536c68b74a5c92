package stream

import (
	"context"
	"math/rand/v2"
	"sync"

	"github.com/redis/go-redis/v9"

	"example.org/lab/meter/internal/lab"
)

// A store client is made for each call and never closed.
func init() {
	lab.Register(&lab.Feature{Name: "redial", Cause: "connection-leak", Forms: "store client per call", Culprit: []string{"OpenSession", "redis"},
		Request: func(ctx context.Context, scene *lab.Scene, path string, strength float64) error {
			if path == "/v1/balance" && rand.Float64() < strength {
				session := OpenSession(scene.Ledger.Options())
				return session.client.Ping(ctx).Err()
			}
			return nil
		}})
}

// Session is one conversation with the store.
type Session struct{ client *redis.Client }

var (
	openSessions   []*Session
	openSessionsMu sync.Mutex
)

// OpenSession connects anew.
func OpenSession(options *redis.Options) *Session {
	fresh := *options
	session := &Session{client: redis.NewClient(&fresh)}
	openSessionsMu.Lock()
	defer openSessionsMu.Unlock()
	openSessions = append(openSessions, session)
	return session
}
