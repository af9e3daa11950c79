package main

import (
	"log/slog"

	"github.com/dragoman-gateway/dragoman/cmd/dragoman/internal/edge"
)

// logs are the two ways into one stream of lines.
type logs struct {
	*slog.Logger
	sink     *edge.Sink
	requests *edge.RequestLog
}

func (o logOptions) open(std streams) *logs {
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.Level)); err != nil {
		level = slog.LevelInfo // the command line knows the names
	}
	sink := edge.NewSink(std.err)
	var handler slog.Handler = slog.NewTextHandler(sink, &slog.HandlerOptions{Level: level})
	if o.Format == "json" {
		handler = slog.NewJSONHandler(sink, &slog.HandlerOptions{Level: level})
	}
	return &logs{Logger: slog.New(handler), sink: sink, requests: edge.NewRequestLog(sink, o.Format == "json", level)}
}
