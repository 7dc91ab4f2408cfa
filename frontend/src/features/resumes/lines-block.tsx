import { Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CorrectableBlock } from "./correctable-block";
import { useProfile } from "./profile-context";
import styles from "./profile-view.module.css";
import { Sourced } from "./sourced";
import { TextEditor } from "./text-editor";
import { useCorrectable } from "./use-correctable";

type Props = {
  field: "skills" | "certifications" | "activities" | "links";
  title: string;
  areShort?: boolean;
};

const MOST_CHARACTERS = 20_000;

/** A list of the profile, edited as lines of text. */
export function LinesBlock({ field, title, areShort = false }: Props) {
  const { t } = useTranslation();
  const { profile } = useProfile();
  const correctable = useCorrectable(field);
  const lines = profile[field] ?? [];
  const save = (text: string) => {
    const items = text.split("\n").map((line) => line.trim());
    correctable.save([...new Set(items.filter(Boolean))]);
  };
  return (
    <CorrectableBlock title={title} field={correctable}>
      {correctable.isEditing ? (
        <TextEditor
          label={title}
          hint={t("resume.onePerLine")}
          value={lines.join("\n")}
          isLong
          maxLength={MOST_CHARACTERS}
          field={correctable}
          onSave={save}
        />
      ) : lines.length === 0 ? (
        <Text c="dimmed">{t("common.notFoundInDocument")}</Text>
      ) : areShort ? (
        <Group gap={8} component="ul" className={styles.tags}>
          {lines.map((line, index) => (
            <li key={line} className={styles.tag}>
              <Sourced pointer={`/${field}/${index}`}>{line}</Sourced>
            </li>
          ))}
        </Group>
      ) : (
        <ul className={styles.achievements}>
          {lines.map((line, index) => (
            <li key={line}>
              <Sourced pointer={`/${field}/${index}`}>{line}</Sourced>
            </li>
          ))}
        </ul>
      )}
    </CorrectableBlock>
  );
}
