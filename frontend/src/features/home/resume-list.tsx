import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Resume } from "@/api";
import { Section } from "@/components/section";
import styles from "./home.module.css";
import { ResumeRow } from "./resume-row";

export function ResumeList({ resumes }: { resumes: readonly Resume[] }) {
  const { t } = useTranslation();
  const add = (
    <Button
      component={Link}
      to="/resumes/new"
      variant="default"
      size="compact-md"
      leftSection={<IconPlus size={16} />}
    >
      {t("home.addResume")}
    </Button>
  );
  return (
    <Section title={t("home.resumes")} action={add}>
      {resumes.length === 0 ? (
        <div className={styles.empty}>{t("home.noResumes")}</div>
      ) : (
        <ul className={styles.rows}>
          {resumes.map((resume) => (
            <ResumeRow key={resume.id} resume={resume} />
          ))}
        </ul>
      )}
    </Section>
  );
}
