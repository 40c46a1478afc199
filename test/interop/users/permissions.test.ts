import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { PermissionRules } from "@oxbow/engine";
import {
  type Access,
  isAllowed,
  isStationOf,
  isStationPattern,
  permissionsOf,
  type Right,
  type Role,
  roles,
} from "@oxbow/platform";
import fc from "fast-check";
import { subjectOf } from "oxbow/control";
import { streamName } from "oxbow/internal";

type Deed = "publish" | "consume" | "look" | "purge" | "edit" | "create" | "delete" | "rewind";

/** What each may do, written by hand, where the station is one of its own. */
const oracle: Readonly<Record<Role | "application", readonly Deed[]>> = {
  application: ["publish", "consume", "look"],
  viewer: ["look"],
  operator: ["publish", "consume", "look", "purge", "edit", "create", "rewind"],
  admin: ["publish", "consume", "look", "purge", "edit", "create", "delete", "rewind"],
  owner: ["publish", "consume", "look", "purge", "edit", "create", "delete", "rewind"],
};
/** Whether it takes to be allowed to read or to write. */
const needs: Readonly<Record<Deed, "read" | "write">> = {
  publish: "write",
  consume: "read",
  look: "read",
  purge: "write",
  edit: "write",
  create: "write",
  delete: "write",
  rewind: "read",
};

/** What each deed takes to be published, through the control API and by a plain client. */
function subjectsOf(deed: Deed, station: string, partitions: number): string[] {
  const streams = Array.from({ length: partitions }, (_, index) =>
    streamName(station, index + 1, partitions),
  );
  const each = (...starts: string[]): string[] =>
    streams.flatMap((stream) => starts.map((start) => start.replaceAll("@", stream)));
  const api = "$JS.API.";
  switch (deed) {
    case "publish":
      return each("@.some.key", ...(partitions === 1 ? ["@"] : []));
    case "consume":
      return [
        subjectOf("group.create", { station, group: "g" }),
        ...each(`${api}CONSUMER.MSG.NEXT.@.g`, `${api}CONSUMER.CREATE.@.g.@.x`, "$JS.ACK.@.g.1.2"),
      ];
    case "look":
      return each(`${api}STREAM.INFO.@`, `${api}DIRECT.GET.@`, `${api}DIRECT.GET.@.@.key`);
    case "purge":
      return [subjectOf("station.purge", { station })];
    case "edit":
      return [subjectOf("station.edit", { station }), subjectOf("attachment.set", { station })];
    case "create":
      return [subjectOf("station.create", { station })];
    case "delete":
      return [subjectOf("station.delete", { station })];
    case "rewind":
      return [subjectOf("group.rewind", { station, group: "g" })];
    default:
      return deed satisfies never;
  }
}

interface Asked {
  may(subject: string): boolean;
  hears(subject: string): boolean;
}

/** Asks the engine's own matcher. */
function rulesOf(access: Access): Asked {
  const rules = new PermissionRules(permissionsOf(access), 1);
  return {
    may: (subject) => {
      const bytes = Buffer.from(subject);
      return rules.mayPublish(bytes, 0, bytes.length);
    },
    hears: (subject) => rules.maySubscribe(Buffer.from(subject), ""),
  };
}

function regexOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
}

const all = ["application", ...roles] as const;
const accessOf = (who: (typeof all)[number], read: string[], write: string[]): Access => ({
  role: who === "application" ? null : who,
  read,
  write,
});

suite("permissions are what the oracle says", () => {
  for (const who of all) {
    for (const deed of Object.keys(needs) as Deed[]) {
      test(`${who}: ${deed}`, () => {
        for (const partitions of [1, 3]) {
          for (const station of ["prod.orders", "prod.eu.x", "test.orders", "prod"]) {
            for (const patterns of [["prod.*"], ["prod.orders"], ["*"], []]) {
              for (const side of ["read", "write"] as const) {
                const [read, write] = side === "read" ? [patterns, []] : [[], patterns];
                const { may } = rulesOf(accessOf(who, read, write));
                const isMeant = patterns.some((pattern) => regexOf(pattern).test(station));
                const isIts = who === "owner" || (side === needs[deed] && isMeant);
                const expected = isIts && oracle[who].includes(deed);
                for (const subject of subjectsOf(deed, station, partitions)) {
                  // What a stream is like, who may write to it may see as well.
                  if (subject.includes("STREAM.INFO")) continue;
                  assert.equal(may(subject), expected, `${subject} with ${side} ${patterns}`);
                }
              }
            }
          }
        }
      });
    }
  }
});

