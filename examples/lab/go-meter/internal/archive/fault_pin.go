package archive

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/redis/go-redis/v9"

	"example.org/lab/meter/internal/lab"
)

// A connection is taken out of the pool for a scan and not given back.
func init() {
	scanner := &Scanner{}
	lab.Register(&lab.Feature{Name: "pin", Cause: "db-pool-exhaustion", Forms: "connections never given back", Culprit: []string{"PinConnection", "connection pool timeout", "redis", "ledger_conns"},
		Request: func(ctx context.Context, scene *lab.Scene, path string, strength float64) error {
			if path == "/v1/balance" {
				return scanner.PinConnection(ctx, scene.Ledger, rand.Float64() < strength*0.05)
			}
			return nil
		}})
}

// Scanner walks the store.
type Scanner struct{ held []*redis.Conn }

// PinConnection scans over one connection; keep forgets to return it.
func (s *Scanner) PinConnection(ctx context.Context, pool *redis.Client, keep bool) error {
	conn := pool.Conn()
	if err := conn.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("archive scan: %w", err)
	}
	if keep {
		s.held = append(s.held, conn)
		return nil
	}
	return conn.Close()
}
