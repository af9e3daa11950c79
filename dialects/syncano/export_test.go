package syncano

import "github.com/dragoman-gateway/dragoman/core/passwd"

// SetScans sets the gate of long scans.
func (d *Dialect) SetScans(g *passwd.Gate) { d.scans = g }
