import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Sourced } from "./sourced";

type Props = { pointer: string; start?: string | null; end?: string | null; isCurrent?: boolean };

/** "2021-03 – 2024-08", as far as the document says. */
export function Period({ pointer, start, end, isCurrent = false }: Props) {
  const { t } = useTranslation();
  if (!start && !end && !isCurrent) return null;
  return (
    <Text size="sm" c="dimmed" className="figures" component="div">
      {start && <Sourced pointer={`${pointer}/start`}>{start}</Sourced>}
      {start && " – "}
      {isCurrent ? (
        <Sourced pointer={`${pointer}/is_current`}>{t("resume.present")}</Sourced>
      ) : (
        end && <Sourced pointer={`${pointer}/end`}>{end}</Sourced>
      )}
    </Text>
  );
}
