package railsxml

import (
	"testing"
	"time"

	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// emitUser describes a user with every form that a user object has.
func emitUser(e Emitter) {
	e.Time("activated_at", moment)
	e.StrOrNil("avatar", "")
	e.TimeOrNil("deleted_at", time.Time{})
	e.TimeOrNil("suspend_at", moment)
	e.Decimal("monthly_price", "0")
	e.DecimalStr("payment_amount", "5.25")
	e.Float("total_amount", 0)
	e.Int("id", 41)
	e.IntOrNil("group_id", 0, false)
	e.IntOrNil("bucket_id", 1, true)
	e.Object("infoboxes")
	e.Bool("display_infoboxes", true)
	e.Array("hidden_infoboxes", "hidden_infobox", Flat)
	e.ItemStr("a<b")
	e.End()
	e.End()
	e.Str("last_name", "")
	e.StrOrNil("locale", "en")
	e.Nil("time_zone")
	e.Array("roles", "role", Wrapped)
	e.Item()
	e.Int("id", 2)
	e.Array("permissions", "permission", Wrapped)
	e.Item()
	e.Str("label", "See own users")
	e.End()
	e.End()
	e.End()
	e.End()
	e.Array("used_ip_addresses", "ip_address", Wrapped)
	e.End()
	e.Array("additional_fields", "additional_field", Flat)
	e.Item()
	e.Str("name", "n")
	e.Str("value", "v")
	e.End()
	e.End()
	e.Array("ids", "id", Flat)
	e.ItemInt(7)
	e.ItemInt(8)
	e.End()
}

const userJSON = `{"user":{"activated_at":"2024-05-06T07:08:09.123+00:00","avatar":null,"deleted_at":null,` +
	`"suspend_at":"2024-05-06T07:08:09.123+00:00","monthly_price":0.0,"payment_amount":"5.25","total_amount":0.0,"id":41,` +
	`"group_id":null,"bucket_id":1,"infoboxes":{"display_infoboxes":true,"hidden_infoboxes":["a\u003cb"]},"last_name":"",` +
	`"locale":"en","time_zone":null,"roles":[{"role":{"id":2,"permissions":[{"permission":{"label":"See own users"}}]}}],` +
	`"used_ip_addresses":[],"additional_fields":[{"name":"n","value":"v"}],"ids":[7,8]}}`

const userXML = `<?xml version="1.0" encoding="UTF-8"?>
<user>
  <activated_at type="datetime">2024-05-06T07:08:09+00:00</activated_at>
  <avatar nil="true"/>
  <deleted_at nil="true"/>
  <suspend_at type="datetime">2024-05-06T07:08:09+00:00</suspend_at>
  <monthly_price type="decimal">0.0</monthly_price>
  <payment_amount type="decimal">5.25</payment_amount>
  <total_amount type="float">0.0</total_amount>
  <id type="integer">41</id>
  <group_id nil="true"/>
  <bucket_id type="integer">1</bucket_id>
  <infoboxes>
    <display_infoboxes type="boolean">true</display_infoboxes>
    <hidden_infoboxes type="array">
      <hidden_infobox>a&lt;b</hidden_infobox>
    </hidden_infoboxes>
  </infoboxes>
  <last_name></last_name>
  <locale>en</locale>
  <time_zone nil="true"/>
  <roles type="array">
    <role>
      <id type="integer">2</id>
      <permissions type="array">
        <permission>
          <label>See own users</label>
        </permission>
      </permissions>
    </role>
  </roles>
  <used_ip_addresses type="array"/>
  <additional_fields type="array">
    <additional_field>
      <name>n</name>
      <value>v</value>
    </additional_field>
  </additional_fields>
  <ids type="array">
    <id type="integer">7</id>
    <id type="integer">8</id>
  </ids>
</user>
`

func TestEmittersShowOneDescriptionInTwoForms(t *testing.T) {
	for want, e := range map[string]Emitter{
		userJSON: NewJSON(JSONOptions{Time: wire.MillisOffset}),
		userXML:  NewXML(XMLOptions{}),
	} {
		e.Root("user")
		emitUser(e)
		e.End()
		if got := string(e.Bytes()); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		e.Release()
	}
}

func TestEmitterDocuments(t *testing.T) {
	for name, c := range map[string]struct {
		write     func(Emitter)
		json, xml string
	}{
		"a list wraps its objects": {func(e Emitter) {
			e.List("users", "user", Wrapped)
			for id := range int64(2) {
				e.Item()
				e.Int("id", id)
				e.End()
			}
			e.End()
		}, `[{"user":{"id":0}},{"user":{"id":1}}]`,
			"<users type=\"array\">\n  <user>\n    <id type=\"integer\">0</id>\n  </user>\n  <user>\n    <id type=\"integer\">1</id>\n  </user>\n</users>\n"},
		"an empty list": {func(e Emitter) {
			e.List("users", "user", Wrapped)
			e.End()
		}, `[]`, "<users type=\"array\"/>\n"},
		"a flat list has bare objects": {func(e Emitter) {
			e.List("vm_stats", "vm_stat", Flat)
			e.Item()
			e.Float("cost", 0)
			e.End()
			e.End()
		}, `[{"cost":0.0}]`, "<vm_stats type=\"array\">\n  <vm_stat>\n    <cost type=\"float\">0.0</cost>\n  </vm_stat>\n</vm_stats>\n"},
		"a bare hash has a root of its own": {func(e Emitter) {
			e.Hash()
			e.Str("version", "6.3.0")
			e.End()
		}, `{"version":"6.3.0"}`, "<hash>\n  <version>6.3.0</version>\n</hash>\n"},
	} {
		t.Run(name, func(t *testing.T) {
			for want, e := range map[string]Emitter{c.json: NewJSON(JSONOptions{}), declaration + c.xml: NewXML(XMLOptions{})} {
				c.write(e)
				if got := string(e.Bytes()); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
				e.Release()
			}
		})
	}
}

func TestEmitterOptions(t *testing.T) {
	j, x := NewJSON(JSONOptions{Time: wire.SecondsZ}), NewXML(XMLOptions{TimeType: "dateTime"})
	for _, e := range []Emitter{j, x} {
		e.Hash()
		e.Time("t", moment)
		e.End()
	}
	if got := string(j.Bytes()); got != `{"t":"2024-05-06T07:08:09Z"}` || j.ContentType() != "application/json; charset=utf-8" {
		t.Errorf("%s is %s", j.ContentType(), got)
	}
	want := declaration + "<hash>\n  <t type=\"dateTime\">2024-05-06T07:08:09+00:00</t>\n</hash>\n"
	if got := string(x.Bytes()); got != want || x.ContentType() != "application/xml; charset=utf-8" {
		t.Errorf("%s is %s", x.ContentType(), got)
	}
}

// What is written reads back as what JSON says of the same description, but for what the two print differently.
func TestWrittenXMLReadsBack(t *testing.T) {
	e := NewXML(XMLOptions{})
	defer e.Release()
	e.Root("user")
	emitUser(e)
	e.End()
	wantWellFormed(t, e.Bytes())
	got, err := Parse(e.Bytes(), wire.Limits{})
	const want = `{"user":{"activated_at":"2024-05-06T07:08:09+00:00","avatar":null,"deleted_at":null,` +
		`"suspend_at":"2024-05-06T07:08:09+00:00","monthly_price":0.0,"payment_amount":5.25,"total_amount":0.0,"id":41,` +
		`"group_id":null,"bucket_id":1,"infoboxes":{"display_infoboxes":true,"hidden_infoboxes":["a<b"]},"last_name":null,` +
		`"locale":"en","time_zone":null,"roles":[{"id":2,"permissions":[{"label":"See own users"}]}],` +
		`"used_ip_addresses":[],"additional_fields":[{"name":"n","value":"v"}],"ids":[7,8]}}`
	if err != nil || string(got.JSON()) != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got.JSON(), want)
	}
}
