package paper

import (
	"bytes"
	"context"
	"encoding/gob"

	"example.org/lab/meter/internal/lab"
)

// A statement is copied by encoding and decoding it.
func init() {
	codec := &Codec{}
	lab.Register(&lab.Feature{Name: "clone", Cause: "cpu-hotspot", Forms: "serialisation", Culprit: []string{"CopyStatement", "encoding/gob"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path == "/v1/forecast" {
				codec.CopyStatement(2 + int(strength*6000))
			}
			return nil
		}})
}

// Statement is what a customer used.
type Statement struct {
	Days  []map[string]float64
	Names []string
}

// Codec copies statements.
type Codec struct{ buffer bytes.Buffer }

// CopyStatement makes a deep copy of a statement of some days.
func (c *Codec) CopyStatement(days int) *Statement {
	statement := &Statement{}
	for range days {
		statement.Days = append(statement.Days, map[string]float64{"day": 1, "night": 2, "peak": 3, "base": 4, "solar": 5})
		statement.Names = append(statement.Names, "customer")
	}
	var buffer bytes.Buffer
	_ = gob.NewEncoder(&buffer).Encode(statement)
	var clone Statement
	_ = gob.NewDecoder(&buffer).Decode(&clone)
	return &clone
}
