module oxbow/test/natscli

go 1.26.8
require github.com/nats-io/natscli v0.4.0
