package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// wideBody is a user object of 41 members, of the size that a control panel's client sends back on each save.
const wideBody = `{"user":{"activated_at":"2024-05-06T07:08:09.000+00:00","avatar":null,"bucket_id":1,` +
	`"cdn_account_status":"ACTIVE","cdn_status":"INACTIVE","created_at":"2024-05-06T07:08:09.000+00:00",` +
	`"deleted_at":null,"discount_due_to_free":0.0,"email":"mia@example.org","firewall_id":null,"first_name":"",` +
	`"group_id":null,"id":41,"identifier":"qk3v0zr8m1c7ta","image_template_group_id":null,` +
	`"infoboxes":{"display_infoboxes":true,"hidden_infoboxes":[]},"last_name":"","locale":"en","login":"mia_k",` +
	`"monthly_price":0.0,"password_changed_at":"2024-05-06T07:08:09.000+00:00","registered_yubikey":false,` +
	`"status":"active","supplied":false,"suspend_at":null,"system_theme":null,"time_zone":null,"total_amount":0.0,` +
	`"total_amount_with_discount":0.0,"updated_at":"2024-05-06T07:08:09.000+00:00","use_gravatar":null,` +
	`"user_group_id":null,"outstanding_amount":0.0,"payment_amount":0.0,"roles":[],"used_cpus":0,"used_memory":0,` +
	`"used_cpu_shares":0,"used_disk_size":0,"memory_available":0,"disk_space_available":0}}`

func BenchmarkParseJSON(b *testing.B) {
	data := []byte(wideBody)
	b.Run("wire", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := ParseJSON(data, Limits{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json-into-any", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var v any
			if err := json.Unmarshal(data, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json-into-struct", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var v struct {
				User struct {
					Email     Field[string] `json:"email"`
					FirstName Field[string] `json:"first_name"`
					LastName  Field[string] `json:"last_name"`
					Login     Field[string] `json:"login"`
				} `json:"user"`
			}
			if err := json.Unmarshal(data, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAppendString(b *testing.B) {
	texts := map[string]string{
		"short":    "mia_k",
		"ascii":    strings.Repeat("a plain line of text ", 10),
		"accented": strings.Repeat("déjà vu, naïve, Zürich ", 10),
	}
	for name, text := range texts {
		for style, how := range map[string]Escape{"least": EscapeLeast, "ascii": EscapeASCII, "html": EscapeHTML} {
			b.Run(name+"/"+style, func(b *testing.B) {
				dst := make([]byte, 0, 4096)
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					dst = AppendString(dst[:0], text, how)
				}
			})
		}
		b.Run(name+"/encoding-json", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := json.Marshal(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkUserObject(b *testing.B) {
	now := time.Date(2016, 3, 17, 17, 56, 31, 181939000, time.UTC)
	for name, style := range map[string]Style{"compact": Compact(), "python": Python(), "rails": Rails(), "indented": Compact().Indented(4)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e := NewEnc(style)
				writeUser(e, now)
				e.Release()
			}
		})
	}
}

// writeUser writes about 640 bytes, as the hottest answers are.
func writeUser(e *Enc, now time.Time) {
	e.Obj().Key("id").Int(10).Key("username").Str("geralt").Key("profile").Obj()
	e.Key("id").Int(37).Key("created_at").Time(now, MicrosZ).Key("updated_at").Time(now, MicrosZ)
	e.Key("revision").Int(1).Key("owner").Int(10).Key("owner_permissions").Str("full").Key("group").Null()
	e.Key("group_permissions").Str("none").Key("other_permissions").Str("none")
	e.Key("channel").Null().Key("channel_room").Null().Key("links").Obj()
	e.Key("self").Str("/v1.1/instances/rivia/classes/user_profile/objects/37/")
	e.Key("owner").Str("/v1.1/instances/rivia/users/10/").End().End()
	e.Key("groups").Arr().End().Key("user_key").Str("818953a40108efa1327f9ab2064bbd293bce2dae")
	e.Key("links").Obj().Key("self").Str("/v1.1/instances/rivia/users/10/")
	e.Key("groups").Str("/v1.1/instances/rivia/users/10/groups/")
	e.Key("reset-key").Str("/v1.1/instances/rivia/users/10/reset_key/")
	e.Key("profile").Str("/v1.1/instances/rivia/classes/user_profile/objects/37/").End().End()
}
