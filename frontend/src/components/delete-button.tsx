import { Button } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "./confirm-dialog";

type Props = { label: string; title: string; text: string; isPending: boolean; onConfirm: () => void };

/** Deletes for good, once it was confirmed. */
export function DeleteButton({ label, title, text, isPending, onConfirm }: Props) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        color="red"
        c="var(--mantine-color-error)"
        leftSection={<IconTrash size={18} />}
        onClick={() => setAsking(true)}
      >
        {label}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={title}
        text={text}
        confirmLabel={t("common.delete")}
        isDangerous
        isPending={isPending}
        onConfirm={onConfirm}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
