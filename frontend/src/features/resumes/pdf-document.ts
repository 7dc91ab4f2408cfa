import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
// Vite makes a file of ours of it; pdf.js never fetches code from elsewhere.
import workerUrl from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?worker&url";

declare const __PDFJS_PATH__: string;

GlobalWorkerOptions.workerSrc = workerUrl;

/** Open a PDF. Its scripts are never run; the caller destroys the loading task when it leaves. */
export function openPdf(data: ArrayBuffer) {
  const address = new URL(__PDFJS_PATH__, window.location.origin).href;
  return getDocument({
    data,
    cMapUrl: `${address}cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${address}standard_fonts/`,
    wasmUrl: `${address}wasm/`,
    iccUrl: `${address}iccs/`,
    isEvalSupported: false,
    enableXfa: false,
  });
}

export type { PDFDocumentProxy };
