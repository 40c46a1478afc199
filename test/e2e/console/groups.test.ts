import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Page } from "playwright-core";
import { skip } from "./support/chromium.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

/**
 * Goal: a group is made, watched, changed, paused, rewound and deleted in the console, each with what it means said before.
 * Method: a station with messages, some of which a group has, and a group that a plain client could have described as a probe.
 */
suite("the groups of a station in the console", { skip }, () => {
  test("are made, changed, paused, rewound with a preview, and deleted", async () => {
    await using scene = await ConsoleScene.open();
    await scene.api("PUT", "/stations/orders", { partitions: 2 });
    await scene.api("POST", "/stations/orders/messages/batch", {
      messages: ["a", "b", "c", "d"].map((key) => ({ payload: probe, key })),
    });
    await scene.api("PUT", "/stations/orders/groups/probed", { description: probe });
    const page = await scene.enter();
    await scene.look(page, "/stations/orders?tab=groups", "probed");
    await isCreated(page);
    const group = page.getByRole("region", { name: "Group billing" });
    await group.getByText("No members").waitFor();

    await group.getByRole("button", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Delivered at most" }).fill("3");
    await dialog.getByRole("textbox", { name: "Description" }).fill(probe);
    await dialog.getByRole("button", { name: "Save" }).click();
    await group.getByText("3 times, then a dead letter").waitFor();

    await group.getByRole("button", { name: "Pause" }).click();
    await dialog.getByRole("button", { name: "Pause" }).click();
    await group.getByText(/Paused until/).waitFor();
    await group.getByRole("button", { name: "Resume" }).click();
    await group.getByRole("button", { name: "Pause" }).waitFor();

    const fetched = await scene.api("POST", "/stations/orders/groups/billing/fetch", {});
    const { messages } = fetched as { messages: { token: string }[] };
    const done = messages.map(({ token }) => ({ token, outcome: "done" }));
    await scene.api("POST", "/stations/orders/groups/billing/settle", { messages: done });
    await group.getByRole("button", { name: "Rewind" }).click();
    await dialog.getByText(`${messages.length} messages are delivered again`).waitFor();
    await dialog.getByLabel("billing goes on with").selectOption("now");
    await dialog.getByText("Nothing would change").waitFor();
    await dialog.getByLabel("billing goes on with").selectOption("beginning");
    await dialog.getByText(`${messages.length} messages are delivered again`).waitFor();
    await scene.picture(page, "group-rewind");
    await dialog.getByRole("button", { name: "Rewind" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("4 waiting").first().waitFor();

    await group.getByRole("button", { name: "Delete" }).click();
    // What asks how the group is may still be under way when it is gone.
    scene.expectedStatuses.add(404);
    await dialog
      .getByText(/The 4|the 4/)
      .first()
      .waitFor();
    assert.ok(await dialog.getByRole("button", { name: "Delete" }).isDisabled());
    await dialog.getByRole("textbox").fill("billing");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await group.waitFor({ state: "detached" });

    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await scene.look(page, "/stations/orders?tab=groups&group=probed", /<img src=x/);
      await page.getByRole("table", { name: "Partitions" }).waitFor();
      await scene.isAccessible(page);
      await scene.picture(page, `groups-${colorScheme}`);
    }
    await scene.hasRunNothing(page);
    await page.setViewportSize({ width: 390, height: 900 });
    await page.getByRole("region", { name: "Group probed" }).scrollIntoViewIfNeeded();
    await scene.picture(page, "groups-narrow");
  });
});

async function isCreated(page: Page): Promise<void> {
  await page.getByRole("button", { name: "New group" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("billing");
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.waitForURL(/group=billing/);
}
