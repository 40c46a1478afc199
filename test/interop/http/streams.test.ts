import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { text as readText } from "node:stream/consumers";
import { suite, test } from "node:test";
import { WebSocket } from "ws";
import { EventReader } from "./event-reader.ts";
import { HttpScene } from "./http-scene.ts";

async function produce(http: HttpScene, ...values: readonly unknown[]): Promise<void> {
  const body = { messages: values.map((value) => ({ value })) };
  await http.get("POST", "/stations/orders/messages/batch", { body });
}

suite("messages that are streamed over HTTP", () => {
  test("a member of a group gets messages as they come, and settles each by its token", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    const path = "/stations/orders/groups/billing";
    const body = { maxAckTimeMs: 60_000, maxDeliveries: 3 };
    await http.get("PUT", path, { body });
    await using consumer = await EventReader.open(
      `${http.url}/api/v1${path}/consume?prefetch=1&name=till`,
    );
    await produce(http, 1, 2);
    const first = (await consumer.next("message")).data;
    assert.deepEqual([first.payload, first.attempt], ["1", 1]);
    const settle = (token: string, outcome: string): Promise<unknown> =>
      http.get("POST", `${path}/settle`, { body: { messages: [{ token, outcome }] } });
    await settle(first.token, "done");
    const second = (await consumer.next("message")).data;
    await settle(second.token, "again");
    const again = (await consumer.next("message")).data;
    assert.deepEqual([again.payload, again.attempt], ["2", 2]);
    await settle(again.token, "done");
    const members = await http.get("GET", "/consumers?station=orders");
    assert.ok(members.items.some(({ name }: { name: string }) => name === "till"));
    assert.equal((await http.get("GET", `${path}/lag`)).messages ?? 0, 0);
  });

  test("who leaves gives back what was fetched ahead; who may not come in hears so at once", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    await http.get("PUT", "/stations/orders/groups/billing", { body: {} });
    await produce(http, 1, 2, 3);
    const url = `${http.url}/api/v1/stations/orders/groups/billing/consume`;
    {
      await using leaver = await EventReader.open(`${url}?prefetch=1`);
      await leaver.next("message");
    }
    await using stayer = await EventReader.open(url);
    assert.equal((await stayer.next("message")).data.payload !== "1", true);
    await http.refuses(404, "GROUP_NOT_FOUND", [
      "GET",
      "/stations/orders/groups/other/consume?create=false",
    ]);
    await http.refuses(404, "STATION_NOT_FOUND", ["GET", "/stations/none/groups/a/consume"]);
  });

  test("a WebSocket shows messages as they come, to those of this site only", async () => {
    await using http = await HttpScene.open();
    await http.get("PUT", "/stations/orders");
    const url = `${http.url.replace("http", "ws")}/api/v1/stations/orders/tail`;
    const socket = new WebSocket(`${url}?key=*`);
    const texts = messagesOf(socket);
    assert.deepEqual(await texts.next(), { type: "open", station: "orders" });
    await http.get("POST", "/stations/orders/messages/batch", {
      body: { messages: [{ value: "no" }, { value: { id: 1 }, key: "eu" }] },
    });
    const shown = await texts.next();
    assert.deepEqual([shown.type, shown.message.payload], ["message", '{"id":1}']);
    socket.close();
    await once(socket, "close");
    const refused = async (path: string, headers = {}): Promise<number> => {
      const other = new WebSocket(path, { headers });
      const [, response] = await once(other, "unexpected-response");
      other.on("error", () => undefined);
      other.terminate();
      return response.statusCode;
    };
    assert.equal(await refused(url, { origin: "http://evil.example" }), 403);
    assert.equal(await refused(url.replace("orders", "nowhere")), 404);
    // A browser has to log in, also where programs need not.
    assert.equal(await refused(url, { origin: http.url }), 401);
    // Nowhere else is there one.
    assert.equal(await refused(url.replace("/orders/tail", "")), 400);
    assert.equal(await refused(url.replace("/api/v1/stations/orders/tail", "/nowhere")), 400);
  });

  test("who wants to speak something else is told so, and keeps no connection", async () => {
    await using http = await HttpScene.open();
    const { hostname, port } = new URL(http.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /api/v1/stations/orders/messages HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\n12345`,
    );
    // It ends by itself.
    const answer = await readText(socket);
    assert.match(answer, /^HTTP\/1.1 400 /);
    assert.match(answer, /nothing but HTTP is spoken here/);
  });
});

/** What comes, as JSON. */
function messagesOf(socket: WebSocket): {
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  next(): Promise<any>;
} {
  const come: unknown[] = [];
  let wake: (() => void) | undefined;
  socket.on("message", (data: Buffer) => {
    come.push(JSON.parse(data.toString()));
    wake?.();
  });
  return {
    async next() {
      while (come.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return come.shift();
    },
  };
}
