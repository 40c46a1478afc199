import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { skip } from "./support/chromium.ts";
import { confirm } from "./support/confirm.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

/**
 * Goal: buckets, keys and objects are made, looked at, changed and taken out in the console; nobody overwrites unseen what
 * somebody else has written; who may not change something is not offered it. Method: Chromium, against a server that was
 * just started, while others change the same by the API.
 */
suite("keys and objects in the console", { skip }, () => {
  test("a bucket and its keys, from the first to the last", async () => {
    await using scene = await ConsoleScene.open();
    // That a key has no value, and that somebody was first, is told by these.
    scene.expectedStatuses.add(404).add(412);
    const page = await scene.enter();
    await page.getByRole("link", { name: "Storage" }).click();
    await page.getByText("There is no bucket yet").waitFor();
    await page.getByRole("button", { name: "New bucket" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("settings");
    await page.getByRole("textbox", { name: "Description", exact: true }).fill(probe);
    await scene.isAccessible(page);
    await scene.picture(page, "storage-new-bucket");
    await page.getByRole("button", { name: "Create bucket" }).click();
    await page.getByText("No key has a value yet.").waitFor();

    await page.getByRole("button", { name: "New key" }).click();
    await page.getByRole("textbox", { name: "Key", exact: true }).fill("web.theme");
    await write(page, JSON.stringify({ theme: "dark", probe }));
    await page.getByRole("button", { name: "Put value" }).click();
    const drawer = page.getByRole("dialog", { name: "web.theme", exact: true });
    await drawer.getByText("Revision 1,").waitFor();
    await drawer.getByText('"dark"').waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "storage-key");

    await drawer.getByRole("button", { name: "Edit" }).click();
    await write(page, "mine");
    await scene.api("PUT", "/kv/settings/keys/web.theme", { theme: "theirs" });
    await page.getByRole("button", { name: "Put value" }).click();
    await page.getByText("It has revision 2 now").waitFor();
    await page.getByText('"theirs"').waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "storage-conflict");
    await page.getByRole("button", { name: "Overwrite with mine" }).click();
    await drawer.getByText("Revision 3,").waitFor();
    await drawer.getByText("mine", { exact: true }).waitFor();

    await drawer.getByRole("tab", { name: "History" }).click();
    await drawer.getByText("Revision 2", { exact: true }).waitFor();
    await scene.picture(page, "storage-history");
    await drawer.getByRole("button", { name: "Put it again" }).last().click();
    await page.getByRole("button", { name: "Put value" }).click();
    await drawer.getByText("Revision 4,").waitFor();

    await drawer.getByRole("button", { name: "Delete" }).click();
    await scene.api("PUT", "/kv/settings/keys/web.theme", "unseen");
    const question = page.getByRole("dialog", { name: "Delete the value of web.theme" });
    await press(question, "Delete");
    await question.getByText("somebody has changed it meanwhile").waitFor();
    await drawer.getByText("Revision 5,").waitFor();
    await press(question, "Delete");
    await drawer.getByText("It has no value").waitFor();
    await drawer.getByRole("button", { name: "Purge" }).click();
    await press(page.getByRole("dialog", { name: "Purge web.theme" }), "Purge");
    await drawer.getByText("Revision 2", { exact: true }).waitFor({ state: "detached" });
    await drawer.getByText("purged").waitFor();
    await drawer.getByRole("button", { name: "Close" }).click();

    await page.getByRole("switch", { name: "Live: changes as they come" }).click();
    await page.getByText("Watching: nothing has changed yet.").waitFor();
    await scene.api("PUT", "/kv/settings/keys/app.size", 12);
    await page.getByRole("log").getByText("app.size").waitFor();
    await page.getByRole("link", { name: "app.size" }).waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "storage-live");
    await page.getByRole("textbox", { name: "Find keys" }).fill("web.*");
    await page.getByText("No key like that has a value.").waitFor();
    await page.getByRole("button", { name: "Delete bucket" }).click();
    await confirm(page, "Delete bucket", "settings");
    await page.getByText("There is no bucket yet").waitFor();
    await scene.hasRunNothing(page);
  });

  test("an object store: upload, replace, download, delete", async () => {
    await using scene = await ConsoleScene.open();
    const page = await scene.enter();
    await scene.look(page, "/storage?tab=objects", "There is no object store yet");
    await page.getByRole("button", { name: "New object store" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("files");
    await page.getByRole("button", { name: "Create store" }).click();
    await page.getByText("There is no object in it yet.").waitFor();
    await choose(page, "first");
    await page.getByRole("textbox", { name: "Name of the object" }).fill(probe);
    await scene.isAccessible(page);
    await scene.picture(page, "storage-upload");
    await page.getByRole("button", { name: "Upload" }).click();
    await page.getByRole("link", { name: probe }).waitFor();
    await choose(page, "the second");
    await page.getByRole("textbox", { name: "Name of the object" }).fill(probe);
    await page.getByRole("button", { name: "Upload" }).click();
    await press(page.getByRole("dialog", { name: "There is an object of that name" }), "Replace");
    await page.getByRole("cell", { name: "10 B" }).waitFor();
    await page.getByRole("link", { name: probe }).click();
    const drawer = page.getByRole("dialog", { name: probe });
    await drawer.getByText("text/plain").waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "storage-object");
    const downloading = page.waitForEvent("download");
    await drawer.getByRole("link", { name: "Download" }).click();
    assert.equal(await readFile(await (await downloading).path(), "utf8"), "the second");
    await drawer.getByRole("button", { name: "Delete" }).click();
    await press(page.getByRole("dialog", { name: "Delete the object" }), "Delete");
    await page.getByText("There is no object in it yet.").waitFor();
    await page.getByRole("button", { name: "Delete store" }).click();
    await confirm(page, "Delete store", "files");
    await page.getByText("There is no object store yet").waitFor();
    await scene.hasRunNothing(page);
  });

  test("every text is shown as text, in dark, at 390 px, and to who may only look", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/kv/settings", { description: probe, history: 5 });
    await scene.api("PUT", "/kv/settings/keys/web.theme", { [probe]: probe });
    await scene.api("PUT", "/kv/settings/keys/web.theme", probe);
    await scene.api("PUT", "/objects/files", { description: probe });
    const object = `/objects/files/objects/${encodeURIComponent(probe)}`;
    await scene.api("PUT", `${object}?description=${encodeURIComponent(probe)}`, probe);
    const key = "/storage/kv/settings?key=web.theme";
    const shown = `/storage/objects/files?object=${encodeURIComponent(probe)}`;
    const dark = await scene.enter({ colorScheme: "dark" });
    for (const [path, text, what] of [
      ["/storage", /window\.hit/, "storage"],
      ["/storage/kv/settings?live=yes", "Watching", "bucket"],
      [`${key}&tab=history`, "Put it again", "history"],
      [shown, "Digest", "object"],
    ] as const) {
      await looked(scene, dark, path, text, `storage-${what}-dark`);
    }
    const narrow = await scene.enter({ viewport: { width: 390, height: 844 } });
    for (const [path, text, what] of [
      ["/storage?tab=objects", /window\.hit/, "stores"],
      [key, "Revision 2,", "key"],
      ["/storage/objects/files", "Upload a file", "objects"],
    ] as const) {
      await looked(scene, narrow, path, text, `storage-${what}-390`);
    }
    await looksOnly(scene);
  });
});

