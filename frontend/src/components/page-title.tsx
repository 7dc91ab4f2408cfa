import { Text, Title } from "@mantine/core";

type Props = { title: string; lead?: string };

export function PageTitle({ title, lead }: Props) {
  return (
    <div>
      <Title order={1} size="h2">
        {title}
      </Title>
      {lead && (
        <Text c="dimmed" mt={6} className="prose">
          {lead}
        </Text>
      )}
    </div>
  );
}
