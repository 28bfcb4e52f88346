module example.com/aggregate

go 1.25

// Found through ../../go.work.
require example.com/shared v0.0.0
