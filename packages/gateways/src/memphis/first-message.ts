import protobuf from "protobufjs";

/** The full name of the first message in a file of Protobuf; empty if there is none. */
export function firstMessageOf(text: string): string {
  const { root, package: inside } = protobuf.parse(text, { keepCase: true });
  const namespace = inside === undefined ? root : root.lookup(inside);
  const messages =
    namespace instanceof protobuf.Namespace
      ? namespace.nestedArray.filter((each) => each instanceof protobuf.Type)
      : [];
  return messages[0]?.fullName.replace(/^\./, "") ?? "";
}
