package main

// The pool is cut to one or two connections without a word.
func init() {
	register(&feature{Name: "poolsize", Cause: "db-pool-exhaustion", Forms: "pool too small",
		Culprit: []string{"database/sql", "go_sql", "pool"},
		tick: func(a *app, strength float64) {
			if on := strength > 0; on != poolCut {
				poolCut = on
				size := int(a.config.number("db_pool_size"))
				if on {
					size = 1
				}
				a.store.db.SetMaxOpenConns(size)
			}
		}})
}

var poolCut bool
