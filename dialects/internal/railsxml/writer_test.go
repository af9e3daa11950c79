package railsxml

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/beevik/etree"
)

var moment = time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC)

func TestWriter(t *testing.T) {
	for name, c := range map[string]struct {
		write func(w *Writer)
		want  string
	}{
		"a string has no type":            {func(w *Writer) { w.Str("login", "bob") }, "<login>bob</login>\n"},
		"an empty string stays":           {func(w *Writer) { w.Str("theme", "") }, "<theme></theme>\n"},
		"nil has no type":                 {func(w *Writer) { w.Nil("x") }, `<x nil="true"/>` + "\n"},
		"integer":                         {func(w *Writer) { w.Int("id", -5) }, `<id type="integer">-5</id>` + "\n"},
		"boolean":                         {func(w *Writer) { w.Bool("x", false) }, `<x type="boolean">false</x>` + "\n"},
		"a decimal keeps its digits":      {func(w *Writer) { w.Decimal("x", "12.50") }, `<x type="decimal">12.50</x>` + "\n"},
		"a decimal gets a point":          {func(w *Writer) { w.Decimal("x", "7") }, `<x type="decimal">7.0</x>` + "\n"},
		"a blank decimal is zero":         {func(w *Writer) { w.Decimal("x", "") }, `<x type="decimal">0.0</x>` + "\n"},
		"a float has a point":             {func(w *Writer) { w.Float("x", 0) }, `<x type="float">0.0</x>` + "\n"},
		"a moment":                        {func(w *Writer) { w.Time("x", "datetime", moment) }, `<x type="datetime">2024-05-06T07:08:09+00:00</x>` + "\n"},
		"a moment in the other spelling":  {func(w *Writer) { w.Time("x", "dateTime", moment) }, `<x type="dateTime">2024-05-06T07:08:09+00:00</x>` + "\n"},
		"only three characters escape":    {func(w *Writer) { w.Str("x", `<a & "b'>é😀`) }, `<x>&lt;a &amp; "b'&gt;é😀</x>` + "\n"},
		"what XML lacks is replaced":      {func(w *Writer) { w.Str("x", "a\x00\x1b\uFFFE\xff\t\n") }, "<x>a����\t\n</x>\n"},
		"an empty array closes itself":    {func(w *Writer) { w.OpenArray("roles"); w.Close() }, `<roles type="array"/>` + "\n"},
		"an empty hash has two lines":     {func(w *Writer) { w.Open("hash"); w.Close() }, "<hash>\n</hash>\n"},
		"an array in an array stays open": {func(w *Writer) { w.OpenArray("a"); w.OpenArray("b"); w.Close(); w.Close() }, "<a type=\"array\">\n  <b type=\"array\"/>\n</a>\n"},
		"each level has two blanks": {func(w *Writer) {
			w.Open("a")
			w.OpenArray("b")
			w.Open("c")
			w.Nil("d")
			w.Close()
			w.Close()
			w.Close()
		},
			"<a>\n  <b type=\"array\">\n    <c>\n      <d nil=\"true\"/>\n    </c>\n  </b>\n</a>\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w := NewWriter()
			defer w.Release()
			c.write(w)
			want := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + c.want
			if got := string(w.Bytes()); got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			wantWellFormed(t, w.Bytes())
		})
	}
}

func wantWellFormed(t *testing.T, document []byte) *etree.Document {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(document); err != nil || doc.Root() == nil {
		t.Fatalf("not well-formed: %v\n%s", err, document)
	}
	return doc
}

func TestDeepIndentIsWhole(t *testing.T) {
	w := NewWriter()
	defer w.Release()
	for range 40 {
		w.Open("a")
	}
	w.Nil("b")
	if !bytes.Contains(w.Bytes(), []byte("\n"+strings.Repeat(" ", 80)+"<b")) {
		t.Errorf("the fortieth level is not eighty blanks in:\n%s", w.Bytes())
	}
}

func TestFloatsAreWrittenAsRubyDoes(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0.0", 1: "1.0", 0.1: "0.1", -2.5: "-2.5", 100: "100.0", 1e15: "1000000000000000.0",
		1e16: "1.0e+16", 1.5e16: "1.5e+16", 1e-4: "0.0001", 1e-5: "1.0e-05", math.Inf(1): "0.0",
	} {
		if got := string(appendFloat([]byte("x"), f)); got != "x"+want {
			t.Errorf("%v is %s, want %s", f, got, want)
		}
	}
	if got := string(appendFloat(nil, math.NaN())); got != "0.0" {
		t.Errorf("not a number is %s", got)
	}
}

func TestWriterIsEmptyAfterRelease(t *testing.T) {
	for range 3 {
		w := NewWriter()
		w.OpenArray("secret")
		w.Str("x", "hunter2")
		left := w.Bytes()
		w.Release()
		if bytes.Contains(left, []byte("hunter2")) {
			t.Error("a released buffer still holds its text")
		}
		again := NewWriter()
		if again.Nil("x"); string(again.Bytes()) != declaration+`<x nil="true"/>`+"\n" {
			t.Errorf("the next document is %s", again.Bytes())
		}
		again.Release()
	}
}

func FuzzAppendText(f *testing.F) {
	f.Add("plain <&> ]]> \x00\x0b\xff\uFFFF\u2028😀\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		document := append(AppendText([]byte("<x>"), text), "</x>"...)
		got := wantWellFormed(t, document).Root().Text()
		want := strings.Map(func(r rune) rune {
			if !isXMLChar(r) {
				return utf8.RuneError
			}
			return r
		}, string([]rune(text)))
		want = strings.ReplaceAll(strings.ReplaceAll(want, "\r\n", "\n"), "\r", "\n") // a reader does so
		if got != want {
			t.Fatalf("%q reads back as %q, want %q", text, got, want)
		}
	})
}
