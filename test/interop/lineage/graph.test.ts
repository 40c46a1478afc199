import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "oxbow";
import type { LineageGraph } from "oxbow/control";
import { ServiceBench } from "../service/service-bench.ts";
import { eventually } from "../support/deadline.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";

const waysOf = ({ nodes, edges }: LineageGraph): string[] => {
  const names = new Map(nodes.map(({ id, kind, name }) => [id, `${kind} ${name}`]));
  return edges.map(({ from, way, to }) => `${names.get(from)} ${way} ${names.get(to)}`).sort();
};

onEachTarget("the lineage of stations", (target) => {
  test("is drawn of producers, groups, members, what derives, and streams that are tied", async () => {
    await using bench = await ServiceBench.open(target.server);
    await bench.control.call("station.create", { station: "orders" }, {});
    await bench.control.call("station.create", { station: "invoices" }, {});
    await bench.control.call("station.create", { station: "alone" }, {});
    const { streams } = bench.client.jsm;
    await streams.add({ name: "COPY", mirror: { name: "orders" } });
    await streams.add({ name: "SUM", sources: [{ name: "invoices" }] });
    await streams.add({
      name: "FIRST",
      subjects: ["first.*"],
      republish: { src: "first.*", dest: "second.{{wildcard(1)}}" },
    });
    await streams.add({ name: "SECOND", subjects: ["second.>"] });
    await using ox = await connect({ servers: `127.0.0.1:${target.server.port}`, name: "shop" });
    await ox.station("orders").producer({ name: "checkout" }).produce({ id: 1 });
    const [parent] = await ox.station("orders").fetch(1, { group: "billing", name: "billing-1" });
    await ox.station("invoices").produce({ of: 1 }, { ...(parent && { parent }) });
    await bench.client.nc.flush();

    const expected = [
      "group billing delivers consumer billing-1",
      "producer checkout produces station orders",
      "producer shop produces station invoices",
      "station FIRST republishes station SECOND",
      "station invoices sources station SUM",
      "station orders consumes group billing",
      "station orders derives station invoices",
      "station orders mirrors station COPY",
    ];
    const graph = await eventually("the graph to be whole", async () => {
      const found = await bench.control.call("lineage.graph", {}, {});
      return found.edges.length >= expected.length ? found : undefined;
    });
    assert.deepEqual(waysOf(graph), expected);
    assert.equal(graph.stations, 7);
    assert.deepEqual(graph.gaps, []);
    const one = await bench.control.call("lineage.graph", {}, { station: "invoices" });
    assert.deepEqual(
      one.nodes.filter(({ kind }) => kind === "station").map(({ name }) => name),
      ["invoices", "orders"],
    );
    const none = await bench.control.call("lineage.graph", {}, { station: "nothing" });
    assert.deepEqual(none.nodes, []);
    const wrong = bench.control.call("lineage.graph", {}, { station: "" });
    await refuses(wrong, "API_REQUEST_INVALID", /station/);
  });

  test("is empty where there is nothing, and makes no streams of its own", async () => {
    await using bench = await ServiceBench.open(target.server);
    const { nodes, edges, stations, gaps } = await bench.control.call("lineage.graph", {}, {});
    assert.deepEqual([nodes, edges, stations, gaps], [[], [], 0, []]);
    const names = await Array.fromAsync(bench.client.jsm.streams.names());
    assert.deepEqual(names, []);
  });
});
