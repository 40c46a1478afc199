/** One thing that is done, as somebody would type it. */
export interface Act {
  /** What a shell is told. */
  readonly shown: string;
  readonly run: ProgramRun;
  /** The exit status that it must end with: a message that is refused is a failure of its command. */
  readonly status: 0 | 1;
  /** What its output must have in it. */
  readonly tells: RegExp;
  /** How many dead letters the station must have first; they come a moment after what they come of. */
  readonly deadLetters?: number;
}

/** What is run: `oxbow` with arguments, or a program in JavaScript. */
export type ProgramRun =
  | { readonly args: readonly string[]; readonly stdin?: string }
  | { readonly program: string };

/** Acts that belong together, and what they show. */
export interface Chapter {
  readonly title: string;
  readonly acts: readonly Act[];
}

export const station = "orders";
const schema =
  '{"type":"object","required":["id","item"],"properties":{"id":{"type":"integer"},"item":{"type":"string"}}}';

/** The program of the client in JavaScript; a project that has installed `oxbow` runs it as it is. */
export function clientProgram(url: string): string {
  return `import { connect } from "oxbow";

const oxbow = await connect({ servers: "${url}" });
const orders = oxbow.station("${station}");
const { sequence } = await orders.produce({ id: 3, item: "rudder" });
console.log(\`stored as \${sequence}\`);
await orders.produce({ id: "3", item: "rudder" }).catch((error) => console.log(error.message));
await oxbow.close();`;
}

/** All of it, from a schema to a message that is handled at last. */
export function storyOf(url: string): readonly Chapter[] {
  return [
    {
      title: "A schema says what messages must be like, and a station keeps them.",
      acts: [
        oxbow(["schema", "create", "order", "--format", "json"], /^created order$/m, schema),
        oxbow(["station", "create", station], /^created orders$/m),
        oxbow(["schema", "attach", station, "order"], /^orders uses order/m),
      ],
    },
    {
      title: "A message that fits is stored. One that does not is refused, and says why.",
      acts: [
        oxbow(["produce", station, '{"id":1,"item":"oars"}'], /^produced 1 message/m),
        refused(["produce", station, '{"id":1}']),
      ],
    },
    {
      title: "So it is for every NATS client: this one knows nothing of stations.",
      acts: [
        oxbow(["pub", "--jetstream", station, '{"id":2,"item":"anchor"}'], /^stored 1 message/m),
        refused(["pub", "--jetstream", station, "anchor"]),
      ],
    },
    {
      title: "And for the client for JavaScript and TypeScript (npm install oxbow).",
      acts: [
        {
          shown: "node order.mjs",
          run: { program: clientProgram(url) },
          status: 0,
          tells: /^stored as 3\n.*refused by the schema order/m,
        },
      ],
    },
    {
      title: "Each group gets every message. The group shipping fails: it acknowledges none.",
      acts: [
        oxbow(consume("billing"), /"id":1(.*\n)+.*"id":3/),
        oxbow(
          [
            ...["group", "create", station, "shipping"],
            "--max-deliveries",
            "1",
            "--max-ack-time",
            "1s",
          ],
          /^created/m,
        ),
        oxbow([...consume("shipping"), "--no-ack"], /"id":1(.*\n)+.*"id":3/),
      ],
    },
    {
      title: "Nothing is lost: what was refused, and what nobody acknowledged, are dead letters.",
      acts: [
        {
          ...oxbow(["dead-letter", "list", station], /refused(.*\n)+.*shipping +exhausted/),
          deadLetters: 6,
        },
      ],
    },
    {
      title: "shipping is mended, gets its messages again, and no other group does.",
      acts: [
        oxbow(
          [
            ...["group", "edit", station, "shipping"],
            "--max-deliveries",
            "5",
            "--max-ack-time",
            "30s",
          ],
          /^changed/m,
        ),
        oxbow(["dead-letter", "resend", station, "--group", "shipping"], /^.*3 of 3 resent/m),
        oxbow(consume("shipping"), /"id":1(.*\n)+.*"id":3/),
        {
          ...oxbow(["dead-letter", "list", station, "--group", "shipping"], /^no dead letters$/m),
          deadLetters: 3,
        },
      ],
    },
  ];
}

function consume(group: string): string[] {
  return ["consume", station, "--group", group, "--count", "3"];
}

function oxbow(args: readonly string[], tells: RegExp, stdin?: string): Act {
  const line = ["oxbow", ...args].map(quoted).join(" ");
  return {
    shown: stdin === undefined ? line : `echo ${quoted(stdin)} | ${line}`,
    run: { args, ...(stdin !== undefined && { stdin }) },
    status: 0,
    tells,
  };
}

function refused(args: readonly string[]): Act {
  return { ...oxbow(args, /refused by the schema order v1 of station orders/), status: 1 };
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
