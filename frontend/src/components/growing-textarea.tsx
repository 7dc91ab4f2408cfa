import { Textarea, type TextareaProps } from "@mantine/core";
import type { Ref } from "react";
import styles from "./growing-textarea.module.css";

type Props = TextareaProps & { minRows: number; maxRows: number; ref?: Ref<HTMLTextAreaElement> };

/** A text area that grows with its text; where the browser cannot do that by itself, it is dragged larger. */
export function GrowingTextarea({ minRows, maxRows, ...props }: Props) {
  return (
    <Textarea
      {...props}
      rows={minRows}
      resize="vertical"
      classNames={{ input: styles.input }}
      styles={{ input: { minHeight: heightOf(minRows), maxHeight: heightOf(maxRows) } }}
    />
  );
}

function heightOf(rows: number): string {
  return `calc(${rows} * 1.6em + 24px)`;
}
