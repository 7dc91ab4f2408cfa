import { Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CorrectionError } from "./correction-error";
import { CorrectedBadge, EditButton, FromModelBadge, TakeBackButton } from "./correction-tools";
import { MonthsEditor } from "./months-editor";
import { useProfile } from "./profile-context";
import { experienceText } from "./profile-text";
import styles from "./profile-view.module.css";
import { Sourced } from "./sourced";
import { TextEditor } from "./text-editor";
import { useCorrectable } from "./use-correctable";

type Props = { field: "name" | "email" | "phone" | "target_role" | "total_experience_months"; label: string };

/** One short fact of the profile, with its place in the original and its correction. */
export function ProfileFact({ field, label }: Props) {
  const { t } = useTranslation();
  const { profile } = useProfile();
  const correctable = useCorrectable(field);
  const text = field === "total_experience_months" ? experienceText(profile, t) : profile[field];
  return (
    <div>
      <dt>{label}</dt>
      {correctable.isEditing ? (
        <dd>
          {field === "total_experience_months" ? (
            <MonthsEditor value={profile.total_experience_months ?? null} field={correctable} />
          ) : (
            <TextEditor
              label={label}
              value={text ?? ""}
              maxLength={300}
              field={correctable}
              onSave={correctable.save}
            />
          )}
        </dd>
      ) : (
        <dd data-absent={text ? undefined : true}>
          <Group gap={4} wrap="nowrap" align="flex-start" className={styles.factValue}>
            {text ? <Sourced pointer={`/${field}`}>{text}</Sourced> : t("common.notFoundInDocument")}
            <EditButton label={label} onEdit={correctable.edit} buttonRef={correctable.editButton} />
          </Group>
          {correctable.isFromModel && <FromModelBadge />}
          {correctable.isCorrected && (
            <Group gap={4}>
              <CorrectedBadge />
              <TakeBackButton label={label} isBusy={correctable.isBusy} onTakeBack={correctable.takeBack} />
            </Group>
          )}
          <CorrectionError error={correctable.error} />
        </dd>
      )}
    </div>
  );
}
