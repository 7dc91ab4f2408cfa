import { Stack, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslation } from "react-i18next";
import type { Resume } from "@/api";
import { GrowingTextarea } from "@/components/growing-textarea";
import { Section } from "@/components/section";
import { ResumeSelect } from "@/features/resumes/resume-select";
import { SuggestedRole } from "@/features/resumes/suggested-role";
import { FoldedSection } from "./folded-section";
import type { SetupValues } from "./setup-values";

type Props = { form: UseFormReturnType<SetupValues>; resumes: readonly Resume[] };

/** Who applies for what. */
export function PositionFields({ form, resumes }: Props) {
  const { t } = useTranslation();
  const { values } = form;
  const optional = (label: string) => `${label} (${t("common.optional")})`;
  const length = values.companyDescription.trim().length;

  return (
    <Section title={t("setup.position")}>
      <Stack gap="md">
        <ResumeSelect label={t("setup.resume")} resumes={resumes} {...form.getInputProps("resumeId")} />
        <TextInput
          size="md"
          label={t("setup.role")}
          placeholder={t("setup.rolePlaceholder")}
          maxLength={120}
          required
          withAsterisk={false}
          {...form.getInputProps("role")}
        />
        <SuggestedRole
          resumeId={values.resumeId}
          role={values.role}
          onTake={(role) => form.setFieldValue("role", role)}
        />
        <TextInput
          size="md"
          label={optional(t("setup.company"))}
          placeholder={t("setup.companyPlaceholder")}
          maxLength={120}
          {...form.getInputProps("company")}
        />
        <GrowingTextarea
          size="md"
          label={optional(t("setup.jobDescription"))}
          description={t("setup.jobDescriptionHint")}
          minRows={3}
          maxRows={12}
          maxLength={8000}
          {...form.getInputProps("jobDescription")}
        />
        <FoldedSection
          title={t("setup.companyDescription")}
          chosen={length > 0 ? t("setup.characters", { count: length }) : t("common.optional")}
        >
          <GrowingTextarea
            size="md"
            aria-label={t("setup.companyDescription")}
            description={t("setup.companyDescriptionHint")}
            minRows={2}
            maxRows={8}
            maxLength={4000}
            {...form.getInputProps("companyDescription")}
          />
        </FoldedSection>
      </Stack>
    </Section>
  );
}
