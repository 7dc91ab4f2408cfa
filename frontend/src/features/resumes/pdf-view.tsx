import { Text } from "@mantine/core";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { PageSkeleton } from "@/components/page-skeleton";
import { MarkedBoxes } from "./marked-boxes";
import styles from "./original-view.module.css";
import { openPdf, type PDFDocumentProxy } from "./pdf-document";
import type { Selection } from "./source-context";
import { useReveal } from "./use-reveal";

type Size = { width: number; height: number };
type Opened = { document: PDFDocumentProxy; sizes: Size[] };
type Props = { file: Blob; selection: Selection | null; frame: RefObject<HTMLDivElement | null> };

/** Higher, and a canvas of a large page would not fit into a phone's memory. */
const MOST_PIXELS = 4_000_000;

/** The pages of a PDF, each drawn when it comes near the screen. */
export default function PdfView({ file, selection, frame }: Props) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<Opened | null>(null);
  const [isBroken, setBroken] = useState(false);

  useEffect(() => {
    let isLeft = false;
    let task: ReturnType<typeof openPdf> | undefined;
    const open = async () => {
      const data = await file.arrayBuffer();
      if (isLeft) return;
      task = openPdf(data);
      const document = await task.promise;
      const pages = await Promise.all(
        Array.from({ length: document.numPages }, (_, n) => document.getPage(n + 1)),
      );
      const sizes = pages
        .map((page) => page.getViewport({ scale: 1 }))
        .map(({ width, height }) => ({ width, height }));
      if (!isLeft) setOpened({ document, sizes });
    };
    open().catch(() => !isLeft && setBroken(true));
    return () => {
      isLeft = true;
      void task?.destroy();
    };
  }, [file]);

  useReveal(frame, selection?.turn, opened !== null);

  if (isBroken) {
    return (
      <Text p="lg" role="alert">
        {t("resume.originalBroken")}
      </Text>
    );
  }
  if (!opened) return <PageSkeleton />;
  return (
    <div className={styles.pages}>
      {opened.sizes.map((size, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a page has no other name than its number
        <div key={index} className={styles.page} style={{ aspectRatio: `${size.width} / ${size.height}` }}>
          <PdfPage document={opened.document} number={index + 1} size={size} />
          <MarkedBoxes sources={selection?.sources ?? []} page={index + 1} {...size} />
        </div>
      ))}
    </div>
  );
}

function PdfPage({ document, number, size }: { document: PDFDocumentProxy; number: number; size: Size }) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const target = canvas.current;
    if (!target) return;
    let drawing: { cancel: () => void } | undefined;
    const draw = async () => {
      const page = await document.getPage(number);
      const wanted = (target.clientWidth / size.width) * Math.min(window.devicePixelRatio || 1, 2);
      const scale = Math.min(wanted, Math.sqrt(MOST_PIXELS / (size.width * size.height)));
      const viewport = page.getViewport({ scale });
      target.width = Math.floor(viewport.width);
      target.height = Math.floor(viewport.height);
      const task = page.render({ canvas: target, viewport });
      drawing = task;
      await task.promise;
      // pdf.js fails when a drawing that is done is cancelled.
      drawing = undefined;
      target.dataset.drawn = "";
    };
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        // A page that was left while it was drawn is no error.
        draw().catch(() => undefined);
      },
      { rootMargin: "600px" },
    );
    watch.observe(target);
    return () => {
      watch.disconnect();
      drawing?.cancel();
    };
  }, [document, number, size]);

  return <canvas ref={canvas} role="img" aria-label={t("resume.pageNumber", { page: number })} />;
}
