import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Resume } from "@/api";
import { Section } from "@/components/section";
import styles from "./home.module.css";
import { ResumeRow } from "./resume-row";

const PAGE = 10;

export function ResumeList({ resumes }: { resumes: readonly Resume[] }) {
  const { t } = useTranslation();
  const [limit, setLimit] = useState(PAGE);
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
          {resumes.slice(0, limit).map((resume) => (
            <ResumeRow key={resume.id} resume={resume} />
          ))}
        </ul>
      )}
      {resumes.length > limit && (
        <div>
          <Button variant="subtle" onClick={() => setLimit(limit + 3 * PAGE)}>
            {t("home.moreResumes")}
          </Button>
        </div>
      )}
    </Section>
  );
}
