package bench

// Command is "bench" on a command line read by kong, which must bind a
// context.Context.
type Command struct {
	Load loadCommand `cmd:"" help:"Fill a store with synthetic users. It can be stopped and goes on where it was."`
}
