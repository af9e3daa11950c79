package sqldb

// In a store that only this process writes to, the writer itself says when the
// state changes. What follows is for that; for the other kind see check.go.

// ending pins the current epoch and says that a commit is under way.
func (es *epochs) ending() error {
	if es.shared {
		return nil
	}
	e := es.now()
	if e.pins.none() {
		if err := es.pin(e); err != nil {
			return err
		}
	}
	es.ticks.Add(1)
	return nil
}

// pin begins a transaction on the epoch's state. The writer calls it, so that no
// commit can come in between.
func (es *epochs) pin(e *epoch) error {
	conn, err := es.takeSpare()
	if err != nil {
		return err
	}
	version, err := beginAt(conn)
	if err == nil && version != e.version {
		err = errForeign
	}
	if err != nil {
		_ = conn.Close()
		return err
	}
	e.pins.add(pinned{Conn: conn})
	return nil
}

// failed says that the commit was not kept: the epoch goes on.
func (es *epochs) failed() {
	if es.shared {
		return
	}
	es.mu.Lock()
	defer es.mu.Unlock()
	es.current.tick.Store(es.ticks.Add(1))
}
