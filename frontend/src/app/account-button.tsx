import { ActionIcon, type ActionIconProps } from "@mantine/core";
import { IconUser } from "@tabler/icons-react";
import type { ComponentPropsWithRef } from "react";
import { useTranslation } from "react-i18next";

type Props = ActionIconProps & ComponentPropsWithRef<"button">;

export function AccountButton(props: Props) {
  const { t } = useTranslation();
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("nav.account")} {...props}>
      <IconUser size={20} stroke={1.75} />
    </ActionIcon>
  );
}
