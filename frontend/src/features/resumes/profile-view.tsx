import { Badge, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Profile } from "@/api";
import { Card } from "@/components/card";
import { Section } from "@/components/section";
import { ProfileFact } from "./profile-fact";
import { experienceText, periodText } from "./profile-text";
import styles from "./profile-view.module.css";

/** What was read in the document; what it does not say is shown as absent. */
export function ProfileView({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const contact = [profile.email, profile.phone].filter(Boolean).join(" · ");
  return (
    <Section title={t("resume.profileTitle")} lead={t("resume.profileLead")}>
      <Card>
        <Stack gap="xl">
          <dl className={styles.facts}>
            <ProfileFact label={t("resume.name")} value={profile.name} />
            <ProfileFact label={t("resume.contact")} value={contact} />
            <ProfileFact label={t("resume.targetRole")} value={profile.target_role} />
            <ProfileFact
              label={t("resume.experience")}
              value={experienceText(profile.total_experience_months, t)}
            />
          </dl>
          {profile.summary && (
            <Block title={t("resume.summary")}>
              <Text className="prose kept-lines">{profile.summary}</Text>
            </Block>
          )}
          {notEmpty(profile.employments) && (
            <Block title={t("resume.employments")}>
              <ul className={styles.entries}>
                {profile.employments?.map((job) => (
                  <li key={`${job.company}${job.role}${job.start}`}>
                    <Text fw={600}>{[job.company, job.role].filter(Boolean).join(" · ")}</Text>
                    <Text size="sm" c="dimmed" className="figures">
                      {periodText(job.start, job.is_current ? t("resume.present") : job.end)}
                    </Text>
                    {job.description && <Text className="prose kept-lines">{job.description}</Text>}
                  </li>
                ))}
              </ul>
            </Block>
          )}
          {notEmpty(profile.projects) && (
            <Block title={t("resume.projects")}>
              <ul className={styles.entries}>
                {profile.projects?.map((project) => (
                  <li key={project.name}>
                    <Text fw={600}>{project.name}</Text>
                    {notEmpty(project.technologies) && (
                      <Text size="sm" c="dimmed">
                        {project.technologies?.join(", ")}
                      </Text>
                    )}
                    {project.description && <Text className="prose kept-lines">{project.description}</Text>}
                    {notEmpty(project.achievements) && (
                      <ul className={styles.achievements}>
                        {project.achievements?.map((achievement) => (
                          <li key={achievement}>{achievement}</li>
                        ))}
                      </ul>
                    )}
                  </li>
                ))}
              </ul>
            </Block>
          )}
          {notEmpty(profile.education) && (
            <Block title={t("resume.education")}>
              <ul className={styles.entries}>
                {profile.education?.map((school) => (
                  <li key={`${school.school}${school.degree}${school.start}`}>
                    <Text fw={600}>
                      {[school.school, school.field, school.degree].filter(Boolean).join(" · ")}
                    </Text>
                    <Text size="sm" c="dimmed" className="figures">
                      {periodText(school.start, school.end)}
                    </Text>
                  </li>
                ))}
              </ul>
            </Block>
          )}
          {notEmpty(profile.skills) && (
            <Block title={t("resume.skills")}>
              <Group gap={8}>
                {profile.skills?.map((skill) => (
                  <Badge key={skill} variant="light" color="gray" size="lg" radius="sm" tt="none" fw={500}>
                    {skill}
                  </Badge>
                ))}
              </Group>
            </Block>
          )}
          <Lines title={t("resume.certifications")} lines={profile.certifications} />
          <Lines title={t("resume.activities")} lines={profile.activities} />
        </Stack>
      </Card>
    </Section>
  );
}

function Block({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div>
      <h3 className={styles.blockTitle}>{title}</h3>
      {children}
    </div>
  );
}

function Lines({ title, lines }: { title: string; lines: string[] | undefined }) {
  if (!notEmpty(lines)) return null;
  return (
    <Block title={title}>
      <ul className={styles.achievements}>
        {lines?.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Block>
  );
}

function notEmpty(list: unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}
