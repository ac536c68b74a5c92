// Package paper prints bills and statements.
package paper

import (
	"context"
	"io"
	"text/template"

	"example.org/lab/meter/internal/lab"
)

// The template of a bill is parsed for every line instead of once.
func init() {
	printer := &Printer{}
	printer.parsed = template.Must(template.New("line").Parse(line))
	lab.Register(&lab.Feature{Name: "template", Cause: "cpu-hotspot", Forms: "compilation", Culprit: []string{"PrintBill", "text/template"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/tariff" || path == "/v1/balance" {
				printer.PrintBill(int(strength * 1500))
			}
			return nil
		}})
}

const line = "{{range $i, $e := .}}{{if $i}}, {{end}}{{printf \"%04d\" $e}}{{else}}no entries{{end}} for {{len .}} days"

// Printer writes bills.
type Printer struct{ parsed *template.Template }

// PrintBill writes the lines of a bill; anew many of them come from a fresh template.
func (p *Printer) PrintBill(anew int) {
	for range anew {
		_ = template.Must(template.New("line").Parse(line)).Execute(io.Discard, []int{1})
	}
	_ = p.parsed.Execute(io.Discard, []int{1, 2})
}
