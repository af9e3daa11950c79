package onapp

import (
	"net/netip"
	"strings"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindWhiteList is the kind of the records from whose addresses a user may come.
const kindWhiteList = "onapp.user_white_list"

// whiteListRow is the stored document of a row.
type whiteListRow struct {
	Version     int    `json:"v"`
	IP          string `json:"ip"`
	Description string `json:"description,omitempty"`
}

// whiteLists serves the rows: see REFERENCE.md, "White lists". The right to change a user includes
// its rows.
var whiteLists = userRecords[whiteListRow]{
	noun: noun{"user_white_list", "user_white_lists"}, kind: kindWhiteList, operation: "white_lists",
	mayRead: mayReadUsers, mayCreate: mayUpdateUsers, mayUpdate: mayUpdateUsers, mayDrop: mayUpdateUsers,
	apply: (*whiteListRow).apply, write: writeWhiteListRow, changeFacet: countWhiteList,
}

// apply keeps the address as it was written.
func (row *whiteListRow) apply(v wire.Value, isNew bool) (faults faultList) {
	row.Version = 1
	if ip := textField(v, "ip"); ip.Present() || isNew {
		row.IP = strings.TrimSpace(ip.Or(""))
		if row.IP == "" {
			faults.add("ip", core.NotBlank, 0)
		} else if _, ok := parseBlock(row.IP); !ok {
			faults.add("ip", core.Malformed, 0)
		}
	}
	text := textField(v, "description")
	setText(&row.Description, text)
	faults.length("description", text, maxText)
	return faults
}

func writeWhiteListRow(e stream, r userRecord[whiteListRow]) {
	e.Time("created_at", r.CreatedAt)
	e.StrOrNil("description", r.doc.Description)
	e.Int("id", r.ID)
	e.Str("ip", r.doc.IP)
	e.Time("updated_at", r.UpdatedAt)
	e.Int("user_id", r.Owner)
}

// countWhiteList counts the rows in the facet, so that a login without rows does not look for them.
func countWhiteList(f *facet, before, after *whiteListRow) {
	switch {
	case before == nil:
		f.WhiteLists++
	case after == nil:
		f.WhiteLists = max(0, f.WhiteLists-1)
	}
}

// parseBlock reads an address, or a CIDR block whose host part need not be zero.
func parseBlock(text string) (netip.Prefix, bool) {
	if block, err := netip.ParsePrefix(text); err == nil {
		return netip.PrefixFrom(block.Addr().Unmap(), block.Bits()).Masked(), true
	}
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return netip.Prefix{}, false
	}
	addr = addr.Unmap()
	return netip.PrefixFrom(addr, addr.BitLen()), true
}

// checkWhiteList refuses a user with rows of which none contains the address.
// See REFERENCE.md, "White list check".
func checkWhiteList(tx *core.Tx, u *core.User, from netip.Addr) error {
	rows, err := tx.Records(core.RecordQuery{Realm: u.Realm, Kind: kindWhiteList, Owners: []int64{u.ID}})
	if err != nil || len(rows) == 0 {
		return err
	}
	for _, r := range rows {
		row, err := decodeBody[whiteListRow](r.Body)
		if err != nil {
			return err
		}
		if block, ok := parseBlock(row.IP); ok && block.Contains(from) {
			return nil
		}
	}
	return &authError{kind: accessDenied}
}
