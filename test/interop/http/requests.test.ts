import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { headers } from "@nats-io/nats-core";
import { HttpScene } from "./http-scene.ts";

suite("requests over HTTP", () => {
  test("somebody answers, with headers both ways", async () => {
    await using http = await HttpScene.open();
    const service = await http.scene.connect();
    service.subscribe("time.now", {
      callback: (_error, message) => {
        const answer = headers();
        answer.set("Colour", `not ${message.headers?.get("Colour")}`);
        answer.set("Ort", "Köln");
        answer.set("Content-Type", "text/html");
        message.respond(Buffer.concat([Buffer.from("you said "), message.data]), {
          headers: answer,
        });
      },
    });
    await service.flush();
    const response = await fetch(`${http.url}/api/v1/requests/time.now`, {
      method: "POST",
      body: "hello",
      headers: { "Oxbow-Header-Colour": "red" },
    });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), "you said hello");
    assert.equal(response.headers.get("oxbow-header-colour"), "not red");
    const place = Buffer.from(response.headers.get("oxbow-header-ort") ?? "", "latin1");
    assert.equal(place.toString(), "Köln");
    assert.match(response.headers.get("content-security-policy") ?? "", /sandbox/);
  });

  test("nobody is there, nobody says anything, nothing is asked", async () => {
    await using http = await HttpScene.open();
    const service = await http.scene.connect();
    service.subscribe("silent", { callback: () => undefined });
    await service.flush();
    await http.refuses(503, "NO_RESPONDERS", ["POST", "/requests/nobody.here", { body: {} }]);
    await http.refuses(504, "ANSWER_TIMEOUT", [
      "POST",
      "/requests/silent?timeoutMs=1",
      { body: {} },
    ]);
    await http.refuses(400, "HTTP_REQUEST_INVALID", ["POST", "/requests/a.*", { body: {} }]);
    await http.refuses(400, "API_REQUEST_INVALID", [
      "POST",
      "/requests/a?timeoutMs=x",
      { body: {} },
    ]);
    const large = { body: "x".repeat(2 ** 20 + 1) };
    await http.refuses(413, "VALUE_TOO_LARGE", ["POST", "/requests/silent", large]);
  });
});
