import { Box, Text, UnstyledButton } from "@mantine/core";
import { type KeyboardEvent, useRef, useState } from "react";

/** Items of a list or object that are shown before somebody asks for the others. */
const itemsMax = 100;
/** How deep it is open at first. */
const openDepth = 3;

/** JSON as a tree. Keys: arrows go through it, open and close. */
export function JsonTree({ value, label }: { readonly value: unknown; readonly label: string }) {
  const root = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const all = [...(root.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const current = all[at];
    const isOpen = current?.getAttribute("aria-expanded");
    if (event.key === "ArrowDown") all[Math.min(all.length - 1, at + 1)]?.focus();
    else if (event.key === "ArrowUp") all[Math.max(0, at - 1)]?.focus();
    else if (event.key === "ArrowRight" && isOpen === "false") current?.click();
    else if (event.key === "ArrowLeft" && isOpen === "true") current?.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Box ref={root} className="json-tree" onKeyDown={onKeyDown} aria-label={label} role="group">
      <Node name={undefined} value={value} depth={0} />
    </Box>
  );
}

interface NodeProps {
  readonly name: string | undefined;
  readonly value: unknown;
  readonly depth: number;
}

function Node({ name, value, depth }: NodeProps) {
  const [isOpen, setOpen] = useState(depth < openDepth);
  const [isWhole, setWhole] = useState(false);
  const label = name !== undefined && (
    <>
      <span className="json-name">{name}</span>:{" "}
    </>
  );
  if (typeof value !== "object" || value === null || value instanceof String) {
    return (
      <div className="json-line">
        {label}
        <Scalar value={value} />
      </div>
    );
  }
  const isList = Array.isArray(value);
  const entries = isList
    ? value.map((each, index) => [String(index), each] as const)
    : Object.entries(value);
  const shown = isWhole ? entries : entries.slice(0, itemsMax);
  const [left, right] = isList ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) {
    return (
      <div className="json-line">
        {label}
        {left}
        {right}
      </div>
    );
  }
  return (
    <div className="json-line">
      <UnstyledButton className="json-fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span aria-hidden>{isOpen ? "▾" : "▸"} </span>
        {label}
        {left}
        {!isOpen && (
          <Text span size="xs" c="dimmed">
            {" "}
            {entries.length} {isList ? "items" : "fields"} {right}
          </Text>
        )}
      </UnstyledButton>
      {isOpen && (
        <>
          <div className="json-inner">
            {shown.map(([key, each]) => (
              <Node key={key} name={key} value={each} depth={depth + 1} />
            ))}
            {shown.length < entries.length && (
              <UnstyledButton className="json-fold" onClick={() => setWhole(true)}>
                <Text span size="xs" c="teal">
                  Show {entries.length - shown.length} more
                </Text>
              </UnstyledButton>
            )}
          </div>
          <div>{right}</div>
        </>
      )}
    </div>
  );
}

function Scalar({ value }: { readonly value: unknown }) {
  if (typeof value === "string") {
    return <span className="json-string">{JSON.stringify(value)}</span>;
  }
  return <span className="json-value">{String(value)}</span>;
}
