import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AxeResults, RunOptions } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { RunningCommand } from "../../support/command.ts";
import { launchChromium } from "./chromium.ts";

const pictures = fileURLToPath(new URL("../../../../coverage/console/", import.meta.url));
const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

interface Owner {
  readonly user: string;
  readonly password: string;
}

interface Ready {
  /** Where clients of NATS connect. */
  readonly url: string;
  readonly httpUrl: string;
  readonly consoleOwner?: Owner;
  /** With `--auth`. */
  readonly owner?: Owner;
}

/** Markup that would run, or be blocked, were it ever put into a page as such. */
export const probe = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';

/**
 * A server that was just started, and Chromium. No page may be blocked in anything, fail, or write an error: what did is
 * in `troubles`, and makes the end of the scene fail.
 */
export class ConsoleScene implements AsyncDisposable {
  readonly ready: Ready;
  readonly troubles: string[] = [];
  /** Refusals that a browser writes down as errors, and that are none here. That nobody is logged in is how the login begins. */
  readonly expectedStatuses: Set<number> = new Set([401]);
  /** Errors that a browser writes down where something is meant to fail. */
  expectedFailures: RegExp | undefined;
  readonly #server: RunningCommand;
  readonly #browser: Browser;

  private constructor(server: RunningCommand, ready: Ready, browser: Browser) {
    this.#server = server;
    this.ready = ready;
    this.#browser = browser;
  }

  /** @param flags - More than `--memory`, for `oxbow start`. */
  static async open(...flags: readonly string[]): Promise<ConsoleScene> {
    const server = new RunningCommand(["start", "--memory", "--port", "0", "--json", ...flags]);
    return ConsoleScene.at(server, () => server.event<Ready>());
  }

  /**
   * @param server - Is stopped with the scene.
   * @param read - Where it is, of what it prints.
   */
  static async at(server: RunningCommand, read: () => Promise<Ready>): Promise<ConsoleScene> {
    try {
      await mkdir(pictures, { recursive: true });
      return new ConsoleScene(server, await read(), await launchChromium());
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A page of a visitor of its own, 1280 × 860 in light colours by default. */
  async visit(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 860 },
      colorScheme: "light",
      // What fades out is there still, and is found by its name.
      reducedMotion: "reduce",
      ...options,
    });
    const page = await context.newPage();
    page.on("pageerror", ({ message }) => this.troubles.push(message));
    page.on("console", (message) => {
      const [, status = ""] =
        /the server responded with a status of (\d+)/.exec(message.text()) ?? [];
      if (message.type() !== "error" || this.expectedStatuses.has(Number(status))) return;
      if (this.expectedFailures?.test(message.text()) === true) return;
      // A machine that is busy with other tests makes a server say that it is late.
      if (status === "503" && message.location().url.endsWith("/health/ready")) return;
      this.troubles.push(`${page.url()}: ${message.text()}`);
    });
    return page;
  }

  /** Who may do everything. */
  get owner(): Owner {
    const found = this.ready.owner ?? this.ready.consoleOwner;
    assert.ok(found !== undefined);
    return found;
  }

  /** A page of who has logged in, on the overview. */
  async enter(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.visit(options);
    await this.logIn(page);
    return page;
  }

  async logIn(page: Page): Promise<void> {
    await page.goto(this.ready.httpUrl);
    await page.getByRole("textbox", { name: "Password" }).fill(this.owner.password);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
  }

  /** Asks the API as a program does, and demands that it is done. Strings of a body go as they are, else it is JSON. */
  async api(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.ready.httpUrl}/api/v1${path}`, {
      method,
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** Goes to a place of the console, and waits for a text on it. */
  async look(page: Page, path: string, text: string | RegExp): Promise<void> {
    await page.goto(`${this.ready.httpUrl}${path}`);
    await page.getByText(text).first().waitFor();
  }

  /** Leaves a picture in `coverage/console`. */
  async picture(page: Page, name: string): Promise<void> {
    await page.evaluate(finishedAnimations);
    await page.screenshot({ path: join(pictures, `${name}.png`) });
  }

  /** Demands that nothing that was stored runs in a page. */
  async hasRunNothing(page: Page): Promise<void> {
    assert.equal(await page.evaluate(() => "hit" in globalThis), false, "a probe has run");
  }

  /** Has axe judge a page by WCAG 2.2 AA: nothing serious or critical may be found. */
  async isAccessible(page: Page): Promise<void> {
    await page.evaluate(finishedAnimations);
    // As the page's policy allows nothing to be added to it, the script comes by the debugger.
    const source = await readAxe();
    await page.evaluate(source);
    const options: RunOptions = {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
      resultTypes: ["violations"],
    };
    const results = (await page.evaluate(
      `axe.run(document, ${JSON.stringify(options)})`,
    )) as AxeResults;
    const serious = results.violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ""}`).join("\n  ")}`,
      );
    assert.deepEqual(serious, [], page.url());
  }

  /** Demands it in light and in dark, and leaves a picture of each. */
  async isAccessibleInBoth(page: Page, name: string): Promise<void> {
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
      await this.isAccessible(page);
      await this.picture(page, `${name}-${colorScheme}`);
    }
  }

  /** Ends it, and demands that there was no trouble. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.#server[Symbol.asyncDispose]();
    assert.deepEqual(this.troubles, []);
  }
}

/** What fades in has not its colours yet; what turns for ever is not waited for. */
const finishedAnimations = `Promise.all(
  document
    .getAnimations()
    .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
    .map((one) => one.finished.catch(() => undefined)),
)`;

async function readAxe(): Promise<string> {
  const source = await readFile(axePath, "utf8");
  return `${source}; undefined`;
}
