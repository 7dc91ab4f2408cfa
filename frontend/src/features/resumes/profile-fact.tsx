import { useTranslation } from "react-i18next";

type Props = { label: string; value: string | null | undefined };

export function ProfileFact({ label, value }: Props) {
  const { t } = useTranslation();
  return (
    <div>
      <dt>{label}</dt>
      {value ? <dd>{value}</dd> : <dd data-absent>{t("common.notFoundInDocument")}</dd>}
    </div>
  );
}
