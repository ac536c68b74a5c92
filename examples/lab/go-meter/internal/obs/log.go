// Package obs is how the service is seen from outside: log, metrics, options.
package obs

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"
)

// Log writes lines in one of two plain styles; the seed chooses.
type Log struct {
	part   string
	logfmt bool
	mu     *sync.Mutex
	out    io.Writer
}

var stderr sync.Mutex

// NewLog makes a log for one part of the service.
func NewLog(part string) *Log {
	seed, _ := strconv.Atoi(os.Getenv("LAB_SEED"))
	return &Log{part: part, logfmt: seed%2 == 1, mu: &stderr, out: os.Stderr}
}

func (l *Log) write(level, message string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.logfmt {
		fmt.Fprintf(l.out, "ts=%s level=%s part=%s msg=%q\n", now.UTC().Format("2006-01-02T15:04:05.000Z"), level, l.part, message)
		return
	}
	short := map[string]string{"info": "I", "warn": "W", "error": "E", "fatal": "F"}[level]
	fmt.Fprintf(l.out, "%s %s [%s] %s\n", now.UTC().Format("2006/01/02 15:04:05.000"), short, l.part, message)
}

// Infof tells what happens in health.
func (l *Log) Infof(format string, args ...any) { l.write("info", fmt.Sprintf(format, args...)) }

// Warnf tells what is odd and harmless.
func (l *Log) Warnf(format string, args ...any) { l.write("warn", fmt.Sprintf(format, args...)) }

// Errorf tells what went wrong.
func (l *Log) Errorf(format string, args ...any) { l.write("error", fmt.Sprintf(format, args...)) }

// Fatalf tells why the process ends, and ends it.
func (l *Log) Fatalf(format string, args ...any) {
	l.write("fatal", fmt.Sprintf(format, args...))
	os.Exit(1)
}
