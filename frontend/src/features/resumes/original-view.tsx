import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { lazy, Suspense, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ResumeDetail } from "@/api";
import { LoadError } from "@/components/load-error";
import { PageSkeleton } from "@/components/page-skeleton";
import { ImageView } from "./image-view";
import styles from "./original-view.module.css";
import { originalQuery } from "./resume-queries";
import { type Selection, useSources } from "./source-context";
import { TextView } from "./text-view";

// pdf.js is larger than the rest of the app; nobody else waits for it.
const PdfView = lazy(() => import("./pdf-view"));

type Props = { resume: ResumeDetail; isBeside: boolean };

/** The document itself, with the place of the selected field marked. */
export function OriginalView({ resume, isBeside }: Props) {
  const { t } = useTranslation();
  const { selection } = useSources();
  const frame = useRef<HTMLDivElement>(null);
  const shown = { selection, frame };
  return (
    <div>
      <Text size="sm" c="dimmed" mt={2} mb="md" role="status">
        {whereText(selection, t)}
      </Text>
      <section
        ref={frame}
        className={isBeside ? `${styles.frame} ${styles.beside}` : styles.frame}
        aria-label={t("resume.original")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        {isPaged(resume.media_type) ? (
          <File resume={resume} {...shown} />
        ) : (
          <TextView resumeId={resume.id} version={resume.updated_at} {...shown} />
        )}
      </section>
    </div>
  );
}

type FileProps = {
  resume: ResumeDetail;
  selection: Selection | null;
  frame: React.RefObject<HTMLDivElement | null>;
};

function File({ resume, ...shown }: FileProps) {
  const { data: file, error, refetch } = useQuery(originalQuery(resume.id));
  if (error) return <LoadError error={error} onRetry={refetch} />;
  if (!file) return <PageSkeleton />;
  if (resume.media_type !== "application/pdf") return <ImageView file={file} {...shown} />;
  return (
    <Suspense fallback={<PageSkeleton />}>
      <PdfView file={file} {...shown} />
    </Suspense>
  );
}

function isPaged(mediaType: string): boolean {
  return mediaType === "application/pdf" || mediaType.startsWith("image/");
}

function whereText(selection: Selection | null, t: TFunction): string {
  const first = selection?.sources[0];
  if (!first) return t("resume.originalHint");
  const pages = [...new Set(selection.sources.map((source) => source.page))].join(", ");
  const words = first.text.length > 40 ? `${first.text.slice(0, 40)}…` : first.text;
  return t("resume.foundOn", { words, page: pages });
}
