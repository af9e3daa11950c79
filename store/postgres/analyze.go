package postgres

import "slices"

// The server does not know the sizes of tables until they are analyzed, and plans each
// statement once. A plan from when the tables were empty may look through all users of a
// realm for each name, which a large import would meet until the server's own analysis
// about a minute later. So a transaction that writes much has the tables analyzed when it
// has run analyzeAfter statements, and once more at ten times as many. That makes the
// server plan all statements again.
const analyzeAfter = 500

// analyzing reads a small sample of each table: the plans only need to know that few rows
// have the same name.
var analyzing = []call{
	{sql: "set local default_statistics_target = 10"},
	{sql: "analyze users, handles, groups, memberships, records"},
}

// analyze queues the analysis if it is due. A writer does so once for each size.
func (w *writer) analyze() {
	if w.executed++; w.executed < max(w.analyzeAt, analyzeAfter) || w.e.compatible.Load() {
		return
	}
	w.analyzeAt = 10 * max(w.analyzeAt, analyzeAfter)
	w.queue = slices.Concat(w.queue, analyzing)
}
