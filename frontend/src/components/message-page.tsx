import { Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

type Props = { title: string; text: string; children?: ReactNode };

/** A page that has one thing to say and, at most, a few ways on. */
export function MessagePage({ title, text, children }: Props) {
  return (
    <Stack align="flex-start" gap="md" maw={560} mx="auto" py={{ base: 40, sm: 96 }}>
      <Title order={1} size="h2">
        {title}
      </Title>
      <Text c="dimmed">{text}</Text>
      <Group gap="sm" mt="sm">
        {children}
      </Group>
    </Stack>
  );
}
