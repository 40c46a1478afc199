import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { skip } from "./support/chromium.ts";
import { ConsoleScene } from "./support/console-scene.ts";

/** What may come over the wire before the overview is whole, of scripts. */
const scriptBytesMax = 300_000;
/** What other pages are made with, by names that stand in it after it was made smaller. */
const ofOthers = { CodeMirror: "cm-editor", "React Flow": "react-flow__" };

/**
 * Goal: who opens the console waits for no script but those of the overview, and for few bytes. Method: what Chromium, with
 * nothing in its cache, is sent until the charts are drawn.
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
});
