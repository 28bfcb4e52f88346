// Package lines reads text line by line, in bounded memory and with line
// numbers for error messages.
//
// bufio.Scanner stops for good at the first line that does not fit its buffer.
// A filter that runs over other people's logs wants to say so and go on, which
// is what Reader does.
package lines

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// DefaultLimit is the longest line, in bytes, that a Reader made with limit 0
// accepts.
const DefaultLimit = 1 << 20

// chunk is the size of the buffer between the Reader and its source. On wasip1
// each refill is one host call (fd_read); larger buffers gain nothing more.
const chunk = 64 << 10

// ErrTooLong is what errors about a line over the limit wrap. The line has been
// skipped, so the next call of Next reads the line after it.
var ErrTooLong = errors.New("line too long")

// A Reader reads lines. Make one with NewReader.
type Reader struct {
	source *bufio.Reader
	limit  int
	number int
	joined []byte // a line that spans more than one chunk
}

// NewReader returns a Reader of lines of at most limit bytes, without their
// end; 0 stands for DefaultLimit.
func NewReader(source io.Reader, limit int) *Reader {
	if limit <= 0 {
		limit = DefaultLimit
	}
	return &Reader{source: bufio.NewReaderSize(source, chunk), limit: limit}
}

// Number is the number of the line that Next returned last, counted from 1.
func (r *Reader) Number() int { return r.number }

// Next returns the next line without its "\n" or "\r\n". The slice is valid
// until Next is called again. The end of the input is io.EOF; a last line
// without a line end is a line like any other.
func (r *Reader) Next() ([]byte, error) {
	line, err := r.source.ReadSlice('\n')
	if err == nil {
		return r.accept(line)
	}
	if err == bufio.ErrBufferFull {
		return r.long(line)
	}
	if err == io.EOF && len(line) > 0 {
		return r.accept(line)
	}
	return nil, err
}

// long reads on from the first chunk of a line that is longer than one.
func (r *Reader) long(first []byte) ([]byte, error) {
	r.joined = append(r.joined[:0], first...)
	for {
		part, err := r.source.ReadSlice('\n')
		// Two bytes more than the limit, because the line end is cut off later.
		if len(r.joined) <= r.limit+2 {
			r.joined = append(r.joined, part...)
		}
		switch err {
		case bufio.ErrBufferFull:
		case nil, io.EOF:
			return r.accept(r.joined)
		default:
			return nil, err
		}
	}
}

func (r *Reader) accept(line []byte) ([]byte, error) {
	r.number++
	if cut, ok := bytes.CutSuffix(line, []byte("\n")); ok {
		line, _ = bytes.CutSuffix(cut, []byte("\r"))
	}
	if len(line) > r.limit {
		return nil, fmt.Errorf("%w: over %d bytes", ErrTooLong, r.limit)
	}
	return line, nil
}
