import { Tabs, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Profile, ResumeDetail } from "@/api";
import { OriginalView } from "./original-view";
import { ProfileProvider } from "./profile-context";
import { ProfileView } from "./profile-view";
import styles from "./resume-page.module.css";
import { SourceProvider } from "./source-context";

const SIDE_BY_SIDE = "(min-width: 1100px)";

type Props = { resume: ResumeDetail; profile: Profile };

/** The profile beside the original; where there is no room for both, the original is behind a tab. */
export function ResumeBody({ resume, profile }: Props) {
  const { t } = useTranslation();
  const isWide = useMediaQuery(SIDE_BY_SIDE, undefined, { getInitialValueInEffect: false });
  const [tab, setTab] = useState<string | null>("profile");
  // Nothing is fetched for a tab that nobody opens; once open it stays, so that it need not be drawn again.
  const [isOpened, setOpened] = useState(false);
  const changeTab = useCallback((next: string | null) => {
    setTab(next);
    if (next === "original") setOpened(true);
  }, []);
  const showOriginal = useCallback(() => changeTab("original"), [changeTab]);
  const original = <OriginalView resume={resume} isBeside={isWide} />;
  return (
    <ProfileProvider value={{ resumeId: resume.id, profile, correctedFields: resume.corrected_fields }}>
      <SourceProvider sources={profile.sources} onShow={showOriginal}>
        {isWide ? (
          <div className={styles.columns}>
            <ProfileView />
            <div className={styles.sticky}>
              <Title order={2} size="h3">
                {t("resume.original")}
              </Title>
              {original}
            </div>
          </div>
        ) : (
          <Tabs value={tab} onChange={changeTab} keepMounted keepMountedMode="display-none">
            <Tabs.List grow mb="lg">
              <Tabs.Tab value="profile">{t("resume.profileTab")}</Tabs.Tab>
              <Tabs.Tab value="original">{t("resume.original")}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="profile">
              <ProfileView />
            </Tabs.Panel>
            <Tabs.Panel value="original">{isOpened && original}</Tabs.Panel>
          </Tabs>
        )}
      </SourceProvider>
    </ProfileProvider>
  );
}
