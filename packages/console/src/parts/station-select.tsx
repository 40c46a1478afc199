import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { browseQuestion } from "../api/questions.ts";

const shownMax = 50;

/** One of the stations, found by the server as one types. */
export function StationSelect({
  label,
  hint,
  value,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly value: string | null;
  readonly onChange: (station: string | null) => void;
}) {
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 120);
  // The name that is chosen stands there as the text: then others are wanted, too.
  const wanted = search === value ? "" : search;
  const { data } = useQuery({
    ...browseQuestion({ limit: shownMax, search: wanted }),
    refetchInterval: false,
    placeholderData: keepPreviousData,
  });
  const names = (data?.items ?? []).map(({ name }) => name);
  return (
    <Select
      label={label}
      {...(hint !== undefined && { description: hint })}
      placeholder="Name"
      data={value === null || names.includes(value) ? names : [value, ...names]}
      value={value}
      onChange={onChange}
      searchValue={text}
      onSearchChange={setText}
      searchable
      clearable
      nothingFoundMessage="No station of that name"
    />
  );
}
