package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
)

// readBody reads to the end of the response and counts the body's bytes.
func (rr *responseReader) readBody(res *response) (int, error) {
	switch {
	case res.status == 204 || res.status == 304:
		return 0, nil
	case rr.chunks:
		return rr.readChunks()
	case rr.length >= 0:
		return int(rr.length), rr.take(rr.length)
	}
	res.close = true
	n := rr.w - rr.r
	err := rr.take(int64(n))
	for err == nil {
		if err = rr.fill(); err == nil {
			n += rr.w - rr.r
			err = rr.take(int64(rr.w - rr.r))
		}
	}
	if err == io.ErrUnexpectedEOF {
		err = nil
	}
	return n, err
}

// readChunks reads all chunks and the trailer.
func (rr *responseReader) readChunks() (total int, err error) {
	for {
		size, err := rr.chunkSize()
		if err != nil {
			return total, err
		}
		if size == 0 {
			return total, rr.skipTrailer()
		}
		if err := rr.take(size); err != nil {
			return total, err
		}
		total += int(size)
		if end, err := rr.line(); err != nil || len(end) > 0 {
			return total, fmt.Errorf("a chunk does not end at its size: %w", orNotHTTP(err))
		}
	}
}

func (rr *responseReader) chunkSize() (int64, error) {
	line, err := rr.line()
	if err != nil {
		return 0, err
	}
	digits := 0
	for digits < len(line) && line[digits] != ';' {
		digits++
	}
	size, err := strconv.ParseInt(string(line[:digits]), 16, 64)
	if err != nil || size < 0 || size > math.MaxInt32 {
		return 0, fmt.Errorf("%q is not a chunk size", line)
	}
	return size, nil
}

func (rr *responseReader) skipTrailer() error {
	for {
		if line, err := rr.line(); err != nil || len(line) == 0 {
			return err
		}
	}
}

// line reads one line, without its end. It is valid until the next read.
func (rr *responseReader) line() ([]byte, error) {
	for looked := 0; ; {
		for i := rr.r + looked; i < rr.w; i++ {
			if rr.buf[i] == '\n' {
				line, _ := cutLine(rr.buf[rr.r : i+1])
				rr.r = i + 1
				return line, nil
			}
		}
		looked = rr.w - rr.r
		if err := rr.fill(); err != nil {
			return nil, err
		}
	}
}

// take consumes n bytes of the body, and keeps them if keep is set.
func (rr *responseReader) take(n int64) error {
	if rr.keep && int64(len(rr.body))+n > keepLimit {
		return fmt.Errorf("a body of more than %d bytes", keepLimit)
	}
	for {
		part := int(min(n, int64(rr.w-rr.r)))
		if rr.keep {
			rr.body = append(rr.body, rr.buf[rr.r:rr.r+part]...)
		}
		rr.r += part
		if n -= int64(part); n == 0 {
			return nil
		}
		if err := rr.fill(); err != nil {
			return err
		}
	}
}

func orNotHTTP(err error) error {
	if err == nil {
		return errNotHTTP
	}
	return err
}
