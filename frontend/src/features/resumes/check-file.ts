import { ApiError } from "@/lib/api-error";

/** Refuse what the server would refuse, before the bytes travel. The server still decides by content. */
export function checkFile(file: File, maxBytes: number): void {
  if (file.size === 0) throw new ApiError("EMPTY_FILE", 0);
  if (file.size > maxBytes) throw new ApiError("FILE_TOO_LARGE", 0);
  const isPdf = file.type === "application/pdf" || file.name.toLowerCase().endsWith(".pdf");
  if (!isPdf) throw new ApiError("UNSUPPORTED_FILE_TYPE", 0);
}
