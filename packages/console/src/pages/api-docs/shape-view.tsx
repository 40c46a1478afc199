import { Badge, Box, Button, Code, Divider, Group, Stack, Text } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useId, useState } from "react";
import type { ApiDocument, Shape } from "./document.ts";
import { Prose } from "./prose.tsx";
import { boundsOf, partsWithin, typeText, valuesOf } from "./shapes.ts";

type Schemas = ApiDocument["components"]["schemas"];

/**
 * The fields of a shape, and of those within it when they are asked for. What contains itself is not shown again.
 *
 * @param isAnswer - Whether the server says it.
 * @param above - Names of the shapes that it stands within.
 */
export function ShapeView({
  shape,
  schemas,
  isAnswer = false,
  above = [],
}: {
  readonly shape: Shape;
  readonly schemas: Schemas;
  readonly isAnswer?: boolean;
  readonly above?: readonly string[];
}) {
  const parts = partsWithin(shape, schemas);
  return (
    <Stack gap="xs">
      {parts.map(({ name, shape: part }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a document that does not change
        <Stack key={index} gap="xs">
          {index > 0 && <Divider label="or" labelPosition="left" />}
          {Object.entries(part.properties ?? {}).map(([field, said]) => (
            <Field
              key={field}
              name={field}
              shape={said}
              isRequired={part.required?.includes(field) === true}
              schemas={schemas}
              isAnswer={isAnswer}
              above={name === undefined ? above : [...above, name]}
            />
          ))}
        </Stack>
      ))}
    </Stack>
  );
}

/** A field, or a parameter: what it is, what is demanded of it, and what it is for. */
export function Field({
  name,
  shape,
  isRequired,
  schemas,
  where,
  description = shape.description,
  isAnswer = false,
  above = [],
}: {
  readonly name: string;
  readonly shape: Shape;
  readonly isRequired: boolean;
  readonly schemas: Schemas;
  /** Of a parameter: where it stands. */
  readonly where?: string;
  readonly description?: string | undefined;
  /** Of an answer there is told what may be missing, of a request what may not be. */
  readonly isAnswer?: boolean;
  readonly above?: readonly string[];
}) {
  const bounds = isAnswer ? valuesOf(shape) : boundsOf(shape);
  const parts = partsWithin(shape, schemas);
  const same = parts.find((part) => part.name !== undefined && above.includes(part.name))?.name;
  return (
    <Box>
      <Group gap={8} align="baseline">
        <Code fw={600}>{name}</Code>
        <Text size="sm" c="dimmed">
          {where === undefined ? typeText(shape) : `${typeText(shape)}, ${where}`}
        </Text>
        {isRequired && !isAnswer && (
          <Badge size="sm" variant="light" color="red">
            required
          </Badge>
        )}
        {!isRequired && isAnswer && (
          <Badge size="sm" variant="default">
            may be missing
          </Badge>
        )}
      </Group>
      {description !== undefined && <Prose text={description} size="sm" />}
      {bounds.length > 0 && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {bounds.join("; ")}
        </Text>
      )}
      {same !== undefined && (
        <Text size="xs" c="dimmed">
          With the fields of {same}, within which it stands.
        </Text>
      )}
      {same === undefined && parts.length > 0 && (
        <Folded name={name} shape={shape} schemas={schemas} isAnswer={isAnswer} above={above} />
      )}
    </Box>
  );
}

function Folded({
  name,
  ...shown
}: {
  readonly name: string;
  readonly shape: Shape;
  readonly schemas: Schemas;
  readonly isAnswer: boolean;
  readonly above: readonly string[];
}) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        ml={-8}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        leftSection={
          isOpen ? (
            <IconChevronDown size={14} aria-hidden />
          ) : (
            <IconChevronRight size={14} aria-hidden />
          )
        }
        onClick={() => setOpen(!isOpen)}
      >
        Fields of {name}
      </Button>
      {isOpen && (
        <Box id={id} pl="sm" mt={4} className="json-inner">
          <ShapeView {...shown} />
        </Box>
      )}
    </>
  );
}
