import { Group, NumberInput, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { CorrectionError } from "./correction-error";
import { SaveButtons } from "./correction-tools";
import type { Correctable } from "./use-correctable";

const MOST_YEARS = 79;

/** How long somebody worked, in years and months. */
export function MonthsEditor({ value, field }: { value: number | null; field: Correctable }) {
  const { t } = useTranslation();
  const [years, setYears] = useState<number | string>(Math.floor((value ?? 0) / 12));
  const [months, setMonths] = useState<number | string>((value ?? 0) % 12);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    field.save(Number(years) * 12 + Number(months));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="xs">
        <Group gap="xs">
          <NumberInput
            label={t("resume.years")}
            value={years}
            onChange={setYears}
            min={0}
            max={MOST_YEARS}
            allowDecimal={false}
            w={90}
            hideControls
            autoFocus
          />
          <NumberInput
            label={t("resume.months")}
            value={months}
            onChange={setMonths}
            min={0}
            max={11}
            allowDecimal={false}
            w={90}
            hideControls
          />
        </Group>
        <CorrectionError error={field.error} />
        <SaveButtons isBusy={field.isBusy} onCancel={field.close} />
      </Stack>
    </form>
  );
}
