package main

import (
	"log/slog"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/edge"
)

// logs are the program's loggers. Both write to out.
type logs struct {
	*slog.Logger              // written without delay
	requests     *slog.Logger // buffered for a moment
	out          *edge.AsyncWriter
	level        *slog.LevelVar
}

func (o logOptions) open(std streams) *logs {
	level := new(slog.LevelVar)
	level.Set(o.slogLevel())
	out, opts := edge.NewAsyncWriter(std.err), &slog.HandlerOptions{Level: level}
	if o.Format == "json" {
		return &logs{slog.New(slog.NewJSONHandler(out, opts)), slog.New(slog.NewJSONHandler(out.Buffered(), opts)), out, level}
	}
	return &logs{slog.New(slog.NewTextHandler(out, opts)), slog.New(slog.NewTextHandler(out.Buffered(), opts)), out, level}
}

func (o logOptions) slogLevel() slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.Level)); err != nil {
		return slog.LevelInfo // the command line accepts only known levels
	}
	return level
}
