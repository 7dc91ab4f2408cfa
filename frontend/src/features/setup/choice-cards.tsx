import { Radio, Text } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./choice-cards.module.css";

export type Choice<Value extends string> = { value: Value; title: string; text: string; details?: ReactNode };

type Props<Value extends string> = {
  label: string;
  value: Value;
  choices: ReadonlyArray<Choice<Value>>;
  onChange: (value: Value) => void;
};

/** One of a few, each with room for a sentence. */
export function ChoiceCards<Value extends string>({ label, value, choices, onChange }: Props<Value>) {
  return (
    <Radio.Group
      label={label}
      labelProps={{ fw: 600, fz: 16, mb: 8 }}
      value={value}
      onChange={(chosen) => onChange(chosen as Value)}
    >
      <div className={styles.choices}>
        {choices.map((choice) => (
          <div key={choice.value} className={styles.choice} data-chosen={choice.value === value || undefined}>
            <Radio
              value={choice.value}
              label={<span className={styles.title}>{choice.title}</span>}
              description={choice.text}
              styles={{ description: { fontSize: 14, color: "var(--mantine-color-dimmed)" } }}
            />
            {choice.details && (
              <Text component="div" size="sm" c="dimmed" className={styles.details}>
                {choice.details}
              </Text>
            )}
          </div>
        ))}
      </div>
    </Radio.Group>
  );
}
