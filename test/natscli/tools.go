// Package natscli names the version of the nats command line that the tests in this directory run; `go build` with the
// checksums beside it makes it.
package natscli

import _ "github.com/nats-io/natscli/cli"
