import { Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Card } from "@/components/card";
import { Section } from "@/components/section";
import styles from "./devices.module.css";

type Props = { title: string; state: "good" | "bad" | "open"; result: string; children?: ReactNode };

const ICONS = { good: IconCircleCheck, bad: IconAlertTriangle, open: IconCircleDashed };

/** One thing that is checked, and how it stands, in words. */
export function CheckCard({ title, state, result, children }: Props) {
  const Icon = ICONS[state];
  return (
    <Section title={title}>
      <Card>
        <Group gap={8} wrap="nowrap" align="flex-start" role="status">
          <Icon size={22} stroke={1.75} className={styles[state]} aria-hidden />
          <Text>{result}</Text>
        </Group>
        {children}
      </Card>
    </Section>
  );
}
