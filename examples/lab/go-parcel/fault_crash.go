package main

import (
	"math/rand/v2"
	"time"
)

// A background goroutine writes to a nil map some seconds after the start; nobody recovers.
func init() {
	register(&feature{Name: "crash", Cause: "crash-loop", Forms: "unrecovered panic", Culprit: []string{"refreshDepots", "nil map"},
		tick: func(_ *app, strength float64) {
			if strength > 0 && !depotsRefreshing {
				depotsRefreshing = true
				go refreshDepots(time.Duration(3+rand.IntN(8)) * time.Second)
			}
		}})
}

var (
	depotsRefreshing bool
	depotCapacity    map[string]int
)

func refreshDepots(after time.Duration) {
	time.Sleep(after)
	depotCapacity["north"] = 12
}
