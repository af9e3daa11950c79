package query

// Error is a fault of the client's query, order or page.
type Error struct {
	Place   Place
	Message string
}

// Place is what an Error is about; each is shown in another form.
type Place uint8

// The places of faults.
const (
	Query  Place = iota // a condition
	Format              // the query as a whole
	List                // order and page
)

// Error implements error, for the log.
func (e *Error) Error() string { return e.Message }

func queryError(message string) error { return &Error{Query, message} }

// Faults of orders and pages. They never change.
var (
	errWrongPage    = &Error{List, "Incorrect page parameter provided."}
	errWrongOrder   = &Error{List, "Incorrect order_by parameter provided."}
	errCannotOrder  = &Error{List, "Cannot use specified order_by field."}
	errMissingIndex = &Error{List, "Cannot use specified order_by field. Set required index on schema first."}
)

// Faults of queries that are too large. They never change.
var (
	errTooManyFields     = &Error{Format, "Too many conditions defined (exceeds 16)."}
	errTooManyConditions = &Error{Format, "Too many conditions defined (exceeds 128)."}
	errTooDeep           = &Error{Format, "Too many nested queries defined (exceeds 3)."}
)
