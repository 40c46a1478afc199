import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { RunningCommand } from "../support/command.ts";
import { skip } from "./support/chromium.ts";
import { ConsoleScene } from "./support/console-scene.ts";

/**
 * Goal: what is not there, and a server that is not there, are said as they are, and the page goes on when the server is back.
 * Method: a server is stopped under an open page, and another one started on its data and ports.
 */
suite("what is not there, in the console", { skip }, () => {
  test("things are said not to be there, with where to go from there", async () => {
    await using scene = await ConsoleScene.open();
    scene.expectedStatuses.add(404);
    const page = await scene.enter();
    for (const [path, text, link] of [
      ["/stations/nope", "There is no station nope.", "Stations"],
      ["/stations/nope/messages/1/1", "There is no station nope.", "Stations"],
      ["/schemas/nope", "There is no schema nope", "Schemas"],
      ["/users/nope", "There is no user nope", "Users"],
      ["/storage/kv/nope", "nope", "Storage"],
      ["/storage/objects/nope", "nope", "Storage"],
      ["/nothing/at/all", "The link is wrong", "Overview"],
    ] as const) {
      await scene.look(page, path, text);
      await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
      await page.getByRole("link", { name: `Go to: ${link}` }).waitFor();
    }
    await scene.isAccessibleInBoth(page, "nothing-here");
  });

  test("a server that is stopped is missed, and found again", async () => {
    const home = await mkdtemp(join(tmpdir(), "oxbow-away-"));
    const start = ["start", "--data", join(home, "data"), "--json"];
    try {
      const server = new RunningCommand([...start, "--port", "0"]);
      await using scene = await ConsoleScene.at(server, () => server.event());
      scene.expectedFailures = /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/;
      await scene.api("PUT", "/stations/orders");
      const page = await scene.enter();
      await scene.look(page, "/stations/orders", "No messages yet");
      await server.stop("SIGTERM");
      await page.getByText("The server does not answer").waitFor();
      await scene.isAccessibleInBoth(page, "server-away");
      const ports = [scene.ready.url, scene.ready.httpUrl].map((url) => new URL(url).port);
      const flags = ["--port", ports[0] ?? "", "--http-port", ports[1] ?? ""];
      await using again = new RunningCommand([...start, ...flags]);
      assert.equal((await again.event<{ httpUrl: string }>()).httpUrl, scene.ready.httpUrl);
      await page.getByText("The server does not answer").waitFor({ state: "detached" });
    } finally {
      await rm(home, { recursive: true });
    }
  });
});
