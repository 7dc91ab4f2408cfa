import { Button, Group, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Corrections, Profile } from "@/api";
import { CorrectableBlock } from "./correctable-block";
import { EditButton } from "./correction-tools";
import { EntryEditor } from "./entry-editor";
import { ENTRY_FIELDS, type EntryListName, toEntry, toValues } from "./entry-fields";
import { useProfile } from "./profile-context";
import styles from "./profile-view.module.css";
import { useCorrectable } from "./use-correctable";

type Entry<List extends EntryListName> = NonNullable<Profile[List]>[number];

type Props<List extends EntryListName> = {
  list: List;
  title: string;
  nameOf: (entry: Entry<List>) => string;
  draw: (entry: Entry<List>, pointer: string) => ReactNode;
};

const NEW = -1;

/** Employments, projects or schools, each edited by itself. */
export function EntriesBlock<List extends EntryListName>({ list, title, nameOf, draw }: Props<List>) {
  const { t } = useTranslation();
  const { profile } = useProfile();
  const correctable = useCorrectable(list);
  const [edited, setEdited] = useState<number | null>(null);
  const block = useRef<HTMLDivElement>(null);
  const entries = (profile[list] ?? []) as Entry<List>[];
  const fields = ENTRY_FIELDS[list];

  const open = (index: number) => {
    setEdited(index);
    correctable.edit();
  };
  const close = () => {
    const place = edited;
    setEdited(null);
    correctable.close();
    // Back to where the reader was, now that the form is gone.
    setTimeout(() => block.current?.querySelector<HTMLElement>(`[data-edit="${place}"] button`)?.focus());
  };
  const save = (changed: unknown[]) => {
    const clean = changed.map((entry) => toEntry(toValues(entry as Record<string, unknown>, fields), fields));
    correctable.save(clean as Corrections[List], close);
  };
  const editor = (entry: Record<string, unknown>, index: number) => (
    <EntryEditor
      list={list}
      entry={entry}
      isBusy={correctable.isBusy}
      error={correctable.error}
      onSave={(changed) =>
        save(index === NEW ? [...entries, changed] : entries.with(index, changed as Entry<List>))
      }
      onRemove={index === NEW ? undefined : () => save(entries.toSpliced(index, 1))}
      onCancel={close}
    />
  );

  return (
    <div ref={block}>
      <CorrectableBlock title={title} field={correctable} canEdit={false}>
        {entries.length === 0 && edited !== NEW && <Text c="dimmed">{t("common.notFoundInDocument")}</Text>}
        <ul className={styles.entries}>
          {entries.map((entry, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two entries may say the same
            <li key={index}>
              {edited === index ? (
                editor(entry, index)
              ) : (
                <Group gap={4} wrap="nowrap" align="flex-start">
                  <div className={styles.entry}>{draw(entry, `/${list}/${index}`)}</div>
                  <span data-edit={index}>
                    <EditButton label={nameOf(entry)} onEdit={() => open(index)} />
                  </span>
                </Group>
              )}
            </li>
          ))}
          {edited === NEW && <li>{editor({}, NEW)}</li>}
        </ul>
        {edited === null && (
          <span data-edit={NEW}>
            <Button
              variant="subtle"
              size="compact-sm"
              mt="xs"
              ml={-8}
              leftSection={<IconPlus size={16} />}
              onClick={() => open(NEW)}
            >
              {t(`resume.add.${list}`)}
            </Button>
          </span>
        )}
      </CorrectableBlock>
    </div>
  );
}
