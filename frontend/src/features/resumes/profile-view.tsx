import { Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Education, Employment, Project } from "@/api";
import { Card } from "@/components/card";
import { Section } from "@/components/section";
import { EntriesBlock } from "./entries-block";
import { LetterBlock } from "./letter-block";
import { LinesBlock } from "./lines-block";
import { Period } from "./period";
import { ProfileFact } from "./profile-fact";
import styles from "./profile-view.module.css";
import { Sourced } from "./sourced";
import { SummaryBlock } from "./summary-block";

/** What was read in the document, with the candidate's corrections; what it does not say is shown as absent. */
export function ProfileView() {
  const { t } = useTranslation();
  return (
    <Section title={t("resume.profileTitle")} lead={t("resume.profileLead")}>
      <Card>
        <Stack gap="xl">
          <dl className={styles.facts}>
            <ProfileFact field="name" label={t("resume.name")} />
            <ProfileFact field="target_role" label={t("resume.targetRole")} />
            <ProfileFact field="email" label={t("resume.email")} />
            <ProfileFact field="phone" label={t("resume.phone")} />
            <ProfileFact field="total_experience_months" label={t("resume.experience")} />
          </dl>
          <SummaryBlock />
          <EntriesBlock
            list="employments"
            title={t("resume.employments")}
            nameOf={(job) => job.company}
            draw={drawEmployment}
          />
          <EntriesBlock
            list="projects"
            title={t("resume.projects")}
            nameOf={(project) => project.name}
            draw={drawProject}
          />
          <EntriesBlock
            list="education"
            title={t("resume.education")}
            nameOf={(school) => school.school}
            draw={drawSchool}
          />
          <LinesBlock field="skills" title={t("resume.skills")} areShort />
          <LinesBlock field="certifications" title={t("resume.certifications")} />
          <LinesBlock field="activities" title={t("resume.activities")} />
          <LetterBlock />
          <LinesBlock field="links" title={t("resume.links")} />
        </Stack>
      </Card>
    </Section>
  );
}

function drawEmployment(job: Employment, pointer: string) {
  return (
    <>
      <Headline
        pointer={pointer}
        parts={{ company: job.company, department: job.department, role: job.role }}
      />
      <Period pointer={pointer} start={job.start} end={job.end} isCurrent={job.is_current} />
      <Passage pointer={`${pointer}/description`} text={job.description} />
    </>
  );
}

function drawProject(project: Project, pointer: string) {
  return (
    <>
      <Headline pointer={pointer} parts={{ name: project.name, role: project.role }} />
      <Period pointer={pointer} start={project.start} end={project.end} />
      {project.technologies && project.technologies.length > 0 && (
        <Group gap={6} component="ul" className={styles.tags}>
          {project.technologies.map((technology, index) => (
            <li key={technology} className={styles.tag}>
              <Sourced pointer={`${pointer}/technologies/${index}`}>{technology}</Sourced>
            </li>
          ))}
        </Group>
      )}
      <Passage pointer={`${pointer}/description`} text={project.description} />
      {project.achievements && project.achievements.length > 0 && (
        <ul className={styles.achievements}>
          {project.achievements.map((achievement, index) => (
            <li key={achievement}>
              <Sourced pointer={`${pointer}/achievements/${index}`}>{achievement}</Sourced>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function drawSchool(school: Education, pointer: string) {
  return (
    <>
      <Headline
        pointer={pointer}
        parts={{ school: school.school, field: school.field, degree: school.degree }}
      />
      <Period pointer={pointer} start={school.start} end={school.end} />
    </>
  );
}

function Headline({ pointer, parts }: { pointer: string; parts: Record<string, string | null | undefined> }) {
  const said = Object.entries(parts).filter((part): part is [string, string] => Boolean(part[1]));
  return (
    <Text fw={600} component="div">
      {said.map(([name, value], index) => (
        <span key={name}>
          {index > 0 && " · "}
          <Sourced pointer={`${pointer}/${name}`}>{value}</Sourced>
        </span>
      ))}
    </Text>
  );
}

function Passage({ pointer, text }: { pointer: string; text: string | null | undefined }) {
  return (
    text && (
      <div className="prose kept-lines">
        <Sourced pointer={pointer}>{text}</Sourced>
      </div>
    )
  );
}
