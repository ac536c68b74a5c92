package archive

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/lab/meter/internal/lab"
)

// A connection is held over slow work, so the pool is too small for the traffic.
func init() {
	lab.Register(&lab.Feature{Name: "long", Cause: "db-pool-exhaustion", Forms: "pool too small for slow work", Culprit: []string{"CompactRange", "connection pool timeout", "redis", "ledger_conns"},
		Request: func(ctx context.Context, scene *lab.Scene, path string, strength float64) error {
			if path == "/v1/readings" || path == "/v1/balance" {
				return (&Compactor{}).CompactRange(ctx, scene.Ledger, time.Duration(strength*float64(1500*time.Millisecond)))
			}
			return nil
		}})
}

// Compactor shortens old ranges.
type Compactor struct{ done int }

// CompactRange works for a while with a connection in hand.
func (c *Compactor) CompactRange(ctx context.Context, pool *redis.Client, work time.Duration) error {
	conn := pool.Conn()
	defer conn.Close()
	if err := conn.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("compact range: %w", err)
	}
	time.Sleep(work)
	return conn.Ping(ctx).Err()
}
