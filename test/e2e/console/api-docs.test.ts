import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Page } from "playwright-core";
import { skip } from "./support/chromium.ts";
import { ConsoleScene } from "./support/console-scene.ts";

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, unknown>> }>
  >;
}

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/**
 * Goal: whoever comes to /api/docs, with a login or without, finds every operation of the server's document, and can ask for
 * it. Method: Chromium against servers that were just started; the document itself tells what has to be there.
 */
suite("the API's documentation in the console", { skip }, () => {
  test("is read without a login, operation by operation", async () => {
    await using scene = await ConsoleScene.open("--auth");
    const page = await scene.visit();
    await scene.look(page, "/api/docs", "What goes wrong");
    await page.getByText("STATION_NOT_FOUND").waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "api-docs-light");

    const { paths } = (await (
      await fetch(`${scene.ready.httpUrl}/api/openapi.json`)
    ).json()) as ApiDocument;
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    assert.deepEqual((await shown(page)).toSorted(), ids.toSorted());
    const tried = operations.filter(
      ({ tags: [tag], responses }, index) =>
        operations.findIndex((each) => each.tags[0] === tag) === index ||
        responses["200"]?.content["application/json"] === undefined,
    );
    const missing = await page.evaluate(withoutView(tried.map(({ operationId }) => operationId)));
    assert.deepEqual(missing, []);

    await page.getByRole("textbox", { name: "Search operations" }).fill("dead resend cancel");
    await page.getByText(`1 of ${ids.length} operations`).waitFor();
    assert.deepEqual(await shown(page), ["deadLetter.cancelResend"]);

    // A link leads to one operation, whose shapes are shown as far as somebody wants to see.
    await scene.look(page, "/api/docs?operation=station.create", "Makes a station");
    const curl = page.getByText(/^curl -X PUT http/);
    assert.match(
      (await curl.textContent()) ?? "",
      new RegExp(`^curl -X PUT ${scene.ready.httpUrl}/api/v1/stations/orders \\\\\\n.*Bearer oxk_`),
    );
    await page.getByText("1 to 1,000; default 1").waitFor();
    await scene.picture(page, "api-docs-operation-top");
    await page.getByRole("button", { name: "Fields of partitions" }).first().click();
    await page.getByText("lastSequence", { exact: true }).first().waitFor();
    await scene.isAccessible(page);
    await scene.picture(page, "api-docs-operation-light");
    await page.getByRole("link", { name: "Problem, with its codes" }).click();
    await page.getByText("STATION_NOT_FOUND").waitFor();
    await scene.look(page, "/api/docs?operation=nothing.such", "There is no operation");

    const dark = await scene.visit({ colorScheme: "dark", viewport: { width: 390, height: 800 } });
    await scene.look(dark, "/api/docs", "How to ask");
    await scene.picture(dark, "api-docs-dark-390");
    await dark.locator('[data-operation="message.list"]').click();
    await dark.getByText("Operation message.list").waitFor();
    await scene.isAccessible(dark);
    await scene.picture(dark, "api-docs-operation-dark-390");
    await dark.getByRole("link", { name: "All operations" }).click();
    await dark.getByRole("link", { name: "How to ask" }).click();
    await dark.getByText("What goes wrong").waitFor();
    await dark.getByRole("link", { name: "Log in" }).click();
    await dark.getByRole("button", { name: "Log in" }).waitFor();
  });

  test("asks the server for who is logged in, and changes nothing by accident", async () => {
    await using scene = await ConsoleScene.open();
    const page = await scene.enter({ colorScheme: "dark" });
    await page.getByRole("link", { name: "HTTP API" }).click();
    await page.getByRole("heading", { name: "HTTP API" }).waitFor();
    assert.match(await page.title(), /^HTTP API · Oxbow/);
    await scene.isAccessible(page);
    await scene.picture(page, "api-docs-dark");

    await page.getByRole("textbox", { name: "Search operations" }).fill("station.create");
    await page.locator('[data-operation="station.create"]').click();
    await page.getByText(`curl -X PUT ${scene.ready.httpUrl}`).waitFor();
    const send = page.getByRole("button", { name: "Send PUT" });
    assert.ok(await send.isDisabled());
    await page.getByRole("textbox", { name: "station" }).fill("a/b?");
    await page.getByRole("checkbox", { name: /change this server/ }).check();
    scene.expectedStatuses.add(400);
    await send.click();
    await page.getByText("400 Bad Request").waitFor();
    await page.getByText("STATION_INVALID").waitFor();
    assert.ok(await send.isDisabled(), "each time it is allowed anew");
    await page.getByRole("textbox", { name: "station" }).fill("tried");
    await page.getByRole("textbox", { name: "Body" }).fill('{"partitions": 2}');
    await page.getByRole("checkbox", { name: /change this server/ }).check();
    await send.click();
    await page.getByText("200 OK").waitFor();
    await scene.isAccessible(page);
    await page.getByText("200 OK").scrollIntoViewIfNeeded();
    await scene.picture(page, "api-docs-tried-dark");
    const made = (await scene.api("GET", "/stations/tried")) as { settings: object };
    assert.equal((made.settings as { partitions: number }).partitions, 2);

    await page.goto(`${scene.ready.httpUrl}/api/docs?operation=station.list`);
    await page.getByRole("button", { name: "Send GET" }).click();
    await page.getByText(/"name": "tried"/).waitFor();
    await page.goto(`${scene.ready.httpUrl}/api/docs?operation=message.tail`);
    await page.getByText("try it with curl").waitFor();
    assert.equal(await page.getByRole("button", { name: /^Send/ }).count(), 0);
  });
});

/** Goes to each of `ids` by the list, and tells of which nothing came to be seen. */
const withoutView = (ids: readonly string[]) => `(async () => {
  const missing = [];
  for (const id of ${JSON.stringify(ids)}) {
    document.querySelector('[data-operation="' + id + '"]').click();
    const isSeen = () =>
      document.body.textContent.includes("Operation " + id) &&
      [...document.querySelectorAll("h2")].some((each) => each.textContent === "Answers");
    for (let frame = 0; frame < 600 && !isSeen(); frame++) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    if (!isSeen()) missing.push(id);
  }
  return missing;
})()`;

function shown(page: Page): Promise<string[]> {
  return page
    .locator("[data-operation]")
    .evaluateAll((links) => links.map((link) => link.getAttribute("data-operation") ?? ""));
}
