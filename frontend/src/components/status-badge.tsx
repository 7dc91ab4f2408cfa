import { Badge } from "@mantine/core";
import { IconAlertCircle, IconCheck, IconClock, IconProgress } from "@tabler/icons-react";

export type StatusTone = "waiting" | "running" | "done" | "failed";

type Props = { tone: StatusTone; label: string };

const LOOKS = {
  waiting: { color: "gray", Icon: IconClock },
  running: { color: "tide", Icon: IconProgress },
  done: { color: "tide", Icon: IconCheck },
  failed: { color: "red", Icon: IconAlertCircle },
} as const;

/** A state in a word, with an icon so that colour never speaks alone. */
export function StatusBadge({ tone, label }: Props) {
  const { color, Icon } = LOOKS[tone];
  return (
    <Badge
      variant="light"
      color={color}
      size="lg"
      radius="sm"
      tt="none"
      fw={550}
      leftSection={<Icon size={14} aria-hidden />}
      style={{ flex: "none" }}
    >
      {label}
    </Badge>
  );
}
