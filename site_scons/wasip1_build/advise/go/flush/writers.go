package flush

// maker is a constructor of a writer that keeps what it is given until it is told to pass it on.
type maker struct {
	to  int    // which argument it writes to
	end string // the method without which the rest is lost
}

var makers = map[string]maker{
	"bufio.NewWriter": {0, "Flush"}, "bufio.NewWriterSize": {0, "Flush"},
	"encoding/csv.NewWriter": {0, "Flush"}, "text/tabwriter.NewWriter": {0, "Flush"},
	"compress/gzip.NewWriter": {0, "Close"}, "compress/gzip.NewWriterLevel": {0, "Close"},
	"compress/zlib.NewWriter": {0, "Close"}, "compress/zlib.NewWriterLevel": {0, "Close"},
	"compress/flate.NewWriter": {0, "Close"}, "compress/lzw.NewWriter": {0, "Close"},
	"archive/zip.NewWriter": {0, "Close"}, "archive/tar.NewWriter": {0, "Close"},
	"encoding/base64.NewEncoder": {1, "Close"},
}

// ends are the methods after which nothing is kept; WriteAll is csv's, and Reset is meant.
var ends = map[string]bool{"Flush": true, "Close": true, "WriteAll": true, "Reset": true}

// gives are the methods that write, or only ask.
var gives = map[string]bool{
	"Write": true, "WriteString": true, "WriteByte": true, "WriteRune": true, "ReadFrom": true,
	"WriteHeader": true, "Create": true, "CreateHeader": true, "AddFS": true,
}

var asks = map[string]bool{
	"Available": true, "AvailableBuffer": true, "Buffered": true, "Size": true, "Error": true,
	"SetComment": true,
}

// passing are functions that write to one of their arguments, or make something that does, and
// never flush it: which. Not here is what wraps a writer in a bufio.Writer, which is that writer
// itself where it is one already (csv, xml, zip), and what flushes one that it is given (gif, jpeg,
// lzw): seen in the sources of Go 1.27.3.
var passing = map[string]int{
	"fmt.Fprint": 0, "fmt.Fprintf": 0, "fmt.Fprintln": 0, "io.WriteString": 0, "io.Copy": 0,
	"io.CopyN": 0, "io.CopyBuffer": 0, "encoding/binary.Write": 0,
	"encoding/json.NewEncoder": 0, "encoding/gob.NewEncoder": 0, "log.New": 0,
	"encoding/hex.NewEncoder": 0, "encoding/hex.Dumper": 0, "encoding/base64.NewEncoder": 1,
	"text/tabwriter.NewWriter": 0, "image/png.Encode": 0,
	"compress/gzip.NewWriter": 0, "compress/zlib.NewWriter": 0, "compress/flate.NewWriter": 0,
	"(*text/template.Template).Execute": 0, "(*text/template.Template).ExecuteTemplate": 0,
	"(*html/template.Template).Execute": 0, "(*html/template.Template).ExecuteTemplate": 0,
	"(*strings.Replacer).WriteString": 0, "(*bytes.Buffer).WriteTo": 0, "(*strings.Reader).WriteTo": 0,
	"go/format.Node": 0, "go/printer.Fprint": 0,
}
