package railsxml

import (
	"strings"
	"testing"
)

func streamers() map[string]func() Streamer {
	return map[string]func() Streamer{
		"JSON": func() Streamer { return NewJSON(JSONOptions{}).(Streamer) },
		"XML":  func() Streamer { return NewXML(XMLOptions{}).(Streamer) },
	}
}

func TestADocumentInPartsIsTheSame(t *testing.T) {
	for name, start := range streamers() {
		t.Run(name, func(t *testing.T) {
			var whole, parts strings.Builder
			one, other := start(), start()
			for step := range 6 {
				for _, e := range []Streamer{one, other} {
					switch step {
					case 0:
						e.List("users", "user", Wrapped)
					case 5:
						e.End()
					default:
						e.Item()
						e.Int("id", int64(step))
						e.End()
					}
				}
				if err := other.Drain(&parts); err != nil {
					t.Fatal(err)
				}
				if len(other.Bytes()) != 0 {
					t.Error("what was drained is still there")
				}
			}
			whole.Write(one.Bytes())
			if whole.String() != parts.String() {
				t.Errorf("%s\nin parts is\n%s", whole.String(), parts.String())
			}
		})
	}
}

func TestAnItemTakenOverIsTheSame(t *testing.T) {
	for name, start := range streamers() {
		t.Run(name, func(t *testing.T) {
			write := func(item func(e Streamer)) string {
				e := start()
				e.Root("user")
				e.Array("none", "n", Wrapped)
				e.End()
				e.Array("roles", "role", Wrapped)
				item(e)
				item(e)
				e.End()
				e.End()
				return string(e.Bytes())
			}
			plain := func(e Streamer) {
				e.Item()
				e.Str("label", "a<b")
				e.End()
			}
			want := write(plain)
			ready := map[string]string{
				"JSON": `{"role":{"label":"a\u003cb"}}`, "XML": "    <role>\n      <label>a&lt;b</label>\n    </role>\n",
			}[name]
			if got := write(func(e Streamer) { e.RawItem([]byte(ready)) }); got != want {
				t.Errorf("%s\nwant\n%s", got, want)
			}
		})
	}
}
