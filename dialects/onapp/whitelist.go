package onapp

import (
	"net/netip"
	"strings"
	"time"

	"github.com/dragoman-gateway/dragoman/core"
	"github.com/dragoman-gateway/dragoman/dialects/internal/wire"
)

// kindWhiteList is the kind of the rows that say from where a user may come.
const kindWhiteList = "onapp.user_white_list"

const (
	fieldIP          core.Field = "ip"
	fieldDescription core.Field = "description"
)

// whiteRow is a record's document, read.
type whiteRow struct {
	id, user         int64
	ip, description  string
	created, updated time.Time
}

func readWhiteRow(r *core.Record) (*whiteRow, error) {
	v, err := wire.ParseJSON(r.Body.Text(), wire.Limits{})
	if err != nil {
		return nil, &core.Error{Op: "decode white list", Subject: kindWhiteList, Err: err}
	}
	return &whiteRow{
		id: r.ID, user: r.Owner, ip: textAt(v, "ip"), description: textAt(v, "description"),
		created: r.CreatedAt, updated: r.UpdatedAt,
	}, nil
}

func (w *whiteRow) encode() *core.Document {
	return core.NewDocument(object(
		wire.Member{Name: "v", Value: wire.Int(1)},
		wire.Member{Name: "ip", Value: wire.String(w.ip)},
		wire.Member{Name: "description", Value: textOrNull(w.description)},
	))
}

// writeWhiteRow is one row. source: vendor reference, white list IPs.
func writeWhiteRow(e stream, w *whiteRow) {
	e.Time("created_at", w.created)
	e.StrOrNil("description", w.description)
	e.Int("id", w.id)
	e.Str("ip", w.ip)
	e.Time("updated_at", w.updated)
	e.Int("user_id", w.user)
}

// apply checks what a request says about a row and changes it. The address is kept as it was written.
func (w *whiteRow) apply(v wire.Value, isNew bool) error {
	var faults faultList
	if ip := textField(v, "ip"); ip.Present() || isNew {
		w.ip = strings.TrimSpace(ip.Or(""))
		if w.ip == "" {
			faults.add(fieldIP, core.NotBlank, 0)
		} else if _, ok := parseBlock(w.ip); !ok {
			faults.add(fieldIP, core.Malformed, 0)
		}
	}
	if text := textField(v, "description"); text.Present() {
		w.description = text.Or("")
		faults.length(fieldDescription, text, maxText)
	}
	return core.NewInvalid(faults...)
}

// parseBlock reads an address or a CIDR block whose host part need not be zero.
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

// checkAddress refuses a user who has a white list that the address is not in.
func (d *Dialect) checkAddress(tx *core.Tx, u *core.User, from netip.Addr) error {
	rows, err := tx.Records(core.RecordQuery{Realm: u.Realm, Kind: kindWhiteList, Owners: []int64{u.ID}})
	if err != nil {
		return err
	}
	for _, r := range rows {
		row, err := readWhiteRow(r)
		if err != nil {
			return err
		}
		if block, ok := parseBlock(row.ip); ok && block.Contains(from) {
			return nil
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return &denial{kind: accessDenied}
}
