package sqldb

import "time"

// micros stores a time as microseconds of UTC, and the zero time as NULL.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// timeAt reads what micros stored.
func timeAt(r Row, i int) time.Time {
	if r.Null(i) {
		return time.Time{}
	}
	return time.UnixMicro(r.Int(i)).UTC()
}
