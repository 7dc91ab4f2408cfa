import { Anchor, Button, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconFileText, IconLock, IconMessageCircle, IconReportAnalytics } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SystemStatus } from "@/api";
import { useSystemStatus } from "@/features/setup/use-system-status";
import styles from "./landing.module.css";
import { SampleQuestion } from "./sample-question";

export function LandingPage() {
  const { t } = useTranslation();
  const { data: status } = useSystemStatus();
  const steps = [
    { Icon: IconFileText, title: t("landing.step1"), text: t("landing.step1Text") },
    { Icon: IconMessageCircle, title: t("landing.step2"), text: t("landing.step2Text") },
    { Icon: IconReportAnalytics, title: t("landing.step3"), text: t("landing.step3Text") },
  ];
  const promises = [t(`landing.stored.${storedWhere(status)}`), t("landing.privacy2"), t("landing.privacy3")];
  return (
    <div className={styles.page}>
      <section className={styles.opening}>
        <div>
          <h1 className={styles.title}>{t("landing.title")}</h1>
          <p className={styles.lead}>{t("landing.lead")}</p>
          <Group gap="lg" mt={32}>
            <Button component={Link} to="/register" size="lg">
              {t("landing.start")}
            </Button>
            <Anchor component={Link} to="/sign-in">
              {t("landing.signIn")}
            </Anchor>
          </Group>
        </div>
        <SampleQuestion />
      </section>
      <section>
        <Title order={2} size="h3" mb="lg">
          {t("landing.stepsTitle")}
        </Title>
        <SimpleGrid component="ol" cols={{ base: 1, sm: 3 }} spacing="xl" className={styles.steps}>
          {steps.map(({ Icon, title, text }) => (
            <li key={title}>
              <Icon size={26} stroke={1.5} color="var(--accent)" aria-hidden />
              <Text fw={600} mt={8}>
                {title}
              </Text>
              <Text c="dimmed" size="sm">
                {text}
              </Text>
            </li>
          ))}
        </SimpleGrid>
      </section>
      <section className={styles.privacy}>
        <Title order={2} size="h3" mb="md">
          {t("landing.privacyTitle")}
        </Title>
        <Stack component="ul" gap={10} className={styles.promises}>
          {promises.map((promise) => (
            <li key={promise}>
              <IconLock size={18} stroke={1.75} aria-hidden />
              <span>{promise}</span>
            </li>
          ))}
        </Stack>
      </section>
    </div>
  );
}

/** Who gets to see résumés and answers; nothing is promised about others before it is known. */
function storedWhere(status: SystemStatus | undefined): "unknown" | "here" | "sent" {
  if (!status) return "unknown";
  return status.model_location === "remote" ? "sent" : "here";
}
