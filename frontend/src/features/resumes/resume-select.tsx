import { Select, type SelectProps } from "@mantine/core";
import type { Resume } from "@/api";

type Props = SelectProps & { resumes: readonly Resume[] };

/** Chooses one of the candidate's résumés by its file's name. */
export function ResumeSelect({ resumes, ...select }: Props) {
  return (
    <Select
      size="md"
      data={resumes.map(({ id, filename }) => ({ value: id, label: filename }))}
      allowDeselect={false}
      comboboxProps={{ shadow: "sm" }}
      {...select}
    />
  );
}
