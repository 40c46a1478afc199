import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Page } from "playwright-core";
import { skip } from "./support/chromium.ts";
import { confirm } from "./support/confirm.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

/**
 * Goal: users, keys and tenants are made, changed and taken out in the console, secrets are shown once, and who may not do
 * something is not offered it. Method: Chromium, against a server that was just started.
 */
suite("users and tenants in the console", { skip }, () => {
  test("make a user, give and revoke a key, keep it out, delete it; a tenant likewise", async () => {
    await using scene = await ConsoleScene.open();
    const page = await scene.enter();
    await page.getByRole("link", { name: "Users" }).click();
    await page.getByText("There is no user yet").waitFor();
    await page.getByRole("button", { name: "New user" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("ann");
    await page.getByRole("radio", { name: "Operator" }).check();
    const patterns = page.getByRole("combobox", { name: "Stations that it may write to" });
    await patterns.press("Backspace");
    await patterns.fill("prod.*");
    await patterns.press("Enter");
    await page.getByText("publish to prod.*").waitFor();
    await page.getByRole("textbox", { name: "Description", exact: true }).fill(probe);
    await scene.isAccessible(page);
    await scene.picture(page, "new-user");
    await page.getByRole("button", { name: "Create user" }).click();
    const password = await secret(page);
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("link", { name: "ann" }).click();
    await page.getByRole("heading", { name: "ann" }).waitFor();
    await page.getByRole("button", { name: "New access key" }).click();
    await page.getByRole("textbox", { name: "For" }).fill(probe);
    await page.getByRole("button", { name: "Create key" }).click();
    const key = await secret(page);
    await page.getByRole("button", { name: "Done" }).click();
    const asAnn = (token: string): Promise<Response> =>
      fetch(`${scene.ready.httpUrl}/api/v1/caller`, {
        headers: { Authorization: `Bearer ${token}` },
      });
    assert.equal((await asAnn(key)).status, 200);
    await scene.isAccessible(page);
    await scene.picture(page, "user");

    await viewedByAnn(scene, password);
    await page.getByRole("radio", { name: "Viewer" }).check();
    await page.getByRole("button", { name: "Save rights" }).click();
    await page.getByText("ann may do that from now on.").waitFor();
    await page.getByRole("button", { name: /^Revoke/ }).click();
    await confirm(page, "Revoke");
    await page.getByText("None yet. A program logs in by one").waitFor();
    assert.equal((await asAnn(key)).status, 401);
    await page.getByRole("switch", { name: "It may connect" }).click();
    await confirm(page, "Keep out");
    await page.getByText("kept out", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Give another password" }).click();
    await confirm(page, "Give another password");
    assert.notEqual(await secret(page), password);
    await page.getByRole("button", { name: "Delete" }).click();
    await confirm(page, "Delete", "ann");
    await page.getByText("There is no user yet").waitFor();

    await page.getByRole("link", { name: "Tenants" }).click();
    await page.getByRole("button", { name: "New tenant" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("acme");
    await page.getByRole("textbox", { name: "Description", exact: true }).fill(probe);
    await page.getByRole("textbox", { name: "Storage on disk, GiB" }).fill("2");
    await page.getByRole("button", { name: "Create tenant" }).click();
    await page.getByText("0 B of 2.0 GiB").waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "tenants");
    await page.getByRole("button", { name: "Change acme" }).click();
    await page.getByRole("textbox", { name: "Connections" }).fill("5");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("0 of 5").waitFor();
    await page.getByRole("button", { name: "Delete acme" }).click();
    await confirm(page, "Delete", "acme");
    await page.getByText("0 of 5").waitFor({ state: "detached" });
    await scene.hasRunNothing(page);
  });

  test("every text of them is shown as text, in dark, and at 390 px", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/tenants/acme", { description: probe });
    await scene.api("PUT", "/users/app", { description: probe, read: ["prod.*"], write: ["*"] });
    await scene.api("POST", "/users/app/keys", { description: probe });
    for (const [options, name] of [
      [{ colorScheme: "dark" }, "dark"],
      [{ viewport: { width: 390, height: 844 } }, "390"],
    ] as const) {
      const page = await scene.enter(options);
      for (const [path, text, what] of [
        ["/users", /window\.hit/, "users"],
        ["/users/app", "Revoke", "user"],
        ["/tenants", /window\.hit/, "tenants"],
      ] as const) {
        await scene.look(page, path, text);
        await scene.isAccessible(page);
        await scene.picture(page, `${what}-${name}`);
      }
      await scene.hasRunNothing(page);
    }
  });
});

/** The secret that is shown this once. */
async function secret(page: Page): Promise<string> {
  return (await page.locator("[data-secret]").textContent()) ?? "";
}

/** An operator is told what it may not do. */
async function viewedByAnn(scene: ConsoleScene, password: string): Promise<void> {
  const page = await scene.visit();
  await page.goto(`${scene.ready.httpUrl}/users`);
  await page.getByRole("textbox", { name: "User" }).fill("ann");
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByText("You may look, and not change it").waitFor();
  await page.context().close();
}
