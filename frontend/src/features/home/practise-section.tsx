import { Button, SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Card } from "@/components/card";
import { Section } from "@/components/section";
import { WritingBadge } from "@/components/writing-badge";
import { learningPathsQuery } from "@/features/learning/learning-queries";
import styles from "./home.module.css";

/** What can be done besides an interview. */
export function PractiseSection() {
  const { t } = useTranslation();
  const { data } = useQuery(learningPathsQuery);
  const newest = data?.items[0];
  return (
    <Section title={t("home.practise")}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Card>
          <h3 className={styles.cardTitle}>{t("nav.questionSets")}</h3>
          <Text c="dimmed" mb="md">
            {t("home.questionSetsText")}
          </Text>
          <Button component={Link} to="/question-sets" variant="default">
            {t("home.questionSetsAction")}
          </Button>
        </Card>
        <Card>
          <h3 className={styles.cardTitle}>
            {t("nav.learning")} {newest && <WritingBadge status={newest.status} />}
          </h3>
          <Text c="dimmed" mb="md">
            {t("home.learningText")}
          </Text>
          <Button component={Link} to="/learning" variant="default">
            {t("home.learningAction")}
          </Button>
        </Card>
      </SimpleGrid>
    </Section>
  );
}
