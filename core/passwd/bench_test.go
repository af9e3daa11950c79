package passwd_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/core/passwd"
)

func BenchmarkContains(b *testing.B) {
	m, err := passwd.NewCredentialCache(rand.Reader, time.Now, time.Minute, 10_000)
	if err != nil {
		b.Fatal(err)
	}
	m.Add(stored, "changeme1")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if !m.Contains(stored, "changeme1") {
				b.Error("forgotten")
			}
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	for _, c := range []struct{ name, encoded string }{
		{"argon2id", stored},
		{"bcrypt-12", "$2b$12$" + bcrypt53},
		{"pbkdf2_sha256-100000", "pbkdf2_sha256$100000$Zk4TqV9sW1xY$" + sha256b},
		{"onapp_sha1", passwd.EncodeOnApp(sha1hex, "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c", "476aede036db8e3341345e2dfb95c71caa2f2c5a")},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !passwd.Verify(c.encoded, "changeme1") {
					b.Fatal("not verified")
				}
			}
		})
	}
}

func BenchmarkGate(b *testing.B) {
	g := passwd.NewGate(1, 1)
	for b.Loop() {
		if err := g.Do(b.Context(), func() {}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReads is the time of one small read, alone and beside logins that
// never end: what the gate is for.
func BenchmarkReads(b *testing.B) {
	b.Run("alone", benchmarkReads)
	b.Run("beside ungated logins", func(b *testing.B) {
		defer flood(b, func(_ context.Context, login func()) { login() })()
		benchmarkReads(b)
	})
	b.Run("beside gated logins", func(b *testing.B) {
		gate := passwd.NewGate(0, 16)
		defer flood(b, func(ctx context.Context, login func()) { gate.Do(ctx, login) })()
		benchmarkReads(b)
	})
}

// benchmarkReads hands each read to another goroutine, as a server does.
func benchmarkReads(b *testing.B) {
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		asked, answered := make(chan struct{}), make(chan bool)
		go func() {
			for range asked {
				answered <- passwd.Known(stored)
			}
		}()
		defer close(asked)
		for pb.Next() {
			asked <- struct{}{}
			if !<-answered {
				b.Error("not known")
			}
		}
	})
}

// flood keeps 16 logins under way until the returned function is called.
func flood(b *testing.B, do func(context.Context, func())) (stop func()) {
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan struct{})
	for range 16 {
		go func() {
			for ctx.Err() == nil {
				do(ctx, func() { passwd.Verify(stored, "changeme1") })
			}
			ended <- struct{}{}
		}()
	}
	return func() {
		cancel()
		for range 16 {
			<-ended
		}
	}
}
