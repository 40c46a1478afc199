import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { skip } from "./support/chromium.ts";
import { ConsoleScene } from "./support/console-scene.ts";

/** What may come over the wire before the overview is whole, of scripts. */
const scriptBytesMax = 300_000;
/** By Chromium's measure, of which less than 0.1 is good. */
const shiftedMax = 0.05;
const shiftsWatched = `
  globalThis.shifted = 0;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shifted += value;
  }).observe({ type: "layout-shift", buffered: true });
`;
/** What other pages are made with, by names that stand in it after it was made smaller. */
const ofOthers = { CodeMirror: "cm-editor", "React Flow": "react-flow__" };

/**
 * Goal: who opens the console waits for no script but those of the overview, and for few bytes. Method: what Chromium, with
 * nothing in its cache, is sent until the charts are drawn; and by how much what is shown moves while the rest comes.
 */
suite("the first load of the console", { skip }, () => {
  test("takes less than 300 KB of scripts, compressed, and none of other pages", async (t) => {
    await using scene = await ConsoleScene.open();
    const entered = await scene.enter();
    const page = await scene.visit({ storageState: await entered.context().storageState() });
    const loaded: Promise<{ url: string; bytes: number; text: string; isPacked: boolean }>[] = [];
    page.on("requestfinished", (request) => {
      const url = request.url();
      if (!url.endsWith(".js")) return;
      const read = async () => {
        const response = await request.response();
        assert.ok(response !== null, url);
        const { responseBodySize: bytes } = await request.sizes();
        const isPacked = response.headers()["content-encoding"] === "gzip";
        return { url, bytes, text: await response.text(), isPacked };
      };
      loaded.push(read());
    });
    await page.goto(scene.ready.httpUrl);
    const charts = page.getByRole("region", { name: "Over time" });
    await charts.getByRole("img", { name: "Dead letters" }).locator("canvas").waitFor();
    const scripts = await Promise.all(loaded);
    const sum = scripts.reduce((all, { bytes }) => all + bytes, 0);
    t.diagnostic(`${scripts.length} scripts, ${sum} bytes`);
    assert.ok(scripts.length > 10, "they are counted");
    assert.ok(sum < scriptBytesMax, `${sum} bytes`);
    for (const { url, bytes, text, isPacked } of scripts) {
      assert.ok(isPacked || bytes < 1_024, `${url} is compressed`);
      for (const [library, name] of Object.entries(ofOthers)) {
        assert.ok(!text.includes(name), `${url} has nothing of ${library}`);
      }
    }
  });

  test("moves nothing that is there already", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/schemas/order", { format: "json", text: "{}" });
    await scene.api("PUT", "/stations/orders");
    await scene.api("PUT", "/stations/orders/groups/billing");
    await scene.api("POST", "/stations/orders/messages", { id: 1 });
    const entered = await scene.enter();
    const storageState = await entered.context().storageState();
    for (const [path, last] of [
      ["/", "First steps"],
      ["/stations", "orders"],
      ["/stations/orders", "1 shown, which is all."],
      ["/stations/orders?tab=groups", "Each group gets every message"],
      ["/stations/orders?tab=code", "npx oxbow consume"],
      ["/schemas/order", "This is a schema."],
      ["/audit", "schema.create"],
    ] as const) {
      const page = await scene.visit({ storageState });
      await page.addInitScript(shiftsWatched);
      await scene.look(page, path, last);
      const shifted = await page.evaluate("shifted");
      assert.ok(Number(shifted) < shiftedMax, `${path} moves by ${shifted}`);
      await page.context().close();
    }
  });
});
