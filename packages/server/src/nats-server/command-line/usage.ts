/** What `--help` prints: the flags, which are nats-server's. */
export const usage = `
Usage: nats-server [options]

Oxbow, started the way nats-server is.

Server:
    -a, --addr, --net <host>         Address to listen on for clients (default 0.0.0.0: all)
    -p, --port <port>                Port for clients; -1 picks a free one (default 4222)
    -n, --name, --server_name <name> Name of the server (default: its id)
    -c, --config <file>              Configuration file; flags go before what it says
    -t                               Check the configuration file and exit
    -P, --pid <file>                 File to write the process id to
        --ports_file_dir <dir>       Directory for the file nats-server_<pid>.ports, which lists URLs to connect to
        --client_advertise <address> Address that clients are told instead of the one it listens on
    -m, --http_port <port>           Port for monitoring over HTTP
    -ms,--https_port <port>          Port for monitoring over HTTPS
    -sl,--signal <signal>[=<pid>]    Send a signal to a running server: stop, quit, term, ldm, reopen or reload;
                                     <pid> is a process id, a file that holds one, or a pattern that ends with *

Logging:
    -l, --log <file>                 File for the log (default: stderr)
        --log_size_limit <bytes>     Size at which a new log file is begun
    -T, --logtime                    Begin lines with process id and time (default true)
        --logtime_utc                Times in UTC
    -s, --syslog                     Log to the system's log
    -r, --remote_syslog <address>    Log to a system log elsewhere, such as udp://localhost:514
    -D, --debug                      Log more
    -V, --trace                      Log the protocol
    -VV                              Log the protocol, that of the system account as well
    -DV                              -D and -V
    -DVV                             -D and -VV
        --max_traced_msg_len <n>     Characters of a message that are logged (default: all)

JetStream:
    -js, --jetstream                 Enable JetStream
    -sd, --store_dir <dir>           Directory for streams

Authorization:
        --user <name>                Name clients must give
        --pass <password>            Password clients must give
        --auth <token>               Token clients must give

TLS:
        --tls                        Enable TLS
        --tlscert <file>             Certificate of the server
        --tlskey <file>              Its private key
        --tlsverify                  Demand a certificate from clients
        --tlscacert <file>           Certificates that sign those of clients

Cluster (one node has no routes: these are refused, or noted in the log):
        --routes, --cluster, --cluster_listen, --cluster_name, --cluster_advertise, --no_advertise,
        --connect_retries

Other:
        --profile <port>             Not supported: Node has profilers of its own
    -h, --help                       Show this
    -v, --version                    Show the version
        --help_tls                   Show how TLS is configured
`;

/** What `--help_tls` prints. */
export const tlsHelp = `
TLS is configured in the tls block of a configuration file:

    tls {
        cert_file: "./certs/server-cert.pem"
        key_file:  "./certs/server-key.pem"
        # To demand certificates from clients:
        ca_file:   "./certs/ca.pem"
        verify:    true
        # To have them name the user:
        verify_and_map: true
        min_version: "1.2"
    }
`;
