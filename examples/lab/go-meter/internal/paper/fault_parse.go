package paper

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"example.org/lab/meter/internal/lab"
)

// A partner sends numbers as text; the decoder refuses them.
func init() {
	lab.Register(&lab.Feature{Name: "parse", Cause: "application-error", Forms: "decode error", Culprit: []string{"ParseContract", "cannot unmarshal", "parse contract"},
		Request: func(_ context.Context, _ *lab.Scene, path string, strength float64) error {
			if path != "/v1/tariff" && path != "/v1/balance" {
				return nil
			}
			text := `{"id": 7, "limit": 40}`
			if rand.Float64() < strength {
				text = `{"id": 7, "limit": "40"}`
			}
			_, err := ParseContract(text)
			return err
		}})
}

// Contract is what a customer agreed to.
type Contract struct {
	ID    int `json:"id"`
	Limit int `json:"limit"`
}

// ParseContract reads a contract.
func ParseContract(text string) (*Contract, error) {
	contract := &Contract{}
	if err := json.Unmarshal([]byte(text), contract); err != nil {
		return nil, fmt.Errorf("parse contract: %w", err)
	}
	return contract, nil
}
