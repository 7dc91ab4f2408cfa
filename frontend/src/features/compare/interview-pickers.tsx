import { ActionIcon, Select } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Interview } from "@/api";
import { currentLanguage } from "@/i18n";
import { formatDateTime } from "@/lib/format";
import styles from "./compare.module.css";

type Props = {
  interviews: readonly Interview[];
  a: string | null;
  b: string | null;
  onChange: (pair: { a: string; b: string }) => void;
};

export function InterviewPickers({ interviews, a, b, onChange }: Props) {
  const { t } = useTranslation();
  const choices = interviews.map((interview) => ({ value: interview.id, label: labelOf(interview) }));
  const set = (pair: { a?: string | null; b?: string | null }) => {
    onChange({ a: pair.a ?? a ?? "", b: pair.b ?? b ?? "" });
  };
  return (
    <div className={styles.pickers}>
      <Picker
        label={t("compare.a")}
        value={a}
        choices={choices}
        other={b}
        onChange={(value) => set({ a: value })}
      />
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={t("compare.swap")}
        onClick={() => set({ a: b, b: a })}
      >
        <IconArrowsExchange size={18} stroke={1.75} />
      </ActionIcon>
      <Picker
        label={t("compare.b")}
        value={b}
        choices={choices}
        other={a}
        onChange={(value) => set({ b: value })}
      />
    </div>
  );
}

type PickerProps = {
  label: string;
  value: string | null;
  other: string | null;
  choices: ReadonlyArray<{ value: string; label: string }>;
  onChange: (value: string | null) => void;
};

function Picker({ label, value, other, choices, onChange }: PickerProps) {
  const { t } = useTranslation();
  return (
    <Select
      className={styles.picker}
      label={label}
      placeholder={t("compare.choose")}
      data={choices.map((choice) => ({ ...choice, disabled: choice.value === other }))}
      value={value}
      allowDeselect={false}
      onChange={onChange}
    />
  );
}

/** Its date first: interviews for the same job differ in nothing else, and a long line is cut off at its end. */
function labelOf(interview: Interview): string {
  const date = formatDateTime(interview.finished_at ?? interview.created_at, currentLanguage());
  return [date, interview.target_role, interview.company].filter(Boolean).join(" · ");
}
