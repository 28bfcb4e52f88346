// Package memory lends pieces of this module's memory to its host.
//
// Go's collector frees what no Go value refers to, and a host's pointer is only a
// number to it. So a lent buffer is kept in a table and pinned until the host
// gives it back, and what the host passes in is looked up in that table before it
// is read: a host's mistake becomes an error, not a read of something else.
package memory

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"
)

// ErrRange is what errors about pointers that lie in no lent buffer wrap.
var ErrRange = errors.New("no such buffer")

// ErrFull is what errors about buffers that are not lent wrap.
var ErrFull = errors.New("out of buffers")

// Buffers are the pieces that are lent. Make one with New.
type Buffers struct {
	limit int
	lent  int
	table map[uintptr]*buffer
}

type buffer struct {
	bytes []byte
	pin   runtime.Pinner
}

// New returns Buffers that lend at most limit bytes at a time.
func New(limit int) *Buffers {
	return &Buffers{limit: limit, table: map[uintptr]*buffer{}}
}

// Lend returns the address of a new buffer of this size, filled with zeros.
func (b *Buffers) Lend(size int) (uintptr, error) {
	if size < 0 || size > b.limit-b.lent {
		return 0, fmt.Errorf("%w: %d bytes asked for, %d of %d lent", ErrFull, size, b.lent, b.limit)
	}
	// One byte more, so that an empty buffer has an address of its own too.
	return b.keep(make([]byte, size, size+1)), nil
}

// LendBytes lends bytes that are already there, without a copy. The caller gives
// them up. They may exceed the limit, as they are in memory anyway.
func (b *Buffers) LendBytes(bytes []byte) uintptr {
	if cap(bytes) == 0 {
		bytes = make([]byte, 0, 1)
	}
	return b.keep(bytes)
}

func (b *Buffers) keep(bytes []byte) uintptr {
	kept := &buffer{bytes: bytes}
	first := unsafe.SliceData(bytes)
	kept.pin.Pin(first)
	address := uintptr(unsafe.Pointer(first))
	b.table[address] = kept
	b.lent += len(bytes)
	return address
}

// Bytes returns the first size bytes of the buffer at an address, as they are now:
// the host may change them until it calls again.
func (b *Buffers) Bytes(address uintptr, size int) ([]byte, error) {
	kept := b.table[address]
	if kept == nil {
		return nil, fmt.Errorf("%w at %#x", ErrRange, address)
	}
	if size < 0 || size > len(kept.bytes) {
		return nil, fmt.Errorf("%w of %d bytes at %#x: it has %d", ErrRange, size, address, len(kept.bytes))
	}
	return kept.bytes[:size], nil
}

// Return takes a buffer back, after which its address means nothing.
func (b *Buffers) Return(address uintptr) error {
	kept := b.table[address]
	if kept == nil {
		return fmt.Errorf("%w at %#x", ErrRange, address)
	}
	kept.pin.Unpin()
	delete(b.table, address)
	b.lent -= len(kept.bytes)
	return nil
}
