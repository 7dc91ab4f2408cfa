import { Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { CorrectionError } from "./correction-error";
import { SaveButtons } from "./correction-tools";
import type { Correctable } from "./use-correctable";

type Props = {
  label: string;
  value: string;
  hint?: string;
  isLong?: boolean;
  maxLength: number;
  field: Correctable;
  onSave: (text: string) => void;
};

/** A field of text, edited in its place. */
export function TextEditor({ label, value, hint, isLong = false, maxLength, field, onSave }: Props) {
  const [text, setText] = useState(value);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave(text.trim());
  };
  const input = {
    "aria-label": label,
    description: hint,
    value: text,
    maxLength,
    autoFocus: true,
    onChange: (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value),
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="xs">
        {isLong ? <Textarea {...input} autosize minRows={3} maxRows={14} /> : <TextInput {...input} />}
        <CorrectionError error={field.error} />
        <SaveButtons isBusy={field.isBusy} onCancel={field.close} />
      </Stack>
    </form>
  );
}
