package onapp

import (
	"encoding/json"
	"fmt"
	"testing"
)

// payerIDs lists who paid, as /billing/user/payments shows it.
func (w *fixture) payerIDs(query string) (ids []int64) {
	w.t.Helper()
	var all []struct {
		Payment struct {
			PayerID int64 `json:"payer_id"`
		}
	}
	if err := json.Unmarshal(w.do("GET /billing/user/payments.json"+query, "").Body.Bytes(), &all); err != nil {
		w.t.Fatal(err)
	}
	for _, p := range all {
		ids = append(ids, p.Payment.PayerID)
	}
	return ids
}

func TestAllPaymentsAreListedInChunks(t *testing.T) {
	w := newFixture(t)
	const n = listChunk + 5
	for i := range n {
		w.do(fmt.Sprintf("POST /users/%d/payments.json", 2+i%2), `{"amount":1}`)
	}
	for query, want := range map[string]int{
		"": n, "?payer_id=2": (n + 1) / 2, "?payer_id=%20": n, "?page=1&per_page=203": 203, "?page=2&per_page=203": 2,
	} {
		if ids := w.payerIDs(query); len(ids) != want {
			t.Errorf("%q: %d payments, want %d", query, len(ids), want)
		}
	}
	wantStatus(t, w.as("auth", "GET /billing/user/payments.json?payer_id=bob", ""), 404)
}
