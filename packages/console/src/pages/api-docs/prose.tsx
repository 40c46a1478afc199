import { Code, Text } from "@mantine/core";

/** A text in which what stands between backticks is code. */
export function Prose({ text, size }: { readonly text: string; readonly size: "sm" | "md" }) {
  return (
    <Text size={size} component="p" m={0}>
      {text.split("`").map((part, index) =>
        // Texts of the document do not change: a part keeps its place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        index % 2 === 1 ? <Code key={index}>{part}</Code> : part,
      )}
    </Text>
  );
}
