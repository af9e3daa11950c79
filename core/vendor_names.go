package core

import "context"

// NameAsker is an [Adopter] that also asks vendors whether a name is one of their users'.
type NameAsker interface {
	Adopter
	// NameTaken reports whether a vendor's user of the realm has the name or address. It
	// takes a bounded time, and fails if a vendor cannot be asked. [passwd.ClientOf] tells
	// clients apart.
	NameTaken(ctx context.Context, realm Realm, name string) (bool, error)
}

// vendorName is a name or an address in its folded form.
type vendorName struct {
	realm Realm
	name  string
}

// vendorNames are names that callers without authority take in an update. The vendors are
// asked between two runs of it, since a transaction must not wait for another server.
type vendorNames struct {
	taken map[vendorName]bool // those that were asked about
	open  []vendorName        // those to ask about
}

// maxNameRuns bounds how often an update runs to take names that it did not take before.
const maxNameRuns = 4

// checkVendorNames fails with Taken if u gets a name or an address of a vendor's user, who
// may not be here yet and would be locked out. Whoever holds authority in the realm gives
// names without a question. It fails with Busy, and the update runs again, for a name that
// was not asked about.
func checkVendorNames(tx *Tx, u, before *User) error {
	if _, asks := tx.dir.adopter.(NameAsker); !asks || tx.actor.operator {
		return nil
	}
	holds, err := tx.ActorAuthority(u.Realm)
	if err != nil || !holds.Empty() {
		return err
	}
	if before == nil {
		before = &User{}
	}
	var faults []Fault
	if isVendorName(tx, u.Realm, before.Username, u.Username) {
		faults = append(faults, Fault{Field: FieldUsername, Rule: Taken})
	}
	if isVendorName(tx, u.Realm, before.Email, u.Email) {
		faults = append(faults, Fault{Field: FieldEmail, Rule: Taken})
	}
	if len(tx.names.open) > 0 {
		return &Error{Kind: Busy, Op: "ask a vendor about a name", Subject: "user"}
	}
	return invalidUser(faults...)
}

// isVendorName reports whether the new name is known to be that of a vendor's user. One
// that was not asked about is open then.
func isVendorName(tx *Tx, realm Realm, before, name string) bool {
	key := vendorName{realm, Fold(name)}
	if name == "" || key.name == Fold(before) {
		return false
	}
	taken, known := tx.names.taken[key]
	if !known {
		tx.names.open = append(tx.names.open, key)
	}
	return taken
}

// ask asks about the open names.
func (n *vendorNames) ask(ctx context.Context, d *Directory) error {
	asker, _ := d.adopter.(NameAsker)
	for _, open := range n.open {
		taken, err := asker.NameTaken(ctx, open.realm, open.name)
		if err != nil {
			return &Error{Kind: Busy, Op: "ask a vendor about a name", Subject: "user", Err: err}
		}
		n.taken[open] = taken
	}
	return nil
}
