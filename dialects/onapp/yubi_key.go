package onapp

import (
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindYubiKey is the kind of the records that are a user's YubiKeys.
const kindYubiKey = "onapp.yubi_key"

// yubiKey is the stored document of a YubiKey.
type yubiKey struct {
	Version int    `json:"v"`
	Label   string `json:"label,omitempty"`
	OTP     string `json:"otp"`
}

// yubiKeys serves the keys: see REFERENCE.md, "YubiKeys". The gateway does not ask Yubico whether a
// key is genuine.
var yubiKeys = userRecords[yubiKey]{
	noun: noun{"yubi_key", "yubi_keys"}, kind: kindYubiKey, operation: "yubi_keys", readOnly: true,
	mayRead: mayUpdateYubiKeys, mayCreate: mayUpdateYubiKeys, mayDrop: mayUpdateYubiKeys,
	apply: (*yubiKey).apply, write: writeYubiKey,
}

func (y *yubiKey) apply(v wire.Value, _ bool) (faults faultList) {
	label := textField(v, "label")
	y.Version, y.Label, y.OTP = 1, label.Or(""), publicPart(textField(v, "otp").Or(""))
	faults.length(fieldLabel, label, maxText)
	if y.OTP == "" {
		faults.add("otp", core.NotBlank, 0)
	}
	return faults
}

func writeYubiKey(e stream, r userRecord[yubiKey]) {
	e.Time("created_at", r.CreatedAt)
	e.Int("id", r.ID)
	e.StrOrNil("label", r.doc.Label)
	e.Nil("last_used")
	e.Str("otp", r.doc.OTP)
	e.Time("updated_at", r.UpdatedAt)
	e.Int("user_id", r.Owner)
}

// publicLength is how many characters of a one-time password identify the key.
// See REFERENCE.md, "YubiKeys".
const publicLength = 12

// publicPart is the part of a one-time password that is the same each time. Nothing else of it is
// stored.
func publicPart(otp string) string {
	runes := []rune(strings.TrimSpace(otp))
	return string(runes[:min(len(runes), publicLength)])
}