async function looked(
  scene: ConsoleScene,
  page: Page,
  path: string,
  text: string | RegExp,
  picture: string,
): Promise<void> {
  await scene.look(page, path, text);
  await scene.isAccessible(page);
  await scene.picture(page, picture);
  await scene.hasRunNothing(page);
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Value" }).fill(text);
}

async function choose(page: Page, content: string): Promise<void> {
  const file = { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from(content) };
  await page.locator("input[type=file]").setInputFiles(file);
}

async function press(dialog: Locator, action: string): Promise<void> {
  await dialog.getByRole("button", { name: action, exact: true }).click();
}

/** An operator of all stations sees what there is, and is offered no change of it. */
async function looksOnly(scene: ConsoleScene): Promise<void> {
  const password = "secret-of-ann";
  await scene.api("PUT", "/users/ann", { role: "operator", read: ["*"], write: ["*"], password });
  const page = await scene.visit();
  await page.goto(`${scene.ready.httpUrl}/storage`);
  await page.getByRole("textbox", { name: "User" }).fill("ann");
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByText(/To make buckets and stores.*takes the role owner/).waitFor();
  assert.equal(await page.getByRole("button", { name: "New bucket" }).count(), 0);
  await page.getByRole("link", { name: "settings" }).click();
  await page.getByText(/To change what a bucket holds takes the role owner/).waitFor();
  await page.getByRole("link", { name: "web.theme" }).click();
  await page.getByRole("link", { name: "Save value" }).waitFor();
  await scene.picture(page, "storage-looks-only");
  for (const name of ["New key", "Delete bucket", "Edit", "Delete", "Purge"]) {
    assert.equal(await page.getByRole("button", { name, exact: true }).count(), 0, name);
  }
  await scene.look(page, "/storage/objects/files", /To change what a store holds takes the role/);
  assert.equal(await page.getByRole("button", { name: /Upload|Delete store/ }).count(), 0);
}
