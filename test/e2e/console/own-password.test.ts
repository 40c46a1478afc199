import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { skip } from "./support/chromium.ts";
import { ConsoleScene } from "./support/console-scene.ts";

const next = "a lamp of brass";

/**
 * Goal: who is logged in gives himself another password in the console, learns what is wrong with one, and goes on while
 * his other sessions end. Method: Chromium against a server that was just started.
 */
suite("one's own password in the console", { skip }, () => {
  test("it is changed, the page goes on, and others are out", async () => {
    await using scene = await ConsoleScene.open();
    // What the page asks for while its session goes on in another one may be cut off.
    scene.expectedStatuses.add(403).add(400).add(503);
    const page = await scene.enter();
    const other = await scene.enter({ colorScheme: "dark", viewport: { width: 390, height: 800 } });
    const open = async (on: typeof page): Promise<void> => {
      await on.getByRole("button", { name: /Logged in as/ }).click();
      await on.getByRole("menuitem", { name: "Change password" }).click();
      await on.getByRole("dialog").waitFor();
    };
    await open(other);
    await scene.isAccessible(other);
    await scene.picture(other, "own-password-dark-390");

    await open(page);
    const dialog = page.getByRole("dialog");
    const write = async (name: string, text: string): Promise<void> =>
      dialog.getByRole("textbox", { name, exact: true }).fill(text);
    const button = dialog.getByRole("button", { name: "Change" });
    await write("Present password", "not this one");
    await write("New password", next);
    await write("New password again", "a lamp of brasss");
    await dialog.getByText("This is not the same.").waitFor();
    await write("New password again", next);
    await button.click();
    await dialog.getByText("this is not your password").waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "own-password-light");
    await write("Present password", scene.owner.password);
    await write("New password", "password1");
    await write("New password again", "password1");
    await button.click();
    await dialog.getByText(/one of the commonest/).waitFor();
    await write("New password", next);
    await write("New password again", next);
    await button.click();
    await dialog.getByText("It is changed").waitFor();
    await scene.isAccessible(page);
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await page.reload();
    await page.getByRole("heading", { name: "Overview" }).waitFor();

    await other.reload();
    await other.getByRole("textbox", { name: "Password" }).fill(scene.owner.password);
    await other.getByRole("button", { name: "Log in" }).click();
    await other.getByText("the user, or its password, is not right").waitFor();
    await other.getByRole("textbox", { name: "Password" }).fill(next);
    await other.getByRole("button", { name: "Log in" }).click();
    await other.getByRole("heading", { name: "Overview" }).waitFor();
    assert.equal(await other.getByRole("dialog").count(), 0);
  });
});
