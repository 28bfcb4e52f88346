// Package exchange is what the build and the advisor say to each other, as JSON.
package exchange

// Request asks for findings in some main packages.
type Request struct {
	Compiler     string    `json:"compiler"`     // "go" or "tinygo"
	Rules        []string  `json:"rules"`        // the names of those to run
	Ignores      bool      `json:"ignores"`      // whether ignores are judged too
	Dependencies bool      `json:"dependencies"` // whether the rules look at other modules' sources
	Edits        bool      `json:"edits"`        // whether findings are to bring edits
	Packages     []Package `json:"packages"`     // all that the mains are made of
	Mains        []Main    `json:"mains"`
}

// Package is one that go list listed for wasip1.
type Package struct {
	Path      string            `json:"path"`
	Kind      Kind              `json:"kind"`
	Files     []string          `json:"files"`      // absolute
	Ignored   []string          `json:"ignored"`    // those of a package that has no others
	Module    string            `json:"module"`     // "example.com/dep@v1.2.3"; or ""
	Shown     string            `json:"shown"`      // the directory as findings name it
	Imports   []string          `json:"imports"`    // by path, after ImportMap
	ImportMap map[string]string `json:"import_map"` // from what a source says to the package's path
	GoVersion string            `json:"go_version"` // of its go.mod, as "1.24"; or ""
	Export    string            `json:"export"`     // the compiler's export data; or ""
	Error     string            `json:"error"`      // why go list could not load it; or ""
}

// Kind says whose a package is.
type Kind string

const (
	Own      Kind = "own"
	Foreign  Kind = "foreign" // of another module
	Standard Kind = "standard"
)

// Main is one artifact.
type Main struct {
	Artifact    string `json:"artifact"`     // DIR:NAME
	Path        string `json:"path"`         // of its main package
	Kind        string `json:"kind"`         // "command" or "reactor"
	GOGC        string `json:"gogc"`         // as the spec sets it; or ""
	MemoryLimit int64  `json:"memory_limit"` // GOMEMLIMIT in bytes, the same; or 0
	MaxMemory   int64  `json:"max_memory"`   // in bytes, written into the module; or 0
}

// Reactor is the kind of an artifact whose exports the host calls.
const Reactor = "reactor"

// Result is what was found, by artifact.
type Result struct {
	Mains   []Found           `json:"mains"`
	Files   int               `json:"files"`   // how many were read
	Digests map[string]string `json:"digests"` // of files that edits change, by name: SHA-256
}

// Found is what there is to say of one artifact.
type Found struct {
	Artifact string     `json:"artifact"`
	Findings []Finding  `json:"findings"`
	Unloaded []Unloaded `json:"unloaded"`
}

// Unloaded is a package of which the rules say nothing, and why.
type Unloaded struct {
	Package string `json:"package"`
	Why     string `json:"why"`
}

// Finding is one thing that a rule found, at a place in a source of the artifact's own. AtMost is
// the severity above which it does not rise; or "".
type Finding struct {
	Rule    string `json:"rule"`
	AtMost  string `json:"at_most"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Code    string `json:"code"` // the line of the source
	What    string `json:"what"`
	Why     string `json:"why"`
	Fix     string `json:"fix"`
	Details string `json:"details"`
	Edits   []Edit `json:"edits"`   // that do what Fix says, as far as they can be made by rule
	Unmade  string `json:"unmade"`  // why there are no edits; or ""
	Package string `json:"package"` // whose cost in the module is of interest; or ""
}

// Lower keeps the severity from rising above one; where it is lower already, it stays.
func (f *Finding) Lower(atMost string) {
	if atMost == "note" || atMost == "warning" && f.AtMost != "note" {
		f.AtMost = atMost
	}
}

// Edit puts a text in the place of some bytes of a file of the artifact's own; one of a file that
// is not there makes it. Findings that share an edit say it in the same words.
type Edit struct {
	File string `json:"file"` // as findings name it
	From int    `json:"from"` // in bytes
	To   int    `json:"to"`
	Text string `json:"text"`
}
