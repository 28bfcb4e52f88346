module example.com/edge

go 1.25

require github.com/fastly/compute-sdk-go v1.8.1
