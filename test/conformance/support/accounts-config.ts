/**
 * The accounts of `accounts.txt`, as nats-server's configuration file says them. Each has a user that is called like it,
 * with that as password.
 */
export const accountsConfig: string = `
server_name: "srv"
accounts {
  a {
    users: [{user: a, password: a}]
    exports: [
      {service: "q.one"}
      {service: "q.stream", response_type: stream}
      {service: "q.chunk", response_type: chunked}
      {service: "q.w.*.*"}
      {service: "q.traced.>", allow_trace: true}
      {service: "q.slow", latency: "latency.slow"}
      {service: "q.headers", latency: {sampling: headers, subject: "latency.headers"}}
      {service: "q.mapped"}
      {stream: "s.>"}
      {stream: "p.*.*"}
    ]
    mappings = { "q.mapped": "q.mapped.v2" }
  }
  b {
    users: [{user: b, password: b}]
    imports: [
      {service: {account: a, subject: "q.one"}}
      {service: {account: a, subject: "q.stream"}, to: "ask.stream"}
      {service: {account: a, subject: "q.chunk"}, share: true}
      {service: {account: a, subject: "q.w.*.*"}, to: "my.$2.$1"}
      {service: {account: a, subject: "q.traced.>"}}
      {service: {account: a, subject: "q.slow"}, share: true}
      {service: {account: a, subject: "q.headers"}}
      {service: {account: a, subject: "q.mapped"}}
      {stream: {account: a, subject: "s.>"}, prefix: "from.a"}
      {stream: {account: a, subject: "p.*.*"}, to: "mine.$2.$1", allow_trace: true}
    ]
    exports: [
      {service: "ask.stream", response_type: stream}
      {service: "q.one", allow_trace: true}
    ]
  }
  c {
    users: [{user: c, password: c}]
    imports: [
      {service: {account: b, subject: "ask.stream"}, to: "chain"}
      {service: {account: b, subject: "q.one"}, to: "chain.one"}
      {service: {account: "$SYS", subject: "$SYS.DEBUG.SUBSCRIBERS"}}
    ]
    mappings = {
      "m.*": "n.{{wildcard(1)}}"
      "part.*": "part.{{partition(5,1)}}.{{wildcard(1)}}"
      "lost": [{destination: "lost", weight: 0%}]
      "cut.*": "cut.{{left(1,2)}}.{{right(1,1)}}.{{slicefromleft(1,2)}}.{{SplitFromRight(1,3)}}"
      "dash.*": "dash.{{split(1,-)}}"
    }
    msg_trace: "account.traces"
  }
  d {
    users: [{user: d, password: d, permissions: {publish: {deny: ["secret", "hidden"]}}}]
  }
  $SYS { users: [{user: sys, password: sys}], exports: [{service: "$SYS.DEBUG.SUBSCRIBERS"}] }
}
`;