suite("nobody but the owner", () => {
  for (const who of all.filter((each) => each !== "owner")) {
    test(`gets at what is not its own: ${who}`, () => {
      const { may, hears } = rulesOf(accessOf(who, ["*"], ["*"]));
      for (const subject of [
        "$JS.API.STREAM.CREATE.orders",
        "$JS.API.STREAM.UPDATE.orders",
        "$JS.API.STREAM.DELETE.orders",
        "$JS.API.STREAM.PURGE.orders",
        "$JS.API.STREAM.INFO.KV_oxbow_accounts",
        "$JS.API.STREAM.MSG.GET.KV_oxbow_accounts",
        "$JS.API.DIRECT.GET.KV_oxbow_accounts",
        "$JS.API.DIRECT.GET.KV_oxbow_accounts.$KV.oxbow_accounts.user.default.ann",
        "$JS.API.CONSUMER.CREATE.KV_oxbow_accounts.x",
        "$JS.API.CONSUMER.DURABLE.CREATE.KV_oxbow_accounts.x",
        "$JS.API.CONSUMER.MSG.NEXT.OXBOW_AUDIT.x",
        "$JS.API.CONSUMER.MSG.NEXT.OXBOW_ANYTHING.x",
        "$JS.API.STREAM.INFO.OXBOW_ANYTHING",
        "$JS.API.DIRECT.GET.KV_oxbow_memphis.$KV.oxbow_memphis.x",
        "$JS.API.STREAM.MSG.GET.KV_oxbow_anything",
        "$JS.API.CONSUMER.CREATE.KV_oxbow.x.$KV.oxbow.>",
        "$JS.API.STREAM.INFO.OBJ_oxbow_anything",
        "$JS.ACK.OXBOW_DEAD_LETTERS.x.1.2",
        "$OXBOW.API.STATION.GET.OXBOW_DEAD_LETTERS",
        "$OXBOW.API.STATION.PURGE.OXBOW_DEAD_LETTERS",
        "$OXBOW.API.GROUP.CREATE.OXBOW_DEAD_LETTERS.x",
        "$KV.oxbow_memphis.x",
        "$KV.oxbow_accounts.user.default.ann",
        "$OXBOW.AUDIT.x",
        "$OXBOW.DL.orders.gate",
        "$SYS.REQ.SERVER.PING",
        "_INBOX.somebody.x",
        "_R_.x",
      ]) {
        assert.equal(may(subject), false, subject);
      }
      for (const subject of [
        ...[">", "*", "*.>", "_INBOX.>", "_INBOX.*.*", "$JS.>", "$KV.>", "$OXBOW.>"],
        ...["$JS.EVENT.ADVISORY.>", "$OXBOW.API.>", "$SYS.>", "$OXBOW.RS.orders.>"],
      ]) {
        assert.equal(hears(subject), false, subject);
      }
      assert.equal(hears("_INBOX.abc.*"), true);
      assert.equal(hears("orders.>"), true);
    });
  }

  test("and not the owner either changes users and records behind the platform's back", () => {
    const { may, hears } = rulesOf(accessOf("owner", [], []));
    for (const subject of ["$KV.oxbow_accounts.x", "$JS.API.STREAM.PURGE.OXBOW_AUDIT"]) {
      assert.equal(may(subject), false, subject);
    }
    assert.equal(may("$JS.API.STREAM.PURGE.orders"), true);
    assert.equal(hears("orders.>"), true);
  });
});

test("the platform and the engine agree on which stations a pattern means", () => {
  const character = fc.constantFrom("a", "b", ".", "*", "-");
  const pattern = fc
    .string({ unit: character, minLength: 1, maxLength: 6 })
    .filter((text) => isStationPattern(text) && !text.includes("..") && !text.endsWith("."));
  const station = fc.stringMatching(/^[ab](?:[ab-]|\.[ab]){0,5}$/);
  fc.assert(
    fc.property(pattern, station, (text, name) => {
      const access = accessOf("operator", [], [text]);
      const { may } = rulesOf(access);
      const expected = isStationOf(text, name);
      assert.equal(isAllowed(access, "purge", name), expected);
      for (const deed of ["publish", "purge"] as const) {
        for (const subject of [1, 2].flatMap((count) => subjectsOf(deed, name, count))) {
          assert.equal(may(subject), expected, `${text}: ${subject}`);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test("rights are had by roles in their order", () => {
  const rights: Right[] = ["see", "publish", "consume", "resend", "purge", "edit", "delete"];
  for (const right of rights) {
    const had = roles.map((role) => isAllowed({ role, read: ["*"], write: ["*"] }, right, "x"));
    assert.deepEqual(had, had.toSorted(), right);
  }
});
