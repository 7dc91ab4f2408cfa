import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { errorText } from "@/i18n/error-text";

type Props = { title: string; error?: unknown; text?: string; onRetry?: () => void; children?: ReactNode };

/** What failed, why in words, and what can be done now. */
export function ErrorAlert({ title, error, text, onRetry, children }: Props) {
  const { t } = useTranslation();
  return (
    <Alert color="red" variant="light" role="alert" title={title} icon={<IconAlertCircle size={20} />}>
      <Text size="sm" c="var(--mantine-color-text)">
        {text ?? errorText(error)}
      </Text>
      {(onRetry || children) && (
        <Group gap="sm" mt="sm">
          {onRetry && (
            <Button size="compact-sm" variant="default" onClick={onRetry}>
              {t("common.retry")}
            </Button>
          )}
          {children}
        </Group>
      )}
    </Alert>
  );
}
