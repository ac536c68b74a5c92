package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
)

// A template is opened for each request and not closed again.
func init() {
	register(&feature{Name: "files", Cause: "fd-leak", Forms: "open files", Culprit: []string{"loadTemplate", "too many open files"},
		request: func(_ context.Context, _ *app, _ string, strength float64) error {
			return loadTemplate(rand.Float64() >= strength)
		}})
}

var (
	openTemplates   []*os.File
	openTemplatesMu sync.Mutex
)

func loadTemplate(tidy bool) error {
	file, err := os.Open(os.Args[0])
	if err != nil {
		return fmt.Errorf("load template: %w", err)
	}
	if tidy {
		return file.Close()
	}
	openTemplatesMu.Lock()
	defer openTemplatesMu.Unlock()
	openTemplates = append(openTemplates, file)
	return nil
}
