package intake

import (
	"sync"
	"time"
)

// priceCache keeps prices for a while; entries that are over are swept when a new one comes.
type priceCache struct {
	keep    time.Duration
	mu      sync.RWMutex
	entries map[string]cachedPrice
}

type cachedPrice struct {
	text  string
	until time.Time
}

func newPriceCache(keep time.Duration) *priceCache {
	return &priceCache{keep: keep, entries: map[string]cachedPrice{}}
}

func (c *priceCache) get(zone string) (string, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	entry, ok := c.entries[zone]
	return entry.text, ok && time.Now().Before(entry.until)
}

func (c *priceCache) put(zone, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	for key, entry := range c.entries {
		if now.After(entry.until) {
			delete(c.entries, key)
		}
	}
	c.entries[zone] = cachedPrice{text, now.Add(c.keep)}
}

func (c *priceCache) size() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.entries)
}
