module example.com/plugin

go 1.25

tool github.com/knqyf263/go-plugin/examples/host-functions/plugin

require (
	github.com/knqyf263/go-plugin v0.9.0 // indirect
	github.com/tetratelabs/wazero v1.9.0 // indirect
	google.golang.org/protobuf v1.30.0 // indirect
)
