package railsxml

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

func BenchmarkWriteUser(b *testing.B) {
	b.Run("streaming", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e := NewXML(XMLOptions{})
			e.Root("user")
			emitUser(e)
			e.End()
			e.Release()
		}
	})
	b.Run("streaming-json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e := NewJSON(JSONOptions{Time: wire.MillisOffset})
			e.Root("user")
			emitUser(e)
			e.End()
			e.Release()
		}
	})
	b.Run("etree", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e := newTreeEmitter()
			e.Root("user")
			emitUser(e)
			e.End()
			e.Bytes()
		}
	})
}

func BenchmarkParseUser(b *testing.B) {
	data := []byte(userXML)
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Parse(data, wire.Limits{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("scan-alone", func(b *testing.B) {
		b.ReportAllocs()
		limits := wire.Limits{}.WithDefaults()
		for b.Loop() {
			if _, err := scan(data, declarationEnd(data), limits); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("tokens-of-encoding-xml-alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decoder := xml.NewDecoder(bytes.NewReader(data))
			for {
				if _, err := decoder.RawToken(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func BenchmarkBomb(b *testing.B) {
	for name, bomb := range map[string]string{
		"depth-3MB":  strings.Repeat("<a>", 1e6),
		"count-4MB":  "<a>" + strings.Repeat("<b/>", 1e6) + "</a>",
		"doctype":    `<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>`,
		"entity-1MB": "<x>&" + strings.Repeat("a", 1e6) + "</x>",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			data := []byte(bomb)
			for b.Loop() {
				if _, err := Parse(data, wire.Limits{}); err == nil {
					b.Fatal("a bomb passed")
				}
			}
		})
	}
}
