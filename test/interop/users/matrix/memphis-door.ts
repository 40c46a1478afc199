import { createMemphisInstance } from "memphis-dev";
import { type Door, freshName, helpfulDenial } from "./door.ts";

const stationName = "prod.orders";

/** The published SDK. */
export const memphisDoor: Door = {
  name: "Memphis",
  denial: helpfulDenial,
  async enter({ memphisPort: port }, { user: username, password }) {
    const memphis = createMemphisInstance();
    const given = { host: "127.0.0.1", port, username, password, reconnect: false };
    await memphis.connect({ ...given, suppressLogs: true, timeoutMs: 20_000 });
    const doomed = async (): Promise<void> => {
      await (await memphis.station({ name: "prod.doomed" })).destroy();
    };
    return {
      stay: async () => {
        await memphis.brokerManager.flush();
        return { gone: memphis.brokerManager.closed().then(String) };
      },
      deeds: {
        publish: () => {
          const of = { stationName, producerName: freshName("p"), asyncProduce: false };
          return memphis.produce({ ...of, message: "x" });
        },
        consume: async () => {
          const consumer = await memphis.consumer({
            stationName,
            consumerName: freshName("c"),
            consumerGroup: "billing",
            maxMsgDeliveries: 10,
          });
          const [message] = await consumer.fetch({ batchSize: 1 });
          if (message === undefined) throw new Error("no message");
          message.ack();
          await memphis.brokerManager.flush();
        },
        edit: () => memphis.detachSchema({ stationName }),
        delete: doomed,
      },
      [Symbol.asyncDispose]: () => memphis.close(),
    };
  },
};
