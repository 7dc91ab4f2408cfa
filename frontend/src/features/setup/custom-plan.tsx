import { Checkbox, Fieldset, SimpleGrid, Stack, Text } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useTranslation } from "react-i18next";
import type { Scenario } from "@/api";
import { CountField } from "./count-field";
import styles from "./custom-plan.module.css";
import { type SetupValues, topicsOf } from "./setup-values";

type Props = { form: UseFormReturnType<SetupValues>; basis: Scenario };

/** How many questions, and about which of the stages. */
export function CustomPlan({ form, basis }: Props) {
  const { t } = useTranslation();
  const { customStages, customCount } = form.values;
  const all = basis.stages.map((stage) => stage.key);
  const chosen = customStages ?? all;
  const most = topicsOf(basis, customStages);
  const count = Math.min(customCount, most);
  const minutes = Math.round((basis.estimated_minutes * count) / Math.max(1, basis.question_count));

  const choose = (keys: string[]) => {
    const stages = keys.length === all.length ? null : all.filter((key) => keys.includes(key));
    form.setFieldValue("customStages", stages);
  };

  return (
    <div className={styles.plan}>
      <Stack gap="lg">
        <Fieldset
          legend={t("setup.customStages")}
          variant="unstyled"
          styles={{ legend: { fontWeight: 600, fontSize: 16, padding: 0 } }}
        >
          <Checkbox.Group value={chosen} onChange={choose} error={form.errors.customStages}>
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" mt="xs">
              {basis.stages.map((stage) => (
                <Checkbox
                  key={stage.key}
                  value={stage.key}
                  size="md"
                  label={`${stage.title} (${stage.question_count})`}
                />
              ))}
            </SimpleGrid>
          </Checkbox.Group>
        </Fieldset>
        {most > 0 && (
          <CountField
            label={t("setup.customCount")}
            value={count}
            most={most}
            onChange={(next) => form.setFieldValue("customCount", next)}
          />
        )}
        {most > 0 && (
          <Text size="sm" c="dimmed" className="figures" role="status">
            {t("setup.scenarioMeta", { count, minutes: Math.max(1, minutes) })}
          </Text>
        )}
      </Stack>
    </div>
  );
}
