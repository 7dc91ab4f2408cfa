import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ErrorAlert } from "@/components/error-alert";
import { PageTitle } from "@/components/page-title";
import { useSystemStatus } from "@/features/setup/use-system-status";
import { DEFAULT_MAX_UPLOAD_BYTES, errorText } from "@/i18n/error-text";
import { DropZone } from "./drop-zone";
import { useUpload } from "./use-upload";

export function UploadPage() {
  const { t } = useTranslation();
  const { data: status } = useSystemStatus();
  const maxBytes = status?.max_upload_bytes ?? DEFAULT_MAX_UPLOAD_BYTES;
  const upload = useUpload(maxBytes);
  return (
    <Stack gap="xl" maw={680} mx="auto">
      <PageTitle title={t("resume.uploadTitle")} lead={t("resume.uploadLead")} />
      {upload.error && (
        <ErrorAlert title={t("resume.uploadFailed")} text={errorText(upload.error, maxBytes)} />
      )}
      <DropZone maxBytes={maxBytes} isBusy={upload.isPending} onFile={(file) => upload.mutate(file)} />
      <Text size="sm" c="dimmed">
        {t("resume.privacy")}
      </Text>
    </Stack>
  );
}
