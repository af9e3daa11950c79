package syncano

import "github.com/dragoman-gateway/dragoman/dialects/internal/turns"

// AwaitResets waits until no reset of a password is under way.
func (d *Dialect) AwaitResets() { d.OccupyResets()() }

// OccupyResets takes the place of all resets that may be under way, until free is called.
func (d *Dialect) OccupyResets() (free func()) {
	for range cap(d.resets) {
		d.resets <- struct{}{}
	}
	return func() {
		for range cap(d.resets) {
			<-d.resets
		}
	}
}

// SetTurns sets the turns of long scans.
func (d *Dialect) SetTurns(t *turns.Turns) { d.turns = t }
