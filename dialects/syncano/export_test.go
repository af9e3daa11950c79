package syncano

import "github.com/dragoman-gateway/dragoman/dialects/internal/turns"

// SetTurns sets the turns of long scans.
func (d *Dialect) SetTurns(t *turns.Turns) { d.turns = t }
