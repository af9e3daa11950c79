package main

import (
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/gateway"
)

// BenchmarkParser is what each start of the program pays for the command line.
func BenchmarkParser(b *testing.B) {
	for name, args := range map[string][]string{"all": nil, "serve": {"serve"}, "user": {"user", "list"}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := newParser(nil, streams{}, gateway.Table(), args...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
