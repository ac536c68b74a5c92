// Package ledger keeps balances in a key-value store behind a pool of connections.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/redis/go-redis/v9"

	"example.org/lab/meter/internal/obs"
)

// Ledger is the store of balances.
type Ledger struct{ client *redis.Client }

// Open makes the pool; it connects on first use.
func Open(address string, options *obs.Options) *Ledger {
	redis.SetLogger(quiet{})
	client := redis.NewClient(&redis.Options{
		Addr: address, Password: os.Getenv("LAB_STORE_PASSWORD"), PoolSize: options.LedgerPool, DisableIdentity: true, Protocol: 2,
		PoolTimeout: time.Duration(options.LedgerWaitMs) * time.Millisecond, MaxRetries: 1,
	})
	l := &Ledger{client: client}
	l.expose()
	return l
}

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

// expose shows the pool in the metrics.
func (l *Ledger) expose() {
	stats := client(l.client)
	obs.Watch(`gridmeter_ledger_conns{state="open"}`, func() float64 { return float64(stats().TotalConns) })
	obs.Watch(`gridmeter_ledger_conns{state="idle"}`, func() float64 { return float64(stats().IdleConns) })
	obs.Watch(`gridmeter_ledger_conns_max`, func() float64 { return float64(l.client.Options().PoolSize) })
	obs.Watch(`gridmeter_ledger_pool_timeouts`, func() float64 { return float64(stats().Timeouts) })
}

func client(c *redis.Client) func() *redis.PoolStats { return c.PoolStats }

// Client is the pool itself.
func (l *Ledger) Client() *redis.Client { return l.client }

// Ping asks whether the store answers.
func (l *Ledger) Ping() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return l.client.Ping(ctx).Err()
}

// Add books one reading.
func (l *Ledger) Add(ctx context.Context, meter string, amount int64) error {
	defer l.measure(time.Now())
	if err := l.client.IncrBy(ctx, "balance:"+meter, amount).Err(); err != nil {
		obs.Count(`gridmeter_ledger_errors_total`)
		return fmt.Errorf("ledger add: %w", err)
	}
	return nil
}

// Balance is what a meter has used so far.
func (l *Ledger) Balance(ctx context.Context, meter string) (int64, error) {
	defer l.measure(time.Now())
	value, err := l.client.Get(ctx, "balance:"+meter).Int64()
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	if err != nil {
		obs.Count(`gridmeter_ledger_errors_total`)
		return 0, fmt.Errorf("ledger balance: %w", err)
	}
	return value, nil
}

func (l *Ledger) measure(began time.Time) { obs.Called("ledger", "any", time.Since(began)) }
