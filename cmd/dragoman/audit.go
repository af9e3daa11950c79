package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/dragoman-gateway/dragoman/dialects/gateway/audit"
)

// auditToStderr is the value of --audit that names no file.
const auditToStderr = "stderr"

// openAudit opens the file that changes and logins are appended to.
func (s *server) openAudit(std streams) error {
	switch s.cmd.Audit {
	case "":
		if s.cmd.AuditRequired {
			return exitError{exitUsage, errors.New("--audit-required needs --audit")}
		}
		return nil
	case auditToStderr:
		s.auditor = &audit.Log{Out: std.err, Errors: s.log.Logger, Required: s.cmd.AuditRequired}
		return nil
	}
	f, err := os.OpenFile(s.cmd.Audit, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return exitError{exitUsage, fmt.Errorf("--audit: %w", err)}
	}
	s.auditor, s.audit = &audit.Log{Out: f, Path: s.cmd.Audit, Errors: s.log.Logger, Required: s.cmd.AuditRequired}, f
	return nil
}
