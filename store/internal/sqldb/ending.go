package sqldb

// In a store that only this process writes to, the writer itself says when the
// state changes. What follows is for that; for the other kind see check.go.

// ending pins the current epoch and says that a commit is under way.
func (es *epochs) ending() error {
	if es.shared {
		return nil
	}
	e := es.now()
	if e.pin.Load() == nil {
		p, err := es.newPin(e)
		if err != nil {
			return err
		}
		e.pin.Store(p)
	}
	es.ticks.Add(1)
	return nil
}

// newPin begins a transaction on the epoch's state. The writer calls it, so that
// no commit can come in between.
func (es *epochs) newPin(e *epoch) (*pin, error) {
	conn, err := es.takeSpare()
	if err != nil {
		return nil, err
	}
	version, err := beginAt(conn)
	if err == nil && version != e.version {
		err = errForeign
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &pin{conn: conn}, nil
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
