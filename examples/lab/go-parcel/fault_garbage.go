package main

import (
	"context"
	"strings"
)

// Large buffers are built and thrown away for each request.
func init() {
	register(&feature{Name: "garbage", Cause: "gc-pressure", Forms: "short-lived garbage", Culprit: []string{"renderInvoice"},
		request: func(_ context.Context, _ *app, _ string, strength float64) error {
			renderInvoice(2 + int(strength*3000))
			return nil
		}})
}

var lastInvoice [64]string

func renderInvoice(lines int) {
	text := ""
	for i := range lines {
		text += strings.Repeat("line ", 2)
		lastInvoice[i%len(lastInvoice)] = text
	}
	clear(lastInvoice[:])
}
