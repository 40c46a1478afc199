import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { SnippetPlace } from "../../../packages/console/src/parts/snippets/snippet.ts";
import { snippetsFor } from "../../../packages/console/src/parts/snippets/snippets.ts";
import { basic, bearer } from "../../interop/http/http-scene.ts";
import { RunningCommand } from "../support/command.ts";
import { skip } from "./support/chromium.ts";
import { ConsoleScene } from "./support/console-scene.ts";
import { PastedModule, pastedShell } from "./support/pasted.ts";

/** Goal: the code that the console shows works when it is pasted. Method: what the page is made of is run as it is, where its
 * language is at hand, for a user who may use that station and nothing else. */
function codeOf(place: SnippetPlace, id: string): { produce: string; consume: string } {
  const found = snippetsFor(place).find((each) => each.id === id);
  assert.ok(found !== undefined);
  return found;
}

async function firstLine(code: string): Promise<string> {
  await using pasted = await PastedModule.run(code);
  return await pasted.line();
}

suite("code of the console", { skip }, () => {
  test("runs as it is pasted, with and without credentials, and for partitions", async () => {
    await using server = new RunningCommand([
      "start",
      "--memory",
      "--port",
      "0",
      "--json",
      "--auth",
    ]);
    const ready = await server.event<{
      url: string;
      httpUrl: string;
      owner: { user: string; password: string };
    }>();
    const api = `${ready.httpUrl}/api/v1`;
    const { user, password } = ready.owner;
    const ask = async (method: string, path: string, body: unknown): Promise<unknown> => {
      const headers = { ...basic(user, password), "content-type": "application/json" };
      const answer = await fetch(`${api}${path}`, { method, headers, body: JSON.stringify(body) });
      assert.ok(answer.ok, path);
      return answer.json();
    };
    await ask("PUT", "/stations/eu.orders", {});
    await ask("PUT", "/users/app", { read: ["eu.orders"], write: ["eu.orders"] });
    const { secret } = (await ask("POST", "/users/app/keys", {})) as { secret: string };
    const place: SnippetPlace = {
      natsUrl: ready.url,
      httpUrl: ready.httpUrl,
      station: "eu.orders",
      stream: "eu#orders",
      partitions: 1,
      isManaged: true,
      token: secret,
    };
    const told = await fetch(`${api}/endpoints`, { headers: bearer(secret) });
    const nats = {
      port: Number(new URL(ready.url).port),
      isAuthRequired: true,
      isEncrypted: false,
    };
    assert.deepEqual(await told.json(), { nats });
    for (const id of ["typescript", "typescript-nats"]) {
      const { produce, consume } = codeOf(place, id);
      assert.match(await firstLine(produce), /^stored \d$/);
      assert.equal(await firstLine(consume), "got 1");
    }
    const curl = codeOf(place, "curl");
    assert.match(await pastedShell(curl.produce), /"sequence":3/);
    assert.match(await pastedShell(curl.consume), /"settled":1/);
    const command = codeOf(place, "oxbow");
    assert.match(await pastedShell(command.produce), /eu\.orders/);
    const consuming = pastedShell(
      command.consume.replace("oxbow consume", "oxbow consume --count 1"),
    );
    assert.match(await consuming, /"id"/);
    const natsCode = codeOf(place, "nats");
    assert.match(await pastedShell(`${natsCode.produce} 2>&1`), /Stored in Stream: eu#orders/);
    assert.match(await pastedShell(`${natsCode.consume} 2>&1`), /Acknowledged message/);
  });

  test("is shown with what it needs, and an access key is made for it", async () => {
    await using scene = await ConsoleScene.open("--auth");
    const { user, password } = scene.owner;
    for (const name of ["orders", "many"]) {
      const answer = await fetch(`${scene.ready.httpUrl}/api/v1/stations/${name}`, {
        method: "PUT",
        headers: { ...basic(user, password), "content-type": "application/json" },
        body: JSON.stringify(name === "many" ? { partitions: 3 } : {}),
      });
      assert.ok(answer.ok);
    }
    const page = await scene.enter();
    await page.getByText("First steps").waitFor();
    await scene.look(page, "/stations/orders?tab=code", "oxk_YOUR_ACCESS_KEY");
    await scene.isAccessible(page);
    await page.getByRole("button", { name: "Make an access key for orders" }).click();
    await page.getByText("The code has a new access key").waitFor();
    await page.getByRole("tab", { name: "curl" }).click();
    await page.getByRole("button", { name: "Copy: produce" }).waitFor();
    const code = (await page.locator("pre:visible").first().textContent()) ?? "";
    assert.match(await pastedShell(code), /"sequence":1/);
    await scene.picture(page, "code-with-key");
    const dark = await scene.enter({ colorScheme: "dark", viewport: { width: 390, height: 844 } });
    await scene.look(dark, "/stations/many?tab=code", "Make an access key for many");
    await dark.getByRole("tab", { name: "Python" }).click();
    await dark.getByText("That is partition 1 of 3").waitFor();
    await scene.isAccessible(dark);
    await scene.picture(dark, "code-narrow-dark");
  });
});
