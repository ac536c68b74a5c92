package main

import (
	"sync"
	"time"
)

// quoteCache holds prices for a while and forgets the oldest when it is full.
type quoteCache struct {
	config  *settings
	mu      sync.Mutex
	entries map[string]cachedQuote
	order   []string
}

type cachedQuote struct {
	price float64
	until time.Time
}

func newQuoteCache(config *settings) *quoteCache {
	return &quoteCache{config: config, entries: map[string]cachedQuote{}}
}

func (c *quoteCache) get(lane string) (float64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	quote, ok := c.entries[lane]
	return quote.price, ok && time.Now().Before(quote.until)
}

func (c *quoteCache) put(lane string, price float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[lane]; !ok {
		c.order = append(c.order, lane)
	}
	c.entries[lane] = cachedQuote{price, time.Now().Add(20 * time.Second)}
	for len(c.order) > int(c.config.number("cache_entries")) {
		delete(c.entries, c.order[0])
		c.order = c.order[1:]
	}
}

func (c *quoteCache) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.entries)
}
