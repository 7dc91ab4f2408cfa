import { ApiError } from "@/lib/api-error";

const EXTENSIONS = [".pdf", ".docx", ".txt", ".png", ".jpg", ".jpeg"];

/** What the file dialog offers. */
export const ACCEPTED_FILES = EXTENSIONS.join(",");

/** Refuse what the server would refuse, before the bytes travel. The server still decides by content. */
export function checkFile(file: File, maxBytes: number): void {
  if (file.size === 0) throw new ApiError("EMPTY_FILE", 0);
  if (file.size > maxBytes) throw new ApiError("FILE_TOO_LARGE", 0);
  const name = file.name.toLowerCase();
  const isKnown = file.type === "application/pdf" || EXTENSIONS.some((ending) => name.endsWith(ending));
  if (!isKnown) throw new ApiError("UNSUPPORTED_FILE_TYPE", 0);
}
