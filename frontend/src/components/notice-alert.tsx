import { Alert, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";

type Props = { title?: string; text: string; needsYou?: boolean; children?: ReactNode };

/** Something worth knowing that is not an error; amber when the reader may want to act. */
export function NoticeAlert({ title, text, needsYou = false, children }: Props) {
  return (
    <Alert
      color={needsYou ? "yellow" : "tide"}
      variant="light"
      role="note"
      title={title}
      icon={needsYou ? <IconAlertTriangle size={20} /> : <IconInfoCircle size={20} />}
    >
      <Text size="sm" c="var(--mantine-color-text)">
        {text}
      </Text>
      {children && (
        <Group gap="sm" mt="sm">
          {children}
        </Group>
      )}
    </Alert>
  );
}
