import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { suite, test } from "node:test";
import { metricNames } from "@oxbow/gateways/http";

/** Goal: what dashboards, alerts and documents name is told at /metrics. */
const read = (path: string): Promise<string> =>
  readFile(new URL(`../../${path}`, import.meta.url), "utf8");

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: {
    readonly h: number;
    readonly w: number;
    readonly x: number;
    readonly y: number;
  };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly query: unknown;
    }[];
  };
}

/** Every series that an expression names. */
function named(text: string): string[] {
  return text.match(/\b(?:oxbow|process|nodejs)_[a-z0-9_]+\b/g) ?? [];
}

suite("what others make of our metrics", () => {
  test("the dashboard of Grafana is one, and queries what there is", async () => {
    const board = JSON.parse(await read("deploy/grafana/oxbow.json")) as Dashboard;
    assert.ok(board.schemaVersion >= 36 && board.uid !== "" && board.title !== "");
    const ids = board.panels.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const variables = new Map(board.templating.list.map((each) => [each.name, each]));
    assert.equal(variables.get("datasource")?.type, "datasource");
    const cells = new Set<string>();
    const known = metricNames();
    for (const { type, title, datasource, gridPos, targets = [] } of board.panels) {
      const { h, w, x, y } = gridPos;
      assert.ok(x >= 0 && x + w <= 24, title);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          assert.ok(!cells.has(`${column} ${line}`), `${title} lies over another one`);
          cells.add(`${column} ${line}`);
        }
      }
      if (type === "row") continue;
      assert.equal(datasource?.uid, "$" + "{datasource}", title);
      assert.ok(targets.length > 0, title);
      assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length);
      for (const { expr } of targets) {
        const names = named(expr);
        assert.ok(names.length > 0, expr);
        for (const name of names) assert.ok(known.has(name), `${title}: ${name} is not told`);
        for (const [, variable = ""] of expr.matchAll(/\$(\w+)/g)) {
          assert.ok(
            variables.has(variable) || variable === "__rate_interval",
            `${title}: ${variable}`,
          );
        }
      }
    }
    for (const { query } of variables.values()) {
      for (const name of named(JSON.stringify(query))) assert.ok(known.has(name), name);
    }
  });

  test("alerts are about what there is", async () => {
    const names = named(
      (await read("deploy/prometheus/oxbow-alerts.yml")).replaceAll(/alert: \w+/g, ""),
    );
    assert.ok(names.length >= 5);
    for (const name of names) assert.ok(metricNames().has(name), name);
  });

  test("docs/OBSERVABILITY.md has every family", async () => {
    const doc = await read("docs/OBSERVABILITY.md");
    const rows = [...doc.matchAll(/^\| `([a-z0-9_]+)` \|/gm)].map(([, name = ""]) => name);
    const families = [...metricNames()].filter((name) => !/_(?:bucket|count|sum)$/.test(name));
    assert.deepEqual([...rows].sort(), families.sort());
  });
});
