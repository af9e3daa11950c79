package sqldb

// lead makes sure, when the writer has kept all others out, that it knows what
// they have written. What it knew of numbers and names is of no use if they have.
func (db *DB) lead() error {
	for {
		from := db.epochs.now().version
		log, err := readLog(db.writer.conn, from)
		if err != nil {
			return err
		}
		db.follow(from, log)
		now := db.epochs.now()
		if now.version != log[len(log)-1].version {
			continue // a check has overtaken this one
		}
		if now.number != db.number {
			clear(db.next)
		}
		db.version, db.number = now.version, now.number
		return nil
	}
}
