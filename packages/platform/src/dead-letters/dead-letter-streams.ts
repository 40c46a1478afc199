import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamManager,
} from "@nats-io/jetstream";
import { platformError } from "oxbow/internal";
import { ensureStream, type OwnStream } from "./ensure-stream.ts";
import { present } from "./origin.ts";
import {
  intakeStream,
  intakeSubjects,
  jobSubjects,
  letterStream,
  letterSubjects,
  resendStream,
  resendSubjects,
  workConsumer,
} from "./places.ts";

const dayNs = 24 * 60 * 60 * 1_000_000_000;
/** What waits to become dead letters, while no worker runs: at most, and at most so long. */
const intakeMessagesMax = 1_000_000;
const intakeDaysMax = 30;
/** How long dead letters are kept unless somebody says otherwise. */
const letterDays = 30;
const ackWaitNs = 30_000_000_000;

/** A stream as it is made. What can be set by users stays as they set it. */
const streams: readonly OwnStream[] = [
  {
    name: letterStream,
    description: "Dead letters",
    subjects: [...letterSubjects],
    max_age: letterDays * dayNs,
    // What a dead letter is replaced with when it is dropped has its subject.
    max_msgs_per_subject: 1,
    allow_direct: true,
    allow_msg_ttl: true,
  },
  {
    name: resendStream,
    description: "What is resent of dead letters",
    subjects: [...resendSubjects],
    max_age: letterDays * dayNs,
    max_msgs_per_subject: 1,
    allow_direct: true,
    allow_msg_ttl: true,
  },
  {
    name: intakeStream,
    description: "What is to become dead letters",
    subjects: [...intakeSubjects],
    retention: "workqueue",
    max_msgs: intakeMessagesMax,
    max_age: intakeDaysMax * dayNs,
  },
];

/**
 * Makes the streams of dead letters where they are missing, the intake last: what it takes in can be kept then.
 *
 * @throws OxbowError `DEAD_LETTER_UNAVAILABLE`
 */
export async function ensureStreams(manager: JetStreamManager, replicas: number): Promise<void> {
  for (const config of streams) {
    await explained(config.name, () =>
      ensureStream(manager, { ...config, num_replicas: replicas }),
    );
  }
  await explained(resendStream, () => addConsumer(manager, resendStream, jobSubjects));
  await explained(intakeStream, () => addConsumer(manager, intakeStream, undefined));
}

/** By which workers share what there is to do. One that is there stays as it is. */
async function addConsumer(
  manager: JetStreamManager,
  stream: string,
  filter: string | undefined,
): Promise<void> {
  if ((await present(() => manager.consumers.info(stream, workConsumer))) !== undefined) return;
  await manager.consumers.add(stream, {
    durable_name: workConsumer,
    name: workConsumer,
    description: "Workers of dead letters",
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: ackWaitNs,
    max_deliver: -1,
    ...(filter !== undefined && { filter_subject: filter }),
  });
}

async function explained<T>(stream: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    const message = `the stream ${stream} can't be made: ${error.message}`;
    throw platformError("DEAD_LETTER_UNAVAILABLE", message, { cause: error });
  }
}
