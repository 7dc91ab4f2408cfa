import { ActionIcon, Badge, Button, Group } from "@mantine/core";
import { IconArrowBackUp, IconPencil, IconSparkles } from "@tabler/icons-react";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";

type EditProps = { label: string; onEdit: () => void; buttonRef?: Ref<HTMLButtonElement> };

export function EditButton({ label, onEdit, buttonRef }: EditProps) {
  const { t } = useTranslation();
  return (
    <ActionIcon
      ref={buttonRef}
      variant="subtle"
      color="gray"
      c="dimmed"
      aria-label={t("resume.edit", { label })}
      onClick={onEdit}
    >
      <IconPencil size={18} stroke={1.6} />
    </ActionIcon>
  );
}

export function CorrectedBadge() {
  const { t } = useTranslation();
  return (
    <Badge
      variant="light"
      color="tide"
      size="md"
      radius="sm"
      tt="none"
      fw={550}
      leftSection={<IconPencil size={12} aria-hidden />}
      style={{ flex: "none" }}
    >
      {t("resume.corrected")}
    </Badge>
  );
}

/** Says that a model found it where the rules did not. */
export function FromModelBadge() {
  const { t } = useTranslation();
  return (
    <Badge
      variant="light"
      color="gray"
      size="md"
      radius="sm"
      tt="none"
      fw={550}
      leftSection={<IconSparkles size={12} aria-hidden />}
      style={{ flex: "none" }}
    >
      {t("resume.fromModel")}
    </Badge>
  );
}

type TakeBackProps = { label: string; isBusy: boolean; onTakeBack: () => void };

export function TakeBackButton({ label, isBusy, onTakeBack }: TakeBackProps) {
  const { t } = useTranslation();
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      leftSection={<IconArrowBackUp size={16} />}
      loading={isBusy}
      aria-label={t("resume.takeBackOf", { label })}
      onClick={onTakeBack}
    >
      {t("resume.takeBack")}
    </Button>
  );
}

type SaveProps = { isBusy: boolean; onCancel: () => void; children?: React.ReactNode };

/** The end of every small form. */
export function SaveButtons({ isBusy, onCancel, children }: SaveProps) {
  const { t } = useTranslation();
  return (
    <Group gap="xs">
      <Button type="submit" size="compact-md" loading={isBusy}>
        {t("common.save")}
      </Button>
      <Button variant="default" size="compact-md" onClick={onCancel}>
        {t("common.cancel")}
      </Button>
      {children}
    </Group>
  );
}
