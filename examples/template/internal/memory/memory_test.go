package memory_test

import (
	"errors"
	"runtime"
	"testing"

	"example.com/template/internal/memory"
)

func TestALentBufferSurvivesTheCollector(t *testing.T) {
	buffers := memory.New(1 << 20)
	address, err := buffers.Lend(5)
	if err != nil {
		t.Fatal(err)
	}
	host, err := buffers.Bytes(address, 5)
	if err != nil {
		t.Fatal(err)
	}
	copy(host, "hello")
	runtime.GC()
	for range 1000 { // would reuse the place if it were free
		_ = make([]byte, 5)
	}
	if got, err := buffers.Bytes(address, 4); err != nil || string(got) != "hell" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestOnlyWhatIsLentCanBeRead(t *testing.T) {
	buffers := memory.New(100)
	address, err := buffers.Lend(10)
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]struct {
		address uintptr
		size    int
	}{
		"an address that was never lent": {address + 1, 1},
		"more than was lent":             {address, 11},
		"a negative size":                {address, -1},
		"the null pointer":               {0, 0},
	} {
		if _, err := buffers.Bytes(read.address, read.size); !errors.Is(err, memory.ErrRange) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := buffers.Return(address); err != nil {
		t.Fatal(err)
	}
	if _, err := buffers.Bytes(address, 1); !errors.Is(err, memory.ErrRange) {
		t.Errorf("after its return: got %v", err)
	}
	if err := buffers.Return(address); !errors.Is(err, memory.ErrRange) {
		t.Errorf("returned twice: got %v", err)
	}
}

func TestTheLimitCountsWhatIsLentNow(t *testing.T) {
	buffers := memory.New(100)
	first, err := buffers.Lend(60)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{41, 1 << 40, -1} {
		if _, err := buffers.Lend(size); !errors.Is(err, memory.ErrFull) {
			t.Errorf("%d bytes: got %v", size, err)
		}
	}
	if err := buffers.Return(first); err != nil {
		t.Fatal(err)
	}
	if _, err := buffers.Lend(100); err != nil {
		t.Errorf("all of it: got %v", err)
	}
}

func TestEmptyBuffersHaveAddressesOfTheirOwn(t *testing.T) {
	buffers := memory.New(0)
	first, err := buffers.Lend(0)
	if err != nil {
		t.Fatal(err)
	}
	second := buffers.LendBytes(nil)
	if first == 0 || second == 0 || first == second {
		t.Errorf("got %#x and %#x", first, second)
	}
}
