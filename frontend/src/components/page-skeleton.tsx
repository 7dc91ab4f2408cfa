import { Skeleton, Stack, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** The grey outline of a page that is a moment away. */
export function PageSkeleton() {
  const { t } = useTranslation();
  return (
    <Stack gap="lg" aria-busy="true">
      <VisuallyHidden role="status">{t("common.loading")}</VisuallyHidden>
      <Skeleton height={36} width="45%" animate={false} />
      <Skeleton height={140} animate={false} />
      <Skeleton height={20} width="80%" animate={false} />
      <Skeleton height={20} width="60%" animate={false} />
    </Stack>
  );
}
