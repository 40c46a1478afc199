import { suite, test } from "node:test";
import { skip } from "./support/chromium.ts";
import { confirm } from "./support/confirm.ts";
import { ConsoleScene, probe } from "./support/console-scene.ts";

/**
 * Goal: channels and rules are made, tested, changed and deleted, and what was told of is seen. Method: Chromium, with a
 * channel that leads to a station, and one that leads where it may not.
 */
suite("notifications in the console", { skip }, () => {
  test("make a channel, test it, make a rule, see what it has told, delete both", async () => {
    await using scene = await ConsoleScene.open();
    // What may not be reached, and what is in use.
    for (const status of [400, 409, 422, 500, 502, 503]) scene.expectedStatuses.add(status);
    await scene.api("PUT", "/stations/alerts", {});
    await scene.api("PUT", "/stations/orders", { description: probe });
    const page = await scene.enter();
    await page.getByRole("link", { name: "Notifications" }).click();
    await page.getByText("There is no rule yet").waitFor();
    await page.getByRole("tab", { name: "Channels" }).click();
    await page.getByRole("button", { name: "New channel" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("ops");
    await page.getByRole("radio", { name: "Station" }).check();
    await page.getByRole("combobox", { name: "Station" }).click();
    await page.getByRole("option", { name: "alerts" }).click();
    await page.getByRole("textbox", { name: "Description" }).fill(probe);
    await scene.isAccessible(page);
    await scene.picture(page, "new-channel");
    await page.getByRole("button", { name: "Create channel" }).click();
    await page.getByRole("button", { name: "Test ops" }).click();
    await page.getByText("It has arrived").waitFor();
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "New channel" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("hook");
    await page.getByRole("radio", { name: "Webhook" }).check();
    await page.getByRole("textbox", { name: "Address" }).fill("http://127.0.0.1:9/secret");
    await page.getByRole("button", { name: "Create channel" }).click();
    await page.getByText("The secret of its signatures").waitFor();
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Test hook" }).click();
    await page.getByRole("dialog").getByText("That did not work").waitFor();
    await scene.picture(page, "channel-test");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Change hook" }).click();
    await page.getByRole("switch", { name: "Paused" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("paused", { exact: true }).waitFor();

    await page.getByRole("tab", { name: "Rules" }).click();
    await page.getByRole("button", { name: "New rule" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("dead");
    await page.getByRole("combobox", { name: "When" }).click();
    await page.getByRole("option", { name: "A group is too far behind" }).click();
    await page
      .getByText(/a group is behind by more than 1,000 messages, nobody is told yet/)
      .waitFor();
    await page.getByRole("combobox", { name: "When" }).click();
    await page.getByRole("option", { name: "A message became a dead letter" }).click();
    await page.getByRole("combobox", { name: "Channels" }).click();
    await page.getByRole("option", { name: "ops" }).click();
    await page.getByText(/a message becomes a dead letter, ops is told/).waitFor();
    await page.keyboard.press("Tab");
    await scene.isAccessible(page);
    await scene.picture(page, "new-rule");
    await page.getByRole("button", { name: "Create rule" }).click();
    await page.getByRole("button", { name: "Change dead" }).click();
    await page.getByRole("textbox", { name: "Description" }).fill(probe);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/window\.hit/).waitFor();

    await scene.api("POST", "/stations/orders/messages", { id: 1 });
    const fetched = await scene.api("POST", "/stations/orders/groups/g/fetch", {});
    const { messages } = fetched as { messages: { token: string }[] };
    const dead = messages.map(({ token }) => ({ token, outcome: "dead", reason: probe }));
    await scene.api("POST", "/stations/orders/groups/g/settle", { messages: dead });
    await page.getByRole("tab", { name: "History" }).click();
    await page.getByRole("cell", { name: "sent" }).waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "notifications-history");
    await scene.hasRunNothing(page);
    for (const [options, name] of [
      [{ colorScheme: "dark" }, "dark"],
      [{ viewport: { width: 390, height: 844 } }, "390"],
    ] as const) {
      const other = await scene.enter(options);
      for (const [tab, text] of [
        ["rules", "What it does"],
        ["channels", "Leads to"],
        ["history", "orders"],
      ] as const) {
        await scene.look(other, `/notifications?tab=${tab}`, text);
        await scene.isAccessible(other);
        await scene.picture(other, `notifications-${tab}-${name}`);
      }
    }

    await page.getByRole("tab", { name: "Channels" }).click();
    await page.getByRole("button", { name: "Delete ops" }).click();
    await confirm(page, "Delete");
    await page.getByRole("dialog").getByText(/dead/).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("tab", { name: "Rules" }).click();
    await page.getByRole("button", { name: "Delete dead" }).click();
    await confirm(page, "Delete");
    await page.getByText("There is no rule yet").waitFor();
    await page.getByRole("tab", { name: "Channels" }).click();
    await page.getByRole("button", { name: "Delete ops" }).click();
    await confirm(page, "Delete");
    await page.getByRole("button", { name: "Delete ops" }).waitFor({ state: "detached" });
  });
});
