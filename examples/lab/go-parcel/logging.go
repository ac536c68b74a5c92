package main

import (
	"log/slog"
	"os"
	"time"
)

// newLogger writes JSON lines with milliseconds, as most services ship them.
func newLogger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, attr slog.Attr) slog.Attr {
			if attr.Key == slog.TimeKey && len(groups) == 0 {
				attr.Value = slog.StringValue(attr.Value.Time().UTC().Format("2006-01-02T15:04:05.000Z07:00"))
			}
			return attr
		},
	})).With("service", "parcelapi")
}

func milliseconds(d time.Duration) int64 { return d.Milliseconds() }
