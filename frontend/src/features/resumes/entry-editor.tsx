import { Button, Checkbox, SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { CorrectionError } from "./correction-error";
import { SaveButtons } from "./correction-tools";
import {
  ENTRY_FIELDS,
  type EntryField,
  type EntryListName,
  findProblems,
  toEntry,
  toValues,
} from "./entry-fields";
import styles from "./profile-view.module.css";

type Props = {
  list: EntryListName;
  entry: Record<string, unknown>;
  isBusy: boolean;
  error: Error | null;
  onSave: (entry: Record<string, unknown>) => void;
  onRemove?: () => void;
  onCancel: () => void;
};

/** One employment, project or school, edited in its place. */
export function EntryEditor({ list, entry, isBusy, error, onSave, onRemove, onCancel }: Props) {
  const { t } = useTranslation();
  const fields: readonly EntryField[] = ENTRY_FIELDS[list];
  const [values, setValues] = useState(() => toValues(entry, fields));
  const [isChecked, setChecked] = useState(false);
  const problems = findProblems(values, fields);
  const set = (name: string, value: string | boolean) => setValues((known) => ({ ...known, [name]: value }));

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (Object.keys(problems).length === 0) onSave(toEntry(values, fields));
  };
  const draw = ({ name, kind, isRequired }: EntryField, isFirst: boolean) => {
    const label = t(`resume.entry.${list}.${name}` as "resume.entry.employments.company");
    if (kind === "flag") {
      return (
        <Checkbox
          key={name}
          label={label}
          className={styles.flag}
          checked={values[name] === true}
          onChange={(event) => set(name, event.currentTarget.checked)}
        />
      );
    }
    const problem = isChecked ? problems[name] : undefined;
    const input = {
      label,
      required: isRequired,
      value: String(values[name]),
      error: problem && t(`resume.entryProblem.${problem}`),
      autoFocus: isFirst,
      onChange: (event: { currentTarget: { value: string } }) => set(name, event.currentTarget.value),
    };
    if (kind === "text") return <TextInput key={name} {...input} maxLength={300} />;
    if (kind === "month") {
      const goesOn = name === "end" && values.is_current === true;
      return <TextInput key={name} {...input} maxLength={7} placeholder="2021-03" disabled={goesOn} />;
    }
    const hint = kind === "lines" ? t("resume.onePerLine") : undefined;
    return (
      <Textarea
        key={name}
        {...input}
        description={hint}
        autosize
        minRows={2}
        maxRows={14}
        maxLength={6000}
        className={styles.wide}
      />
    );
  };

  return (
    <form onSubmit={submit} noValidate className={styles.editor}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
          {fields.map((field, index) => draw(field, index === 0))}
        </SimpleGrid>
        <CorrectionError error={error} />
        <SaveButtons isBusy={isBusy} onCancel={onCancel}>
          {onRemove && (
            <Button
              variant="subtle"
              color="red"
              c="var(--mantine-color-error)"
              size="compact-md"
              onClick={onRemove}
            >
              {t("resume.removeEntry")}
            </Button>
          )}
        </SaveButtons>
      </Stack>
    </form>
  );
}
