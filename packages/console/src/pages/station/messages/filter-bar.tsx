import {
  ActionIcon,
  Button,
  Group,
  Pill,
  Popover,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconFilter, IconRefresh, IconSearch } from "@tabler/icons-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import {
  type FilterName,
  filterLabels,
  filtersIn,
  type MessageFilters,
} from "./message-filters.ts";

interface FilterBarProps {
  readonly filters: MessageFilters;
  readonly onChange: (changes: MessageFilters) => void;
  readonly onAgain: () => void;
  /** Where the expression is wrong, in characters from its start. */
  readonly mistake: { readonly message: string; readonly offset: number | undefined } | undefined;
  readonly partitions: number;
}

const examples: readonly string[] = [
  "value.amount > 100",
  "key.startsWith('eu.') && size > 1000",
  "value.items.exists(item, item.price > 50.0)",
  "'Colour' in headers && headers.Colour[0] == 'red'",
];

/** What of a station's messages is looked for. `/` goes to the search. */
export function FilterBar({ filters, onChange, onAgain, mistake, partitions }: FilterBarProps) {
  const search = useRef<HTMLInputElement>(null);
  const { order = "newest" } = filters;
  const isLive = order === "live";
  const [text, setText] = useDraft((isLive ? filters.key : filters.text) ?? "");
  useHotkeys([["/", () => search.current?.focus()]]);
  const active = filtersIn(filters).filter((name) => !isLive || name === "key");
  const inForm = active.filter((name) => name !== "text" && name !== "where");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onChange(isLive ? { key: text } : { text });
  };
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <SegmentedControl
          aria-label="Which messages first"
          value={order}
          onChange={(value) => onChange({ order: value })}
          data={[
            { value: "newest", label: "Newest" },
            { value: "oldest", label: "Oldest" },
            { value: "live", label: "Live" },
          ]}
        />
        <form onSubmit={submit} style={{ flex: "1 1 220px", maxWidth: 420 }}>
          <TextInput
            ref={search}
            aria-label={isLive ? "Only messages whose key matches" : "Text in the payload"}
            placeholder={isLive ? "Key, such as eu.*" : "Search in payloads ( / )"}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
            onBlur={submit}
          />
        </form>
        {!isLive && (
          <>
            <MoreFilters
              filters={filters}
              count={inForm.length}
              partitions={partitions}
              onChange={onChange}
            />
            <ActionIcon variant="default" size="lg" aria-label="Search again" onClick={onAgain}>
              <IconRefresh size={18} stroke={1.7} />
            </ActionIcon>
          </>
        )}
      </Group>
      {!isLive && (
        <Expression
          value={filters.where ?? ""}
          onChange={(where) => onChange({ where })}
          mistake={mistake}
        />
      )}
      {active.length > 0 && (
        <Group gap={6}>
          {active.map((name) => (
            <Pill
              key={name}
              withRemoveButton
              removeButtonProps={{
                attributes: { root: { "aria-label": `Without ${filterLabels[name]}` } },
                "aria-hidden": false,
                tabIndex: 0,
              }}
              onRemove={() => onChange({ [name]: "" })}
            >
              {filterLabels[name]}: {(filters[name] ?? "").slice(0, 60)}
            </Pill>
          ))}
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => onChange(Object.fromEntries(active.map((name) => [name, ""])))}
          >
            Clear all
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Expression({
  value,
  onChange,
  mistake,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly mistake: FilterBarProps["mistake"];
}) {
  const [draft, setDraft] = useDraft(value);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onChange(draft);
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="start">
        <TextInput
          style={{ flex: "1 1 260px", maxWidth: 640 }}
          aria-label="Expression"
          placeholder="Expression, such as value.amount > 100"
          value={draft}
          maxLength={2_000}
          spellCheck={false}
          autoComplete="off"
          onChange={({ currentTarget }) => setDraft(currentTarget.value)}
          error={mistake !== undefined && draft === value && <Mistake text={value} {...mistake} />}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }}
        />
        <Button type="submit" variant="light">
          Search
        </Button>
        <ExpressionHelp onTake={(example) => setDraft(example)} />
      </Group>
    </form>
  );
}

/** The text again, with a mark where it is wrong. */
function Mistake({
  text,
  message,
  offset,
}: {
  readonly text: string;
  readonly message: string;
  readonly offset: number | undefined;
}) {
  return (
    <>
      {message}
      {offset !== undefined && (
        <Text component="span" display="block" size="xs" ff="monospace" truncate>
          {text.slice(Math.max(0, offset - 20), offset)}
          <mark className="mistake">{text.slice(offset, offset + 1) || " "}</mark>
          {text.slice(offset + 1, offset + 30)}
        </Text>
      )}
    </>
  );
}

function ExpressionHelp({ onTake }: { readonly onTake: (example: string) => void }) {
  return (
    <Popover width={360} position="bottom-end" withArrow>
      <Popover.Target>
        <Button variant="default">Examples</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm">
            An expression in CEL is tried on every message, on the server. It has key, headers,
            value (the message, decoded), time, sequence, partition and size.
          </Text>
          {examples.map((example) => (
            <Button
              key={example}
              variant="default"
              size="xs"
              justify="start"
              ff="monospace"
              onClick={() => onTake(example)}
            >
              {example}
            </Button>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function MoreFilters({
  filters,
  count,
  partitions,
  onChange,
}: {
  readonly filters: MessageFilters;
  readonly count: number;
  readonly partitions: number;
  readonly onChange: (changes: MessageFilters) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const [draft, setDraft] = useState(filters);
  useEffect(() => {
    if (isOpen) setDraft(filters);
  }, [isOpen, filters]);
  const field = (name: FilterName, label: string, placeholder: string, type = "text") => (
    <TextInput
      label={label}
      placeholder={placeholder}
      type={type}
      size="xs"
      value={draft[name] ?? ""}
      {...(type === "datetime-local" && { step: 1 })}
      onChange={({ currentTarget: { value } }) =>
        setDraft((before) => ({ ...before, [name]: value }))
      }
    />
  );
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      width={360}
      position="bottom-end"
      withArrow
      trapFocus
    >
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconFilter size={16} aria-hidden />}
          onClick={() => setOpen(!isOpen)}
        >
          Filters{count > 0 && ` (${count})`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const { order: _, message: __, where: ___, ...changes } = draft;
            onChange(changes);
            setOpen(false);
          }}
        >
          <Stack gap="xs">
            {field("key", "Key", "eu.* or eu.>")}
            {field("header", "Header", "name, or name=value")}
            <SimpleGrid cols={2} spacing="xs">
              {field("from", "From", "", "datetime-local")}
              {field("to", "To", "", "datetime-local")}
              {field("fromSequence", "From sequence", "1", "number")}
              {field("toSequence", "To sequence", "", "number")}
            </SimpleGrid>
            {partitions > 1 &&
              field("partition", `Partition (1 to ${partitions})`, "all", "number")}
            <Group justify="end" gap="xs">
              <Button size="xs" type="submit">
                Apply
              </Button>
            </Group>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What is typed, until it is said; what is said from elsewhere takes its place. */
function useDraft(value: string): readonly [string, (value: string) => void] {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  return [draft, setDraft];
}
