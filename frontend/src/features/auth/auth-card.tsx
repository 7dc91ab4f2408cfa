import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Card } from "@/components/card";

type Props = { title: string; lead: string; children: ReactNode };

export function AuthCard({ title, lead, children }: Props) {
  return (
    <Stack maw={420} mx="auto" pt={{ base: 8, sm: 40 }} gap="xl">
      <div>
        <Title order={1} size="h2">
          {title}
        </Title>
        <Text c="dimmed" mt={4}>
          {lead}
        </Text>
      </div>
      <Card>{children}</Card>
    </Stack>
  );
}
