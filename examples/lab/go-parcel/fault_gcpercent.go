package main

import (
	"context"
	"runtime/debug"
	"sync"
)

// The collector is told to run far too often over a live heap of pointers.
func init() {
	register(&feature{Name: "gcpercent", Cause: "gc-pressure", Forms: "low GOGC", Culprit: []string{"gcBgMarkWorker", "GC", "catalogNode", "loadCatalog"},
		request: func(_ context.Context, _ *app, _ string, strength float64) error {
			loadCatalog()
			copyCatalogPage(64 + int(strength*20_000))
			return nil
		},
		tick: func(_ *app, strength float64) {
			if on := strength > 0; on != gcSqueezed {
				gcSqueezed = on
				percent := 100
				if on {
					percent = 2
				}
				debug.SetGCPercent(percent)
			}
		}})
}

type catalogNode struct {
	next  *catalogNode
	label *[4]int
}

var (
	gcSqueezed  bool
	catalog     *catalogNode
	catalogOnce sync.Once
)

// loadCatalog builds a live heap of some 20 MB once.
func loadCatalog() {
	catalogOnce.Do(func() {
		for range 200_000 {
			catalog = &catalogNode{next: catalog, label: &[4]int{}}
		}
	})
}

func copyCatalogPage(nodes int) (page []*catalogNode) {
	for range nodes {
		page = append(page, &catalogNode{next: catalog})
	}
	return page
}
