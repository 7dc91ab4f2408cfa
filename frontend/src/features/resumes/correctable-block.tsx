import { Group } from "@mantine/core";
import type { ReactNode } from "react";
import { CorrectionError } from "./correction-error";
import { CorrectedBadge, EditButton, FromModelBadge, TakeBackButton } from "./correction-tools";
import styles from "./profile-view.module.css";
import type { Correctable } from "./use-correctable";

type Props = { title: string; field: Correctable; canEdit?: boolean; children: ReactNode };

/** A titled part of the profile that can be corrected as a whole. */
export function CorrectableBlock({ title, field, canEdit = true, children }: Props) {
  return (
    <div>
      <Group gap={6} mb={8}>
        <h3 className={styles.blockTitle}>{title}</h3>
        {canEdit && !field.isEditing && (
          <EditButton label={title} onEdit={field.edit} buttonRef={field.editButton} />
        )}
        {field.isFromModel && <FromModelBadge />}
        {field.isCorrected && (
          <>
            <CorrectedBadge />
            <TakeBackButton label={title} isBusy={field.isBusy} onTakeBack={field.takeBack} />
          </>
        )}
      </Group>
      {children}
      {!field.isEditing && <CorrectionError error={field.error} />}
    </div>
  );
}
