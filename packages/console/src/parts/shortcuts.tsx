import { Group, Kbd, Modal, Stack, Switch, Table, Text } from "@mantine/core";
import { useLocalStorage, useWindowEvent } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { places } from "./places.ts";

const pages = places.flatMap((place) => [...place.pages]);
/** How long the second key of two is waited for. */
const secondKeyMs = 1_500;

/** Keys that lead somewhere, and the dialog that tells them: it is opened by ?. */
export function Shortcuts({
  isOpen,
  onOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const [isOn, setOn] = useLocalStorage({ key: "oxbow-shortcuts", defaultValue: true });
  const begunAt = useRef(Number.NEGATIVE_INFINITY);
  useWindowEvent("keydown", (event) => {
    if (!isOn || event.ctrlKey || event.metaKey || event.altKey || isTyped(event.target)) return;
    const isSecond = event.timeStamp - begunAt.current < secondKeyMs;
    begunAt.current = event.key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
    if (event.key === "?") {
      event.preventDefault();
      onOpen();
      return;
    }
    const page = isSecond ? pages.find((each) => keyOf(each) === event.key) : undefined;
    if (page === undefined) return;
    event.preventDefault();
    void navigate({ to: page.to });
  });
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keyboard shortcuts">
      <Stack>
        <Table verticalSpacing={6}>
          <Table.Tbody>
            <Line keys={["⌘ or Ctrl", "K"]} text="Search, and do things" />
            {isOn && <Line keys={["?"]} text="These shortcuts" />}
            {isOn &&
              pages
                .filter((page) => keyOf(page) !== undefined)
                .map((page) => (
                  <Line key={page.to} keys={["g", keyOf(page) ?? ""]} text={page.label} />
                ))}
            <Line keys={["Esc"]} text="Close a dialog" />
          </Table.Tbody>
        </Table>
        <Switch
          label="Shortcuts of single keys"
          description="Off, if you speak to your computer or it presses keys for you."
          checked={isOn}
          onChange={({ currentTarget }) => setOn(currentTarget.checked)}
        />
      </Stack>
    </Modal>
  );
}

function Line({ keys, text }: { readonly keys: readonly string[]; readonly text: string }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={4}>
          {keys.map((key) => (
            <Kbd key={key}>{key}</Kbd>
          ))}
        </Group>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{text}</Text>
      </Table.Td>
    </Table.Tr>
  );
}

/** Behind `g`, if it has one. */
function keyOf(page: (typeof pages)[number]): string | undefined {
  return "key" in page ? page.key : undefined;
}

function isTyped(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
