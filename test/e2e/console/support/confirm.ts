import assert from "node:assert/strict";
import type { Page } from "playwright-core";

/**
 * Confirms what was asked for, in the dialog that asks.
 *
 * @param typed - What has to be typed, without which the button can't be pressed.
 */
export async function confirm(page: Page, action: string, typed?: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  const button = dialog.getByRole("button", { name: action, exact: true });
  if (typed !== undefined) {
    assert.ok(await button.isDisabled());
    await dialog.getByRole("textbox").fill(typed);
  }
  await button.click();
}
