import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CorrectableBlock } from "./correctable-block";
import { useProfile } from "./profile-context";
import { Sourced } from "./sourced";
import { TextEditor } from "./text-editor";
import { useCorrectable } from "./use-correctable";

const MOST_CHARACTERS = 6000;

export function SummaryBlock() {
  const { t } = useTranslation();
  const { profile } = useProfile();
  const correctable = useCorrectable("summary");
  const title = t("resume.summary");
  return (
    <CorrectableBlock title={title} field={correctable}>
      {correctable.isEditing ? (
        <TextEditor
          label={title}
          value={profile.summary ?? ""}
          isLong
          maxLength={MOST_CHARACTERS}
          field={correctable}
          onSave={correctable.save}
        />
      ) : profile.summary ? (
        <div className="prose kept-lines">
          <Sourced pointer="/summary">{profile.summary}</Sourced>
        </div>
      ) : (
        <Text c="dimmed">{t("common.notFoundInDocument")}</Text>
      )}
    </CorrectableBlock>
  );
}
